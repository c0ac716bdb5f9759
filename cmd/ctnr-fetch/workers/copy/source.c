/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/copy/source.h"

static const struct source_type *const types[] = { &registry_source, &layout_source };

/* address_parse() gives no transport that has no row. */
static const struct source_type *type_of(const struct address *address)
{
	for (size_t i = 0; i < array_size(types); i++)
		if (types[i]->transport == address->transport)
			return types[i];
	return types[0];
}

int source_open(const struct source_request *request, struct source *ret, struct error *err)
{
	const struct source_type *type = type_of(request->address);
	void *state = type->open(request, err);

	if (!state)
		return -1;
	*ret = (struct source) { type, state };
	return 0;
}

void source_release(struct source *source)
{
	if (source && source->state)
		source->type->close(source->state);
}

void *source_connect(const struct source *source, struct error *err)
{
	return source->type->connect(source->state, err);
}

void source_disconnect(const struct source *source, void *connection)
{
	source->type->disconnect(connection);
}

int source_lookup_document(const struct source *source, void *connection, struct descriptor *ret,
			   struct error *err)
{
	return source->type->lookup_document(source->state, connection, ret, err);
}

void source_describe(const struct source *source, struct source_origin *ret)
{
	*ret = (struct source_origin) { 0 };
	source->type->describe(source->state, ret);
}

int source_get_document(const struct source *source, void *connection,
			const struct descriptor *want, struct document *ret, struct error *err)
{
	if (source->type->get_document(source->state, connection, want, ret, err) < 0)
		return -1;
	return want ? document_check(ret, want, err) : 0;
}

int source_get_blob(const struct source *source, void *connection, struct blob_writer *writer,
		    struct progress *progress, size_t task, struct error *err)
{
	return source->type->get_blob(source->state, connection, writer, progress, task, err);
}

int source_get_bytes(const struct source *source, void *connection, const struct descriptor *blob,
		     size_t max, struct str *ret, struct error *err)
{
	return source->type->get_bytes(source->state, connection, blob, max, ret, err);
}

int source_list_tags(const struct source *source, void *connection, struct tag_list *ret,
		     struct error *err)
{
	return source->type->list_tags(source->state, connection, ret, err);
}

int source_get_referrers(const struct source *source, void *connection,
			 const struct digest *subject, const char *artifact_type,
			 struct referrers *ret, struct error *err)
{
	return source->type->get_referrers(source->state, connection, subject, artifact_type, ret,
					   err);
}
