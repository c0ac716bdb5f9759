/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A repository that is read from wherever it can be had: its places (registry/place.h) are asked in their
 * order until one answers.
 *
 *	autorepository struct repository *repository = repository_open(&places, &options, err);
 *	struct repository_connection *connection = repository_connect(repository);
 *
 *	if (repository_get_manifest(repository, connection, "3.20", &document, err) < 0) ...
 *	repository_disconnect(connection);
 *
 *  - The place that gave a document is asked first for everything else. One that fails is left: the next
 *    goes on where it broke off.
 *  - Nothing that a place gives is believed: what counts is the digest, and of a tag what the first place
 *    says that has it, or the origin alone says (origin_has_tags of the places).
 *  - When no place has it, one message has the answer of each, and the kind of failure is the origin's: it
 *    speaks for the name.
 *  - Threads share a repository; each has a connection of its own.
 */
#ifndef REGISTRY_REPOSITORY_H
#define REGISTRY_REPOSITORY_H

#include "registry/lookup.h"
#include "registry/place.h"
#include "registry/referrers.h"
#include "registry/registry.h"
#include "registry/tag_list.h"

struct repository;
struct repository_connection;

/* At least one place; places and options are borrowed, and must outlive the repository. No server is asked
 * yet. ERROR_USAGE when a registry's name cannot be one. */
struct repository *repository_open(const struct place_list *places,
				   const struct session_options *options, struct error *err);
void repository_free(struct repository *repository);
void repository_cleanup(struct repository **repository);
#define autorepository autocleanup(repository_cleanup)

/* New; the repository outlives it. No server is connected to yet. */
struct repository_connection *repository_connect(struct repository *repository);
void repository_disconnect(struct repository_connection *connection);

/* As lookup_tag(): the first place that says what the tag stands for. LOOKUP_UNKNOWN when none does and one
 * of them answered. */
int repository_lookup_tag(struct repository *repository, struct repository_connection *connection,
			  const char *tag, struct descriptor *ret, struct error *err);

/* As registry_get_manifest(). ERROR_NOT_FOUND when the origin says so. */
int repository_get_manifest(struct repository *repository, struct repository_connection *connection,
			    const char *tag_or_digest, struct document *ret, struct error *err);

/* As registry_get_blob(), and verified: what the writer has by then stays when a place fails. When what
 * came has another digest, the place is asked for all of it where some of the bytes were not its own, or
 * there is no other place; then it is left, and the next one gives all. ERROR_VERIFY when no place gave the
 * right bytes. */
int repository_get_blob(struct repository *repository, struct repository_connection *connection,
			struct blob_writer *writer, struct progress *progress, size_t task,
			struct error *err);

/* As registry_get_bytes(). */
int repository_get_bytes(struct repository *repository, struct repository_connection *connection,
			 const struct descriptor *blob, size_t max, struct str *ret,
			 struct error *err);

/* As tag_list_get() and referrers_get(). Mirrors, which may know fewer of them, are asked when the name's own
 * registry fails. */
int repository_list_tags(struct repository *repository, struct repository_connection *connection,
			 struct tag_list *ret, struct error *err);
int repository_get_referrers(struct repository *repository,
			     struct repository_connection *connection, const struct digest *subject,
			     const char *artifact_type, struct referrers *ret, struct error *err);

/* The place that gave the last document; the first one before. Borrowed. */
const struct place *repository_place(struct repository *repository);

/* Ask that place of the list first from now on: what was asked meanwhile, as for signatures, says nothing
 * about who has the blobs. */
void repository_prefer(struct repository *repository, const struct place *place);

#endif
