/* SPDX-License-Identifier: Apache-2.0 */
/* docker://: a repository of a registry, which is the one that registries.conf says, and never a mirror. A
 * connection is a struct http. */
#include "destination.h"
#include "mount_candidates.h"
#include "referrer_tag.h"

#include "base/alloc.h"
#include "oci/blob.h"
#include "registry/lookup.h"
#include "registry/upload.h"

#include <stdatomic.h>
#include <stdlib.h>

struct registry_destination {
	struct reference reference;
	struct registries_conf conf;
	struct place_list places;
	const struct place *place; /* the last of these */
	struct mount_candidates candidates;
	struct session *session;
	uint64_t chunk;
	atomic_bool has_believed; /* that a blob is there, without having sent it */
	bool lacks_blob; /* which a document needed */
	bool sends_always; /* what is said to be there, too */
};

static void close_registry(void *state)
{
	struct registry_destination *destination = state;

	session_free(destination->session);
	mount_candidates_release(&destination->candidates);
	place_list_release(&destination->places);
	registries_conf_release(&destination->conf);
	reference_release(&destination->reference);
	free(destination);
}

static void cleanup_registry(struct registry_destination **destination)
{
	if (*destination)
		close_registry(*destination);
}

/* Where the repository is, by its name and registries.conf. */
static int find_place(struct registry_destination *destination,
		      const struct destination_request *request, struct error *err)
{
	if (registries_conf_load(request->registries, &destination->conf, err) < 0 ||
	    registries_conf_places(&destination->conf, &destination->reference, REGISTRIES_BY_TAG,
				   &destination->places, err) < 0)
		return -1;
	destination->place = &destination->places.items[destination->places.len - 1];
	return 0;
}

static int find_candidates(struct registry_destination *destination,
			   const struct destination_request *request, struct error *err)
{
	const struct mount_search search = { request->known, request->blobs, &destination->conf,
					     destination->place };

	return request->known ? mount_candidates_find(&search, &destination->candidates, err) : 0;
}

static void *open_registry(const struct destination_request *request, struct error *err)
{
	autocleanup(cleanup_registry) struct registry_destination *destination =
		xcalloc(1, sizeof(*destination));
	struct session_options options;

	if (reference_parse(request->address->reference, &destination->reference, err) < 0 ||
	    find_place(destination, request, err) < 0 ||
	    find_candidates(destination, request, err) < 0)
		return NULL;
	access_session_options(request->access, &options);
	options.rights = SESSION_PUSH;
	options.sources = &destination->candidates.repositories;
	destination->chunk = request->chunk;
	destination->session = session_open(destination->place, &options, err);
	return destination->session ? steal(&destination) : NULL;
}

static void *connect_registry(void *state, struct error *err)
{
	struct registry_destination *destination = state;

	return session_connect(destination->session, err);
}

static void disconnect_registry(void *connection)
{
	http_free(connection);
}

/* The tag under which a document is put; NULL: it is put under its digest alone. */
static const char *tag_of(const struct registry_destination *destination)
{
	return destination->reference.tag;
}

static int has_registry_document(void *state, void *connection, const struct document *document,
				 bool by_name, struct error *err)
{
	struct registry_destination *destination = state;
	const char *tag = by_name ? tag_of(destination) : NULL;
	autodescriptor struct descriptor found = DESCRIPTOR_INIT;
	int result = lookup_tag(destination->session, connection, tag ? tag : document->digest.text,
				&found, err);

	if (result < 0)
		return -1;
	return result == LOOKUP_FOUND && digest_equal(&found.digest, &document->digest);
}

/* A registry refused a blob: is that so because it is not what its digest says? */
static int explain_refusal(const struct layout *from, const struct descriptor *blob,
			   struct error *err)
{
	struct error damage = { 0 };

	if (!error_is(err, ERROR_FAILED) || blob_verify(from, blob, &damage) == 0 ||
	    damage.code != ERROR_VERIFY)
		return -1;
	error_move(err, &damage);
	return error_default_hint(err, "'ctnr check --repair' mends what is damaged in the store");
}

static int put_registry_blob(void *state, void *connection, const struct layout *from,
			     const struct descriptor *blob, struct progress *progress, size_t task,
			     struct error *err)
{
	struct registry_destination *destination = state;
	autostrlist struct strlist repositories = STRLIST_INIT;
	const struct upload upload = { blob, from, &repositories, destination->chunk,
				       destination->sends_always };
	int result;

	mount_candidates_of(&destination->candidates, &blob->digest, &repositories);
	result = upload_blob(destination->session, connection, &upload, progress, task, err);
	if (result < 0)
		return explain_refusal(from, blob, err);
	if (result != UPLOAD_SENT)
		atomic_store(&destination->has_believed, true);
	return result == UPLOAD_PRESENT   ? DESTINATION_PRESENT
	       : result == UPLOAD_MOUNTED ? DESTINATION_MOUNTED
					  : DESTINATION_WRITTEN;
}

/* Put a document under a tag (NULL: under its digest). What it refers to hears of it, if not by the registry. */
static int put_under(struct registry_destination *destination, struct http *http,
		     const struct document *document, const char *tag, struct error *err)
{
	struct digest subject;
	bool indexes_subject = false;
	int result;
	int refers;

	result = upload_document(destination->session, http, document, tag, &indexes_subject, err);
	if (result == UPLOAD_LACKS_BLOB)
		destination->lacks_blob = true;
	if (result < 0)
		return -1;
	if (indexes_subject)
		return 0;
	refers = referrer_tag_subject(document, &subject, err);
	if (refers <= 0)
		return refers;
	return referrer_tag_add(destination->session, http, document, &subject, err);
}

static int put_registry_document(void *state, void *connection, const struct document *document,
				 struct error *err)
{
	return put_under(state, connection, document, NULL, err);
}

static int put_registry_referrer(void *state, void *connection, const struct document *document,
				 const struct digest *subject, struct error *err)
{
	(void)subject;
	return put_under(state, connection, document, NULL, err);
}

static int put_registry_named(void *state, void *connection, const struct document *document,
			      const char *name, struct error *err)
{
	struct registry_destination *destination = state;

	if (put_under(destination, connection, document, tag_of(destination), err) < 0)
		return error_prefix(err, "manifest of '%s'", name);
	return 0;
}

static bool distrust_registry(void *state)
{
	struct registry_destination *destination = state;

	if (!destination->lacks_blob || !destination->has_believed || destination->sends_always)
		return false;
	destination->sends_always = true;
	return true;
}

const struct destination_type registry_destination = {
	.transport = TRANSPORT_DOCKER,
	.takes_several = true,
	.open = open_registry,
	.close = close_registry,
	.connect = connect_registry,
	.disconnect = disconnect_registry,
	.has_document = has_registry_document,
	.put_blob = put_registry_blob,
	.put_document = put_registry_document,
	.put_named = put_registry_named,
	.put_referrer = put_registry_referrer,
	.distrust = distrust_registry,
};
