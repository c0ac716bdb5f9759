/* SPDX-License-Identifier: Apache-2.0 */
#include "destination.h"

static const struct destination_type *const types[] = {
	&registry_destination,       &layout_destination,    &oci_archive_destination,
	&docker_archive_destination, &directory_destination, &skopeo_destination,
};

/* address_parse() gives no transport that has no row. */
const struct destination_type *destination_type_of(const struct address *address)
{
	for (size_t i = 0; i < array_size(types); i++)
		if (types[i]->transport == address->transport)
			return types[i];
	return types[0];
}

int destination_open(const struct destination_request *request, struct destination *ret,
		     struct error *err)
{
	const struct destination_type *type = destination_type_of(request->address);
	void *state = type->open(request, err);

	if (!state)
		return -1;
	*ret = (struct destination) { type, state };
	return 0;
}

void destination_release(struct destination *destination)
{
	if (destination && destination->state)
		destination->type->close(destination->state);
}

void *destination_connect(const struct destination *destination, struct error *err)
{
	const struct destination_type *type = destination->type;

	return type->connect ? type->connect(destination->state, err) : destination->state;
}

void destination_disconnect(const struct destination *destination, void *connection)
{
	if (destination->type->disconnect)
		destination->type->disconnect(connection);
}

int destination_has_document(const struct destination *destination, void *connection,
			     const struct document *document, bool by_name, struct error *err)
{
	const struct destination_type *type = destination->type;

	if (!type->has_document)
		return 0;
	return type->has_document(destination->state, connection, document, by_name, err);
}

int destination_put_blob(const struct destination *destination, void *connection,
			 const struct layout *from, const struct descriptor *blob,
			 struct progress *progress, size_t task, struct error *err)
{
	return destination->type->put_blob(destination->state, connection, from, blob, progress,
					   task, err);
}

int destination_put_document(const struct destination *destination, void *connection,
			     const struct document *document, struct error *err)
{
	return destination->type->put_document(destination->state, connection, document, err);
}

int destination_put_named(const struct destination *destination, void *connection,
			  const struct document *document, const char *name, struct error *err)
{
	return destination->type->put_named(destination->state, connection, document, name, err);
}

int destination_put_referrer(const struct destination *destination, void *connection,
			     const struct document *document, const struct digest *subject,
			     struct error *err)
{
	return destination->type->put_referrer(destination->state, connection, document, subject,
					       err);
}

bool destination_distrust(const struct destination *destination)
{
	return destination->type->distrust && destination->type->distrust(destination->state);
}

int destination_finish(const struct destination *destination, struct error *err)
{
	return destination->type->finish ? destination->type->finish(destination->state, err) : 0;
}
