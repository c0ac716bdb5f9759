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

/* The names that FILE of an archive may have for standard output: one that is opened would have a position of its
 * own, and what is printed would be written over the archive. */
static bool is_stdout_name(const char *path)
{
	return strcmp(path, ADDRESS_STDOUT) == 0 || strcmp(path, "/dev/stdout") == 0 ||
	       strcmp(path, "/dev/fd/1") == 0 || strcmp(path, "/proc/self/fd/1") == 0;
}

/* PATH[:REF], after the prefix that the message names. */
static int parse_path(const char *prefix, const char *what, const char *rest, struct address *ret,
		      struct error *err)
{
	size_t len = strcspn(rest, ":");

	if (len == 0)
		return error_set(err, ERROR_USAGE, "no %s in '%s%s'", what, prefix, rest);
	if (rest[len] == ':' && !rest[len + 1])
		return error_set(err, ERROR_USAGE, "no reference after the colon in '%s%s'", prefix,
				 rest);
	ret->path = xstrndup(rest, len);
	if (rest[len])
		ret->reference = xstrdup(rest + len + 1);
	return 0;
}

static int parse_oci(const char *rest, struct address *ret, struct error *err)
{
	return parse_path("oci:", "directory", rest, ret, err);
}

static int parse_oci_archive(const char *rest, struct address *ret, struct error *err)
{
	return parse_path("oci-archive:", "file", rest, ret, err);
}

/* REF is a name that Docker gives, so not a digest. */
static int parse_docker_archive(const char *rest, struct address *ret, struct error *err)
{
	autoreference struct reference checked = REFERENCE_INIT;

	if (parse_path("docker-archive:", "file", rest, ret, err) < 0)
		return -1;
	if (ret->reference && reference_parse(ret->reference, &checked, err) < 0)
		return -1;
	if (checked.digest)
		return error_set(err, ERROR_USAGE,
				 "a name with a digest cannot be given to an image: '%s'",
				 ret->reference);
	return 0;
}

/* There is one image in a directory, so it has no name. */
static int parse_directory(const char *rest, struct address *ret, struct error *err)
{
	if (!*rest)
		return error_set(err, ERROR_USAGE, "no directory in 'dir:'");
	ret->path = xstrdup(rest);
	return 0;
}

enum address_role {
	ADDRESS_SOURCE,
	ADDRESS_DESTINATION,
};

/* The transports by their prefix. One without a parser is known by name only, for the message. */
static const struct transport_row {
	const char *prefix;
	int (*parse)(const char *rest, struct address *ret, struct error *err);
	enum transport transport;
	bool is_source; /* we read it */
	bool skopeo_reads;
	bool skopeo_writes;
} transports[] = {
	{ "docker://", parse_docker, TRANSPORT_DOCKER, true, true, true },
	{ "oci:", parse_oci, TRANSPORT_OCI, true, true, true },
	{ "oci-archive:", parse_oci_archive, TRANSPORT_OCI_ARCHIVE, false, true, true },
	{ "docker-archive:", parse_docker_archive, TRANSPORT_DOCKER_ARCHIVE, false, true, true },
	{ "dir:", parse_directory, TRANSPORT_DIRECTORY, false, true, true },
	{ "docker-daemon:", NULL, TRANSPORT_FOREIGN, false, true, true },
	{ "containers-storage:", NULL, TRANSPORT_FOREIGN, false, true, true },
	{ "ostree:", NULL, TRANSPORT_FOREIGN, false, false, true },
	{ "rootfs:", NULL, TRANSPORT_MAX, false, false, false },
	{ "sif:", NULL, TRANSPORT_MAX, false, false, false },
	{ "tarball:", NULL, TRANSPORT_MAX, false, false, false },
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

/* A transport that cannot be read, or not be written. */
static int refuse_transport(const struct transport_row *row, enum address_role role,
			    const char *text, struct error *err)
{
	if (role == ADDRESS_DESTINATION)
		return error_set(err, ERROR_USAGE, "images cannot be written to transport '%s'",
				 row->prefix);
	error_set(err, ERROR_USAGE, "images cannot be read from transport '%s' yet", row->prefix);
	return row->skopeo_reads ? error_hint(err, SKOPEO_HINT, text) : -1;
}

/* The first len bytes of text look like a transport: the hint is the one that is near. */
static int unknown_transport(const char *text, size_t len, enum address_role role,
			     struct error *err)
{
	static const char *const known[] = {
		[ADDRESS_SOURCE] = "docker:// or oci:",
		[ADDRESS_DESTINATION] = "docker://, oci:, oci-archive:, docker-archive: or dir:",
	};
	autofree char *prefix = xstrndup(text, len);
	struct nearest nearest = nearest_to(prefix);

	for (size_t i = 0; i < array_size(transports); i++)
		nearest_offer(&nearest, transports[i].prefix);
	error_set(err, ERROR_USAGE, "unknown transport '%s': expected %s", prefix, known[role]);
	if (strcmp(prefix, "https://") == 0 || strcmp(prefix, "http://") == 0)
		return error_hint(err, "for an image in a registry write docker://%s", text + len);
	return nearest_hint(&nearest, "", err);
}

static int no_transport(const char *text, enum address_role role, struct error *err)
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
	if (text[prefix_len] && unknown_transport(text, prefix_len + 1, role, &near) < 0 &&
	    near.hint[0])
		return error_move(err, &near);
	if (reference_parse(text, &bare, NULL) == 0)
		error_hint(err, "for an image in a registry write docker://%s", text);
	return -1;
}

static const struct transport_row *find_transport(const char *text)
{
	for (size_t i = 0; i < array_size(transports); i++)
		if (str_starts_with(text, transports[i].prefix))
			return &transports[i];
	return NULL;
}

static int parse_row(const struct transport_row *row, enum address_role role, const char *text,
		     struct address *ret, struct error *err)
{
	if (role == ADDRESS_SOURCE ? !row->is_source : !row->skopeo_writes)
		return refuse_transport(row, role, text, err);
	ret->transport = row->transport;
	if (row->parse)
		return row->parse(text + strlen(row->prefix), ret, err);
	ret->path = xstrdup(text);
	return 0;
}

static int parse_address(const char *text, enum address_role role, struct address *ret,
			 struct error *err)
{
	const struct transport_row *row = find_transport(text);
	autoaddress struct address address = ADDRESS_INIT;
	const char *scheme = strstr(text, "://");

	if (!row && scheme)
		return unknown_transport(text, (size_t)(scheme - text) + 3, role, err);
	if (!row)
		return no_transport(text, role, err);
	if (parse_row(row, role, text, &address, err) < 0)
		return -1;
	*ret = address;
	address = (struct address)ADDRESS_INIT;
	return 0;
}

int address_parse(const char *text, struct address *ret, struct error *err)
{
	return parse_address(text, ADDRESS_SOURCE, ret, err);
}

int address_parse_destination(const char *text, struct address *ret, struct error *err)
{
	return parse_address(text, ADDRESS_DESTINATION, ret, err);
}

bool address_is_stdout(const struct address *address)
{
	return (address->transport == TRANSPORT_OCI_ARCHIVE ||
		address->transport == TRANSPORT_DOCKER_ARCHIVE) &&
	       is_stdout_name(address->path);
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

char *address_registry(const struct address *address)
{
	autoreference struct reference reference = REFERENCE_INIT;

	if (address->transport != TRANSPORT_DOCKER ||
	    reference_parse(address->reference, &reference, NULL) < 0)
		return NULL;
	return steal(&reference.registry);
}
