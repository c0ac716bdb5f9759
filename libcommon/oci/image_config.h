/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An image's config (image-spec config.md), read.
 *
 *	automanifest struct manifest manifest = MANIFEST_INIT;
 *	autoimageconfig struct image_config config = IMAGE_CONFIG_INIT;
 *
 *	if (layout_read_manifest(&layout, &descriptor, &manifest, err) < 0 ||
 *	    image_config_read(&layout, &manifest.config, &config, err) < 0) ...
 *	... config.env, config.diff_ids[0] is the base
 *
 * What is stated has the right type and every diff ID is a digest, or the config is refused; what is
 * not known is passed over.
 */
#ifndef OCI_IMAGE_CONFIG_H
#define OCI_IMAGE_CONFIG_H

#include "base/str.h"
#include "format/digest.h"
#include "format/json.h"
#include "oci/layout.h"
#include "oci/platform.h"

#define IMAGE_CONFIG_MAX (8U << 20) /* bytes */
#define IMAGE_CONFIG_VALUES_MAX 250000 /* of JSON; 499 layers have a hundredth */

struct image_config {
	struct platform platform;
	/* "config" */
	const char *user; /* "" when not stated */
	struct strlist env;
	struct strlist entrypoint;
	struct strlist cmd;
	const char *working_dir; /* "" when not stated */
	const char *stop_signal; /* NULL when not stated */
	struct strlist exposed_ports; /* keys, sorted */
	struct strlist volumes; /* keys, sorted */
	/* An object of strings (any that JSON can hold) and nulls, or NULL; borrowed. */
	const json_t *labels;
	/* "rootfs" */
	struct digest *diff_ids;
	size_t n_diff_ids;
	json_t *json; /* the whole document, owned */
};

#define IMAGE_CONFIG_INIT \
	{ \
		0 \
	}

void image_config_release(struct image_config *config);
#define autoimageconfig autocleanup(image_config_release)

/* Is it the media type of an image's config? Also those that mean nothing: old registries gave them. Another one
 * says that the manifest is that of an artifact. */
bool image_config_is_type(const char *media_type);

/* Read text of at most IMAGE_CONFIG_MAX bytes. */
int image_config_parse(const char *text, size_t len, struct image_config *ret, struct error *err);

/* Read the config that a manifest names (manifest.config) from its layout, as layout_read_blob()
 * does: ERROR_NOT_FOUND when it is not there. ERROR_FAILED when it is not the config of an image by
 * its media type. */
int image_config_read(const struct layout *layout, const struct descriptor *descriptor,
		      struct image_config *ret, struct error *err);

/* The same as JSON, for what shows it or wants a single member: nothing in it was looked at. A new
 * document, or NULL. */
json_t *image_config_read_json(const struct layout *layout, const struct descriptor *descriptor,
			       struct error *err);

#endif
