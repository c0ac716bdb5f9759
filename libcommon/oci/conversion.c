/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/conversion.h"

#include "base/str.h"
#include "oci/media_type.h"

#include <string.h>

#define ZSTD_SUFFIX "+zstd"

const char *conversion_manifest_type(enum conversion to)
{
	return to == CONVERSION_TO_OCI ? MEDIA_TYPE_MANIFEST : MEDIA_TYPE_DOCKER_MANIFEST;
}

const char *conversion_index_type(enum conversion to)
{
	return to == CONVERSION_TO_OCI ? MEDIA_TYPE_INDEX : MEDIA_TYPE_DOCKER_LIST;
}

/* The type that means the same there, static text or the one that was given; NULL: there is none. */
static const char *convert_type(const char *media_type, enum conversion to)
{
	return to == CONVERSION_TO_OCI ? media_type_to_oci(media_type)
				       : media_type_to_docker(media_type);
}

static bool has_other_type(const char *media_type, enum conversion to)
{
	const char *converted = convert_type(media_type, to);

	/* Of one that states none the place says what it is. */
	if (!*media_type)
		return false;
	return !converted || strcmp(converted, media_type) != 0;
}

bool conversion_manifest_is_needed(const struct manifest *manifest, enum conversion to)
{
	if (strcmp(manifest->media_type, conversion_manifest_type(to)) != 0 ||
	    has_other_type(manifest->config.media_type, to))
		return true;
	for (size_t i = 0; i < manifest->n_layers; i++)
		if (has_other_type(manifest->layers[i].media_type, to))
			return true;
	return false;
}

bool conversion_manifest_is_docker(const struct manifest *manifest, enum conversion to)
{
	(void)to;
	return media_type_is_docker(manifest->media_type);
}

/* Is it one of OCI's own types, where those of artifacts are nobody's? */
static bool is_oci_type(const char *media_type)
{
	return media_type_kind(media_type) != MEDIA_UNKNOWN && !media_type_is_docker(media_type);
}

static bool is_of_other_kind(const char *media_type, bool is_docker)
{
	return is_docker ? is_oci_type(media_type) : has_other_type(media_type, CONVERSION_TO_OCI);
}

bool conversion_manifest_is_mixed(const struct manifest *manifest)
{
	bool is_docker = media_type_is_docker(manifest->media_type);

	if (is_of_other_kind(manifest->config.media_type, is_docker))
		return true;
	for (size_t i = 0; i < manifest->n_layers; i++)
		if (is_of_other_kind(manifest->layers[i].media_type, is_docker))
			return true;
	return false;
}

static int type_has_no_counterpart(const char *what, const char *digest, const char *media_type,
				   struct error *err)
{
	error_set(err, ERROR_FAILED,
		  "%s %s is of the type '%s', which Docker's format does not have", what, digest,
		  media_type);
	if (str_ends_with(media_type, ZSTD_SUFFIX))
		return error_hint(err, "OCI's format has layers that are compressed by zstd");
	return error_hint(err, "OCI's format has artifacts of all types");
}

/* Convert the type that a descriptor states, if it states one. */
static int convert_descriptor(json_t *descriptor, const char *what, enum conversion to,
			      struct error *err)
{
	const char *type = json_string_value(json_object_get(descriptor, "mediaType"));
	const char *digest = json_string_value(json_object_get(descriptor, "digest"));
	const char *converted;

	if (!type || !*type)
		return 0;
	converted = convert_type(type, to);
	if (!converted)
		return type_has_no_counterpart(what, digest ? digest : "", type, err);
	if (strcmp(converted, type) != 0)
		json_object_set_new(descriptor, "mediaType", json_string(converted));
	return 0;
}

static bool is_listed(const char *const *names, const char *name)
{
	while (*names && strcmp(*names, name) != 0)
		names++;
	return *names != NULL;
}

/* Leave of an object the members that have one of these names, in the order in which they stand. */
static void keep_members(json_t *object, const char *const *names)
{
	autojson json_t *kept = json_object();
	const char *name;
	json_t *value;

	json_object_foreach (object, name, value)
		if (is_listed(names, name))
			json_object_set(kept, name, value);
	json_object_clear(object);
	json_object_update(object, kept);
}

static const char *const docker_descriptor_members[] = { "mediaType", "size",     "digest",
							 "urls",      "platform", NULL };

char *conversion_manifest(const struct manifest *manifest, enum conversion to, struct error *err)
{
	static const char *const docker_members[] = { "schemaVersion", "mediaType", "config",
						      "layers", NULL };
	autojson json_t *json = json_deep_copy(manifest->json);
	json_t *config = json_object_get(json, "config");
	json_t *layer;
	size_t i;

	json_object_set_new(json, "mediaType", json_string(conversion_manifest_type(to)));
	if (to == CONVERSION_TO_DOCKER) {
		keep_members(json, docker_members);
		keep_members(config, docker_descriptor_members);
	}
	if (convert_descriptor(config, "config", to, err) < 0)
		return NULL;
	json_array_foreach (json_object_get(json, "layers"), i, layer) {
		if (to == CONVERSION_TO_DOCKER)
			keep_members(layer, docker_descriptor_members);
		if (convert_descriptor(layer, "layer", to, err) < 0)
			return NULL;
	}
	return json_format(json);
}

static void set_entry(json_t *entry, const struct descriptor *descriptor, enum conversion to)
{
	if (to == CONVERSION_TO_DOCKER)
		keep_members(entry, docker_descriptor_members);
	json_object_set_new(entry, "mediaType", json_string(descriptor->media_type));
	json_object_set_new(entry, "digest", json_string(descriptor->digest.text));
	json_object_set_new(entry, "size", json_integer((json_int_t)descriptor->size));
}

char *conversion_index(const struct index *index, const struct descriptor *manifests,
		       enum conversion to, struct error *err)
{
	static const char *const docker_members[] = { "schemaVersion", "mediaType", "manifests",
						      NULL };
	autojson json_t *json = json_deep_copy(index->json);
	json_t *old_entries = json_object_get(index->json, "manifests");
	json_t *entry;
	size_t n = 0;
	size_t i;

	json_object_set_new(json, "mediaType", json_string(conversion_index_type(to)));
	if (to == CONVERSION_TO_DOCKER)
		keep_members(json, docker_members);
	json_array_foreach (json_object_get(json, "manifests"), i, entry) {
		bool is_used = n < index->n_manifests &&
			       index->manifests[n].json == json_array_get(old_entries, i);

		/* An entry that is not used stays as it is, where that does not matter. */
		if (is_used)
			set_entry(entry, &manifests[n++], to);
		else if (convert_descriptor(entry, "entry", to, err) < 0)
			return NULL;
	}
	return json_format(json);
}
