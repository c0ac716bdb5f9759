/* SPDX-License-Identifier: Apache-2.0 */
/* docker://: an image in a registry. A connection is a struct http. */
#include "source.h"

#include "base/alloc.h"

#include <stdlib.h>

struct registry_source {
	struct session *session;
	char *wanted; /* tag or digest */
};

static void close_registry(void *state)
{
	struct registry_source *source = state;

	session_free(source->session);
	free(source->wanted);
	free(source);
}

static void *open_registry(const struct source_request *request, struct error *err)
{
	autoreference struct reference reference = REFERENCE_INIT;
	autosession struct session *session = NULL;
	struct registry_source *source;

	if (reference_parse(request->address->reference, &reference, err) < 0)
		return NULL;
	session = session_open(&reference, request->session, err);
	if (!session)
		return NULL;
	source = xcalloc(1, sizeof(*source));
	source->session = steal(&session);
	source->wanted = xstrdup(reference.digest ? reference.digest : reference.tag);
	return source;
}

static void *connect_registry(void *state, struct error *err)
{
	struct registry_source *source = state;

	return session_connect(source->session, err);
}

static void disconnect_registry(void *connection)
{
	http_free(connection);
}

static int get_registry_document(void *state, void *connection, const struct descriptor *want,
				 struct document *ret, struct error *err)
{
	struct registry_source *source = state;
	const char *name = want ? want->digest.text : source->wanted;

	if (registry_get_manifest(source->session, connection, name, ret, err) < 0)
		return error_prefix(err, "manifest '%s'", name);
	return 0;
}

static int get_registry_blob(void *state, void *connection, struct blob_writer *writer,
			     struct progress *progress, size_t task, struct error *err)
{
	struct registry_source *source = state;

	return registry_get_blob(source->session, connection, writer, progress, task, err);
}

static char *name_from_registry(const struct address *address, struct error *err)
{
	autoreference struct reference reference = REFERENCE_INIT;

	if (reference_parse(address->reference, &reference, err) < 0)
		return NULL;
	return reference_format(&reference);
}

const struct source_type registry_source = {
	.transport = TRANSPORT_DOCKER,
	.open = open_registry,
	.close = close_registry,
	.connect = connect_registry,
	.disconnect = disconnect_registry,
	.get_document = get_registry_document,
	.get_blob = get_registry_blob,
	.name = name_from_registry,
};
