/* SPDX-License-Identifier: Apache-2.0 */
#include "image_kind.h"

#include "oci/image_config.h"
#include "oci/media_type.h"

static const struct {
	const char *name;
	const char *article; /* with the name, as a message has it */
	const char *verb; /* which removes one */
} kinds[] = {
	[IMAGE_KIND_IMAGE] = { "image", "an image", "ctnr rmi" },
	[IMAGE_KIND_INDEX] = { "index", "an index", "ctnr manifest rm" },
	[IMAGE_KIND_ARTIFACT] = { "artifact", "an artifact", "ctnr artifact rm" },
	[IMAGE_KIND_MAX] = { "image", "an image", "ctnr rmi" },
};

const char *image_kind_name(enum image_kind kind)
{
	return kinds[kind].name;
}

enum image_kind image_kind_of(const struct manifest *manifest)
{
	return image_config_is_type(manifest->config.media_type) ? IMAGE_KIND_IMAGE
								 : IMAGE_KIND_ARTIFACT;
}

int image_kind_check(const struct layout *layout, const struct descriptor *entry,
		     enum image_kind kind, struct error *err)
{
	automanifest struct manifest manifest = MANIFEST_INIT;
	enum image_kind found = IMAGE_KIND_INDEX;

	if (kind == IMAGE_KIND_MAX)
		return 0;
	if (media_type_kind(entry->media_type) != MEDIA_INDEX) {
		if (layout_read_manifest(layout, entry, &manifest, err) < 0)
			return -1;
		found = image_kind_of(&manifest);
	}
	if (found == kind)
		return 0;
	error_set(err, ERROR_FAILED, "it is no %s but %s", kinds[kind].name, kinds[found].article);
	return error_hint(err, "'%s' removes it", kinds[found].verb);
}
