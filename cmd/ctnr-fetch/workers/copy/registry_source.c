/* SPDX-License-Identifier: Apache-2.0 */
/* docker://: an image in a registry. A connection is a struct repository_connection. */
#include "workers/copy/source.h"

#include "base/alloc.h"

#include <stdlib.h>

struct registry_source {
	struct reference reference;
	struct place_list places;
	struct session_options options;
	struct repository *repository;
	char *wanted; /* tag or digest */
	bool is_digest;
};

static void close_registry(void *state)
{
	struct registry_source *source = state;

	repository_free(source->repository);
	place_list_release(&source->places);
	reference_release(&source->reference);
	free(source->wanted);
	free(source);
}

static void cleanup_registry(struct registry_source **source)
{
	if (*source)
		close_registry(*source);
}

static void *open_registry(const struct source_request *request, struct error *err)
{
	autocleanup(cleanup_registry) struct registry_source *source = xcalloc(1, sizeof(*source));
	const struct reference *reference = &source->reference;

	if (reference_parse(request->address->reference, &source->reference, err) < 0 ||
	    registries_places_of(request->registries, reference, &source->places, err) < 0)
		return NULL;
	access_session_options(request->access, &source->options);
	source->wanted = xstrdup(reference->digest ? reference->digest : reference->tag);
	source->is_digest = reference->digest != NULL;
	source->repository = repository_open(&source->places, &source->options, err);
	return source->repository ? steal(&source) : NULL;
}

static void *connect_registry(void *state, struct error *err)
{
	struct registry_source *source = state;

	(void)err;
	return repository_connect(source->repository);
}

static void disconnect_registry(void *connection)
{
	repository_disconnect(connection);
}

static int lookup_registry_document(void *state, void *connection, struct descriptor *ret,
				    struct error *err)
{
	struct registry_source *source = state;

	if (source->is_digest)
		return LOOKUP_UNKNOWN;
	return repository_lookup_tag(source->repository, connection, source->wanted, ret, err);
}

static void describe_registry(void *state, struct source_origin *ret)
{
	const struct registry_source *source = state;

	ret->reference = &source->reference;
	ret->repository = source->repository;
}

static int get_registry_document(void *state, void *connection, const struct descriptor *want,
				 struct document *ret, struct error *err)
{
	struct registry_source *source = state;
	const char *name = want ? want->digest.text : source->wanted;

	if (repository_get_manifest(source->repository, connection, name, ret, err) < 0)
		return error_prefix(err, "manifest '%s'", name);
	return 0;
}

static int get_registry_blob(void *state, void *connection, struct blob_writer *writer,
			     struct progress *progress, size_t task, struct error *err)
{
	struct registry_source *source = state;

	return repository_get_blob(source->repository, connection, writer, progress, task, err);
}

static int get_registry_bytes(void *state, void *connection, const struct descriptor *blob,
			      size_t max, struct str *ret, struct error *err)
{
	struct registry_source *source = state;

	return repository_get_bytes(source->repository, connection, blob, max, ret, err);
}

static int list_registry_tags(void *state, void *connection, struct tag_list *ret,
			      struct error *err)
{
	struct registry_source *source = state;

	if (repository_list_tags(source->repository, connection, ret, err) < 0)
		return error_prefix(err, "list of tags");
	return 0;
}

static int get_registry_referrers(void *state, void *connection, const struct digest *subject,
				  const char *artifact_type, struct referrers *ret,
				  struct error *err)
{
	struct registry_source *source = state;

	if (repository_get_referrers(source->repository, connection, subject, artifact_type, ret,
				     err) < 0)
		return error_prefix(err, "referrers of '%s'", subject->text);
	return 0;
}

const struct source_type registry_source = {
	.transport = TRANSPORT_DOCKER,
	.open = open_registry,
	.close = close_registry,
	.connect = connect_registry,
	.disconnect = disconnect_registry,
	.describe = describe_registry,
	.lookup_document = lookup_registry_document,
	.get_document = get_registry_document,
	.get_blob = get_registry_blob,
	.get_bytes = get_registry_bytes,
	.list_tags = list_registry_tags,
	.get_referrers = get_registry_referrers,
};
