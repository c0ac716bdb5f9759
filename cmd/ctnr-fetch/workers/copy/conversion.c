/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/copy/conversion.h"

#include "oci/media_type.h"

static void convert_media_type(json_t *descriptor)
{
	const char *type = json_string_value(json_object_get(descriptor, "mediaType"));

	if (type && media_type_is_docker(type))
		json_object_set_new(descriptor, "mediaType", json_string(media_type_to_oci(type)));
}

char *conversion_manifest(const struct manifest *manifest)
{
	autojson json_t *json = json_deep_copy(manifest->json);
	json_t *layer;
	size_t i;

	json_object_set_new(json, "mediaType", json_string(MEDIA_TYPE_MANIFEST));
	convert_media_type(json_object_get(json, "config"));
	json_array_foreach (json_object_get(json, "layers"), i, layer)
		convert_media_type(layer);
	return json_format(json);
}

char *conversion_index(const struct index *index, const struct descriptor *manifests)
{
	autojson json_t *json = json_deep_copy(index->json);
	json_t *old_entries = json_object_get(index->json, "manifests");
	json_t *entry;
	size_t n = 0;
	size_t i;

	json_object_set_new(json, "mediaType", json_string(MEDIA_TYPE_INDEX));
	json_array_foreach (json_object_get(json, "manifests"), i, entry) {
		const struct descriptor *d = &manifests[n];

		/* An entry that is not used stays as it is. */
		if (n == index->n_manifests ||
		    index->manifests[n].json != json_array_get(old_entries, i))
			continue;
		n++;
		json_object_set_new(entry, "mediaType", json_string(d->media_type));
		json_object_set_new(entry, "digest", json_string(d->digest.text));
		json_object_set_new(entry, "size", json_integer((json_int_t)d->size));
	}
	return json_format(json);
}
