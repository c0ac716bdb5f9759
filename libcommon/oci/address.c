/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/address.h"

#include "base/alloc.h"
#include "base/nearest.h"
#include "base/str.h"
#include "oci/reference.h"

#include <stdlib.h>
#include <string.h>

#define SKOPEO_HINT "'skopeo copy %s oci:DIR:TAG' makes a layout of it: oci:DIR:TAG"
#define ARCHIVE_HINT \
	"'skopeo copy oci-archive:%s oci:DIR:TAG' (or docker-archive:) makes a layout of it: oci:DIR:TAG"

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
	bool skopeo; /* skopeo speaks it */
} transports[] = {
	{ "docker://", parse_docker, TRANSPORT_DOCKER },
	{ "oci:", parse_oci, TRANSPORT_OCI },
	{ "oci-archive:", NULL, TRANSPORT_MAX, true },
	{ "docker-archive:", NULL, TRANSPORT_MAX, true },
	{ "docker-daemon:", NULL, TRANSPORT_MAX, true },
	{ "containers-storage:", NULL, TRANSPORT_MAX, true },
	{ "dir:", NULL, TRANSPORT_MAX, true },
	{ "rootfs:", NULL, TRANSPORT_MAX },
	{ "ostree:", NULL, TRANSPORT_MAX },
	{ "sif:", NULL, TRANSPORT_MAX },
	{ "tarball:", NULL, TRANSPORT_MAX },
};

/* What has a colon has a transport, or a tag. */
static bool is_archive(const char *text)
{
	static const char *const suffixes[] = { ".tar",     ".tar.gz", ".tgz",
						".tar.zst", ".tar.xz", ".tar.bz2" };

	for (size_t i = 0; i < array_size(suffixes); i++)
		if (str_ends_with(text, suffixes[i]))
			return !strchr(text, ':');
	return false;
}

static bool is_directory_path(const char *text)
{
	return text[0] == '/' || strcmp(text, ".") == 0 || strcmp(text, "..") == 0 ||
	       str_starts_with(text, "./") || str_starts_with(text, "../") ||
	       str_starts_with(text, "~/");
}

bool address_is_path(const char *text, char **ret_hint)
{
	bool archive = is_archive(text);
	bool directory = !archive && is_directory_path(text);

	if (ret_hint && directory)
		*ret_hint = xasprintf("for an OCI layout write oci:%s", text);
	else if (ret_hint)
		*ret_hint = archive ? xasprintf(ARCHIVE_HINT, text) : NULL;
	return archive || directory;
}

/* The transport that has another program make a layout. */
static int refuse_transport(const struct transport_row *row, const char *text, struct error *err)
{
	error_set(err, ERROR_USAGE, "transport '%s' is not supported", row->prefix);
	return row->skopeo ? error_hint(err, SKOPEO_HINT, text) : -1;
}

/* The first len bytes of text look like a transport: the hint is the one that is near. */
static int unknown_transport(const char *text, size_t len, struct error *err)
{
	autofree char *prefix = xstrndup(text, len);
	struct nearest nearest = nearest_to(prefix);

	for (size_t i = 0; i < array_size(transports); i++)
		nearest_offer(&nearest, transports[i].prefix);
	error_set(err, ERROR_USAGE, "unknown transport '%s': expected docker:// or oci:", prefix);
	if (strcmp(prefix, "https://") == 0 || strcmp(prefix, "http://") == 0)
		return error_hint(err, "for an image in a registry write docker://%s", text + len);
	return nearest_hint(&nearest, "", err);
}

static int no_transport(const char *text, struct error *err)
{
	autoreference struct reference bare = REFERENCE_INIT;
	autofree char *hint = NULL;
	size_t prefix_len = strcspn(text, ":");
	struct error near = { 0 };

	if (!*text)
		return error_set(err, ERROR_USAGE, "the name of the image is empty");
	error_set(err, ERROR_USAGE, "no transport in '%s'", text);
	if (address_is_path(text, &hint))
		return error_hint(err, "%s", hint);
	if (text[prefix_len] && unknown_transport(text, prefix_len + 1, &near) < 0 && near.hint[0])
		return error_move(err, &near);
	if (reference_parse(text, &bare, NULL) == 0)
		error_hint(err, "for an image in a registry write docker://%s", text);
	return -1;
}

int address_parse(const char *text, struct address *ret, struct error *err)
{
	autoaddress struct address address = ADDRESS_INIT;
	const char *scheme;

	for (size_t i = 0; i < array_size(transports); i++) {
		const struct transport_row *row = &transports[i];

		if (!str_starts_with(text, row->prefix))
			continue;
		if (!row->parse)
			return refuse_transport(row, text, err);
		if (row->parse(text + strlen(row->prefix), &address, err) < 0)
			return -1;
		address.transport = row->transport;
		*ret = address;
		address = (struct address)ADDRESS_INIT;
		return 0;
	}
	scheme = strstr(text, "://");
	if (scheme)
		return unknown_transport(text, (size_t)(scheme - text) + 3, err);
	return no_transport(text, err);
}

/* "localhost/DIR:TAG" for an image that has only a tag, or no name at all; new. */
static char *name_of_directory(const char *path, const char *tag)
{
	size_t len = strlen(path);
	size_t start;
	autofree char *name = NULL;

	while (len > 1 && path[len - 1] == '/')
		len--;
	start = len;
	while (start > 0 && path[start - 1] != '/')
		start--;
	name = xasprintf("%.*s:%s", (int)(len - start), path + start, tag);
	return reference_localize(name);
}

/*
 * Layouts name their images as they like: a whole reference ("docker.io/library/alpine:3.20"), a
 * name ("app:1"), a tag alone ("3.20"), or not at all. A tag alone follows the name of the
 * directory.
 */
static char *name_from_layout(const struct address *address, struct error *err)
{
	autoreference struct reference reference = REFERENCE_INIT;
	const char *written = address->reference;
	bool is_name = written && strpbrk(written, "/:@");
	autofree char *text =
		is_name ? reference_localize(written)
			: name_of_directory(address->path, written ? written : "latest");

	if (reference_parse(text, &reference, NULL) < 0) {
		error_set(err, ERROR_USAGE, "'%s' cannot be the name of an image", text);
		error_hint(err, "give it one with --tag NAME");
		return NULL;
	}
	return reference_format(&reference);
}

static char *name_from_registry(const struct address *address, struct error *err)
{
	autoreference struct reference reference = REFERENCE_INIT;

	if (reference_parse(address->reference, &reference, err) < 0)
		return NULL;
	return reference_format(&reference);
}

char *address_image_name(const struct address *address, struct error *err)
{
	return address->transport == TRANSPORT_DOCKER ? name_from_registry(address, err)
						      : name_from_layout(address, err);
}
