/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/address.h"

#include "base/alloc.h"
#include "base/str.h"
#include "oci/reference.h"

#include <stdlib.h>
#include <string.h>

void address_release(struct address *address)
{
	if (!address)
		return;
	free(address->path);
	free(address->reference);
	*address = (struct address)ADDRESS_INIT;
}

static int parse_docker(const char *rest, struct address *ret, struct error *err)
{
	autoreference struct reference checked = REFERENCE_INIT;

	if (reference_parse(rest, &checked, err) < 0)
		return -1;
	ret->reference = xstrdup(rest);
	return 0;
}

static int parse_oci(const char *rest, struct address *ret, struct error *err)
{
	size_t len = strcspn(rest, ":");

	if (len == 0)
		return error_set(err, ERROR_USAGE, "no directory in 'oci:%s'", rest);
	if (rest[len] == ':' && !rest[len + 1])
		return error_set(err, ERROR_USAGE, "no reference after the colon in 'oci:%s'",
				 rest);
	ret->path = xstrndup(rest, len);
	if (rest[len])
		ret->reference = xstrdup(rest + len + 1);
	return 0;
}

/* The transports by their prefix. One without a parser is known by name only, for the message. */
static const struct transport_row {
	const char *prefix;
	int (*parse)(const char *rest, struct address *ret, struct error *err);
	enum transport transport;
} transports[] = {
	{ "docker://", parse_docker, TRANSPORT_DOCKER },
	{ "oci:", parse_oci, TRANSPORT_OCI },
	{ "oci-archive:", NULL, TRANSPORT_MAX },
	{ "docker-archive:", NULL, TRANSPORT_MAX },
	{ "docker-daemon:", NULL, TRANSPORT_MAX },
	{ "containers-storage:", NULL, TRANSPORT_MAX },
	{ "dir:", NULL, TRANSPORT_MAX },
	{ "rootfs:", NULL, TRANSPORT_MAX },
	{ "ostree:", NULL, TRANSPORT_MAX },
	{ "sif:", NULL, TRANSPORT_MAX },
	{ "tarball:", NULL, TRANSPORT_MAX },
};

int address_parse(const char *text, struct address *ret, struct error *err)
{
	autoaddress struct address address = ADDRESS_INIT;
	autoreference struct reference bare = REFERENCE_INIT;
	const char *scheme;

	for (size_t i = 0; i < array_size(transports); i++) {
		const struct transport_row *row = &transports[i];

		if (!str_starts_with(text, row->prefix))
			continue;
		if (!row->parse)
			return error_set(err, ERROR_USAGE, "transport '%s' is not supported",
					 row->prefix);
		if (row->parse(text + strlen(row->prefix), &address, err) < 0)
			return -1;
		address.transport = row->transport;
		*ret = address;
		address = (struct address)ADDRESS_INIT;
		return 0;
	}
	scheme = strstr(text, "://");
	if (scheme)
		return error_set(err, ERROR_USAGE, "transport '%.*s' is not supported",
				 (int)(scheme - text) + 3, text);
	error_set(err, ERROR_USAGE, "no transport in '%s'", text);
	if (reference_parse(text, &bare, NULL) == 0)
		error_hint(err, "for an image in a registry write docker://%s", text);
	return -1;
}
