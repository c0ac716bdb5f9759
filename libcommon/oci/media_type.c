/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/media_type.h"

#include "base/cleanup.h"
#include "base/str.h"

#include <stddef.h>
#include <string.h>

#define FOREIGN_LAYER "application/vnd.oci.image.layer.nondistributable.v1.tar"
#define DOCKER_FOREIGN_LAYER "application/vnd.docker.image.rootfs.foreign.diff.tar"

static const struct {
	const char *type;
	enum media_kind kind;
	const char *oci; /* of a Docker type: the OCI type that means the same */
} documents[] = {
	{ MEDIA_TYPE_INDEX, MEDIA_INDEX, NULL },
	{ MEDIA_TYPE_MANIFEST, MEDIA_MANIFEST, NULL },
	{ MEDIA_TYPE_CONFIG, MEDIA_CONFIG, NULL },
	{ MEDIA_TYPE_DOCKER_LIST, MEDIA_INDEX, MEDIA_TYPE_INDEX },
	{ MEDIA_TYPE_DOCKER_MANIFEST, MEDIA_MANIFEST, MEDIA_TYPE_MANIFEST },
	{ MEDIA_TYPE_DOCKER_CONFIG, MEDIA_CONFIG, MEDIA_TYPE_CONFIG },
};

/* A layer's type is one of these and a suffix that says how it is compressed. */
static const struct {
	const char *type;
	char separator; /* before the suffix */
	const char *oci;
} layers[] = {
	{ MEDIA_TYPE_LAYER, '+', NULL },
	{ FOREIGN_LAYER, '+', NULL },
	{ MEDIA_TYPE_DOCKER_LAYER, '.', MEDIA_TYPE_LAYER },
	{ DOCKER_FOREIGN_LAYER, '.', FOREIGN_LAYER },
};

enum media_compression {
	MEDIA_PLAIN,
	MEDIA_GZIP,
	MEDIA_ZSTD,
	MEDIA_COMPRESSION_UNKNOWN, /* a layer with a suffix that we do not know */
};

static const struct {
	const char *suffix;
	enum media_compression compression;
} compressions[] = {
	{ "", MEDIA_PLAIN },
	{ "gzip", MEDIA_GZIP },
	{ "zstd", MEDIA_ZSTD },
};

/* The row of a layer's type, or -1; *ret_suffix is what follows the separator. */
static int find_layer(const char *media_type, const char **ret_suffix)
{
	for (size_t i = 0; i < array_size(layers); i++) {
		size_t len = strlen(layers[i].type);

		if (strncmp(media_type, layers[i].type, len) != 0)
			continue;
		if (media_type[len] && media_type[len] != layers[i].separator)
			continue;
		*ret_suffix = media_type + len + (media_type[len] ? 1 : 0);
		return (int)i;
	}
	return -1;
}

enum media_kind media_type_kind(const char *media_type)
{
	const char *suffix;

	for (size_t i = 0; i < array_size(documents); i++)
		if (strcmp(media_type, documents[i].type) == 0)
			return documents[i].kind;
	return find_layer(media_type, &suffix) >= 0 ? MEDIA_LAYER : MEDIA_UNKNOWN;
}

static enum media_compression layer_compression(const char *media_type)
{
	const char *suffix;

	if (find_layer(media_type, &suffix) < 0)
		return MEDIA_COMPRESSION_UNKNOWN;
	for (size_t i = 0; i < array_size(compressions); i++)
		if (strcmp(suffix, compressions[i].suffix) == 0)
			return compressions[i].compression;
	return MEDIA_COMPRESSION_UNKNOWN;
}

#define ALPHANUMERIC "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
#define NAME_LENGTH_MAX 127 /* RFC 6838, 4.2: of a type, and of a subtype */

/* The length of the name at the beginning of a text; 0 when there is none. */
static size_t name_length(const char *text)
{
	size_t len = strspn(text, ALPHANUMERIC "!#$&-^_.+");

	return len <= NAME_LENGTH_MAX && strspn(text, ALPHANUMERIC) ? len : 0;
}

bool media_type_is_valid(const char *text)
{
	size_t type = name_length(text);
	size_t subtype = type && text[type] == '/' ? name_length(text + type + 1) : 0;

	return subtype && !text[type + 1 + subtype];
}

bool media_type_is_docker(const char *media_type)
{
	return str_starts_with(media_type, "application/vnd.docker.");
}

const char *media_type_to_oci(const char *media_type)
{
	static const char *const foreign[] = { FOREIGN_LAYER, FOREIGN_LAYER "+gzip",
					       FOREIGN_LAYER "+zstd" };
	static const char *const ordinary[] = { MEDIA_TYPE_LAYER, MEDIA_TYPE_LAYER_GZIP,
						MEDIA_TYPE_LAYER_ZSTD };
	enum media_compression compression = layer_compression(media_type);
	const char *suffix;
	int row = find_layer(media_type, &suffix);

	for (size_t i = 0; i < array_size(documents); i++)
		if (documents[i].oci && strcmp(media_type, documents[i].type) == 0)
			return documents[i].oci;
	if (row < 0 || !layers[row].oci || compression == MEDIA_COMPRESSION_UNKNOWN)
		return media_type;
	return strcmp(layers[row].oci, FOREIGN_LAYER) == 0 ? foreign[compression]
							   : ordinary[compression];
}

const char *media_type_to_docker(const char *media_type)
{
	static const char *const foreign[] = { DOCKER_FOREIGN_LAYER, DOCKER_FOREIGN_LAYER ".gzip" };
	static const char *const ordinary[] = { MEDIA_TYPE_DOCKER_LAYER,
						MEDIA_TYPE_DOCKER_LAYER_GZIP };
	enum media_compression compression = layer_compression(media_type);
	const char *suffix;
	int row = find_layer(media_type, &suffix);

	if (media_type_is_docker(media_type))
		return media_type;
	for (size_t i = 0; i < array_size(documents); i++)
		if (documents[i].oci && strcmp(media_type, documents[i].oci) == 0)
			return documents[i].type;
	if (row < 0 || (compression != MEDIA_PLAIN && compression != MEDIA_GZIP))
		return NULL;
	return strcmp(layers[row].type, FOREIGN_LAYER) == 0 ? foreign[compression]
							    : ordinary[compression];
}

bool media_type_is_encrypted(const char *media_type)
{
	return str_ends_with(media_type, "+encrypted");
}

bool media_type_is_foreign(const char *media_type)
{
	const char *suffix;
	int row = find_layer(media_type, &suffix);

	return row >= 0 && (strcmp(layers[row].type, FOREIGN_LAYER) == 0 ||
			    strcmp(layers[row].type, DOCKER_FOREIGN_LAYER) == 0);
}

const char *media_type_artifact(const char *media_type)
{
	static const struct {
		const char *beginning;
		const char *name;
	} artifacts[] = {
		{ "application/vnd.cncf.helm.", "a Helm chart" },
		{ "application/vnd.wasm.", "a WebAssembly module" },
		{ "application/vnd.docker.plugin.", "a plugin of Docker" },
		{ "application/vnd.docker.ai.", "an AI model" },
	};

	for (size_t i = 0; i < array_size(artifacts); i++)
		if (str_starts_with(media_type, artifacts[i].beginning))
			return artifacts[i].name;
	return "an artifact";
}
