/* SPDX-License-Identifier: Apache-2.0 */
#include "source.h"

static const struct source_type *const types[] = { &registry_source, &layout_source };

/* address_parse() gives no transport that has no row. */
static const struct source_type *type_of(const struct address *address)
{
	for (size_t i = 0; i < array_size(types); i++)
		if (types[i]->transport == address->transport)
			return types[i];
	return types[0];
}

int source_open(const struct address *address, const struct registry_options *options,
		const struct platform *platform, struct source *ret, struct error *err)
{
	ret->type = type_of(address);
	ret->platform = platform;
	return ret->type->open(ret, address, options, err);
}

void source_release(struct source *source)
{
	if (source && source->state)
		source->type->close(source);
}

char *source_name(const struct address *address, struct error *err)
{
	return type_of(address)->name(address, err);
}
