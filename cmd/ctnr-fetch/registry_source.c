/* SPDX-License-Identifier: Apache-2.0 */
/* docker://: an image in a registry. */
#include "source.h"

#include "base/alloc.h"

struct registry_state {
	struct registry *registry;
	char *wanted; /* tag or digest */
	bool by_digest;
};

static void close_registry(struct source *source)
{
	struct registry_state *state = source->state;

	registry_free(state->registry);
	free(state->wanted);
	free(state);
	source->state = NULL;
}

static int open_registry(struct source *source, const struct address *address,
			 const struct registry_options *options, struct error *err)
{
	autoreference struct reference reference = REFERENCE_INIT;
	struct registry_state *state;

	if (reference_parse(address->reference, &reference, err) < 0)
		return -1;
	state = source->state = xcalloc(1, sizeof(*state));
	state->wanted = xstrdup(reference.digest ? reference.digest : reference.tag);
	state->registry = registry_open(&reference, options, err);
	return state->registry ? 0 : -1;
}

static void *connect_registry(struct source *source, struct error *err)
{
	struct registry_state *state = source->state;

	return registry_connect(state->registry, err);
}

static void disconnect_registry(void *connection)
{
	http_free(connection);
}

static int get_manifest(struct source *source, void *connection, const struct descriptor *want,
			struct registry_manifest *ret, struct error *err)
{
	struct registry_state *state = source->state;
	const char *name = want ? want->digest.text : state->wanted;

	if (registry_get_manifest(state->registry, connection, name, ret, err) < 0)
		return error_prefix(err, "manifest '%s'", name);
	return 0;
}

static int get_blob(struct source *source, void *connection, struct blob_writer *writer,
		    struct progress *progress, size_t task, struct error *err)
{
	struct registry_state *state = source->state;

	return registry_get_blob(state->registry, connection, writer, progress, task, err);
}

static char *name(const struct address *address, struct error *err)
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
	.get_manifest = get_manifest,
	.get_blob = get_blob,
	.name = name,
};
