/* SPDX-License-Identifier: Apache-2.0 */
/* An image's config (image-spec config.md), read. */
#ifndef OCI_IMAGE_CONFIG_H
#define OCI_IMAGE_CONFIG_H

#include "base/str.h"
#include "format/digest.h"
#include "format/json.h"
#include "oci/platform.h"

#define IMAGE_CONFIG_MAX (8U << 20) /* bytes */

struct image_config {
	struct platform platform;
	const char *created; /* borrowed from json; NULL: not stated */
	const char *author;
	/* "config" */
	const char *user; /* "" when not stated */
	struct strlist env;
	struct strlist entrypoint;
	struct strlist cmd;
	const char *working_dir; /* "" when not stated */
	const char *stop_signal; /* NULL when not stated */
	struct strlist exposed_ports; /* keys, sorted */
	struct strlist volumes; /* keys, sorted */
	const json_t *labels; /* object of strings, or NULL; borrowed */
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

int image_config_parse(const char *text, size_t len, struct image_config *ret, struct error *err);

#endif
