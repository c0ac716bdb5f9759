/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where an image comes from: a registry or a layout. A new transport is one more struct
 * source_type and a row in source.c.
 *
 *	autosource struct source source = SOURCE_INIT;
 *	void *connection;
 *
 *	if (source_open(&request, &source, err) < 0) ...
 *	connection = source_connect(&source, err);
 *	if (source_get_document(&source, connection, NULL, &document, err) < 0) ...
 *	source_disconnect(&source, connection);
 *
 * Threads share a source; each has a connection of its own. Whatever a source gives is verified
 * before it is returned, or by the blob writer that it is written to.
 */
#ifndef CTNR_FETCH_WORKERS_COPY_SOURCE_H
#define CTNR_FETCH_WORKERS_COPY_SOURCE_H

#include "oci/address.h"
#include "oci/blob.h"
#include "oci/document.h"
#include "registry/access.h"
#include "registry/registries_conf.h"
#include "registry/repository.h"

/* What is wanted from where. Borrowed, and must outlive the source. */
struct source_request {
	const struct address *address;
	const struct platform *platform; /* NULL: all platforms are wanted */
	const struct access *access; /* to registries; it has begun */
	const struct registries_conf_opts *registries; /* where registries are */
	const struct interrupt *interrupt;
};

/* Whose image it is: what a policy speaks of. Borrowed from the source. */
struct source_origin {
	const struct reference *reference; /* of a registry: the image's own name; else NULL */
	struct repository
		*repository; /* whose connection a connection of the source is; else NULL */
	const char *path; /* of a layout: absolute and without symlinks; else NULL */
	const char *name; /* of a layout: of the image in it, or NULL */
};

struct source_type {
	enum transport transport;
	/* The type's own state, new. NULL with err on failure: then nothing is left to be closed. */
	void *(*open)(const struct source_request *request, struct error *err);
	void (*close)(void *state);
	/* The rest is described below. */
	void *(*connect)(void *state, struct error *err);
	void (*disconnect)(void *connection);
	void (*describe)(void *state, struct source_origin *ret);
	int (*lookup_document)(void *state, void *connection, struct descriptor *ret,
			       struct error *err);
	int (*get_document)(void *state, void *connection, const struct descriptor *want,
			    struct document *ret, struct error *err);
	int (*get_blob)(void *state, void *connection, struct blob_writer *writer,
			struct progress *progress, size_t task, struct error *err);
	int (*get_bytes)(void *state, void *connection, const struct descriptor *blob, size_t max,
			 struct str *ret, struct error *err);
	/* NULL: such a source has no list (query_check_address() refuses it). */
	int (*list_tags)(void *state, void *connection, struct tag_list *ret, struct error *err);
	int (*get_referrers)(void *state, void *connection, const struct digest *subject,
			     const char *artifact_type, struct referrers *ret, struct error *err);
};

extern const struct source_type registry_source;
extern const struct source_type layout_source;

struct source {
	const struct source_type *type;
	void *state; /* the type's own; NULL: not open */
};

#define SOURCE_INIT \
	{ \
		0 \
	}

int source_open(const struct source_request *request, struct source *ret, struct error *err);
void source_release(struct source *source);
#define autosource autocleanup(source_release)

/* A new connection, the only one that its thread uses, to be closed by source_disconnect(); NULL
 * with err on failure. */
void *source_connect(const struct source *source, struct error *err);
void source_disconnect(const struct source *source, void *connection);

void source_describe(const struct source *source, struct source_origin *ret);

/* Which document the address names, without getting it, as lookup_tag() says (registry/lookup.h):
 * LOOKUP_FOUND, LOOKUP_UNKNOWN, -1. For where that may save the getting. */
int source_lookup_document(const struct source *source, void *connection, struct descriptor *ret,
			   struct error *err);

/* The manifest or index that want describes; want NULL: the one that the address names.
 * ERROR_NOT_FOUND; ERROR_VERIFY when it is not what want says. */
int source_get_document(const struct source *source, void *connection,
			const struct descriptor *want, struct document *ret, struct error *err);

/* Write the bytes of a blob that its writer does not have yet, and verify the whole; the caller finishes the
 * writer. What is wrong is got once more from the first byte on. Reports to the task of progress (may be
 * NULL). */
int source_get_blob(const struct source *source, void *connection, struct blob_writer *writer,
		    struct progress *progress, size_t task, struct error *err);

/* Get a blob of at most max bytes into memory, verified; ret is new. */
int source_get_bytes(const struct source *source, void *connection, const struct descriptor *blob,
		     size_t max, struct str *ret, struct error *err);

/* The tags of the repository that the address names, of a registry alone; ret is new. */
int source_list_tags(const struct source *source, void *connection, struct tag_list *ret,
		     struct error *err);

/* What refers to a document, as referrers_get(). */
int source_get_referrers(const struct source *source, void *connection,
			 const struct digest *subject, const char *artifact_type,
			 struct referrers *ret, struct error *err);

#endif
