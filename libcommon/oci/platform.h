/* SPDX-License-Identifier: Apache-2.0 */
/* A platform: os/architecture[/variant] (image-spec image-index.md, GOOS and GOARCH values). */
#ifndef OCI_PLATFORM_H
#define OCI_PLATFORM_H

#include "base/error.h"
#include "format/json.h"

#include <stdbool.h>

struct platform {
	char os[32]; /* empty: not stated */
	char architecture[32];
	char variant[32];
	char os_version[64];
};

/* unknown/unknown: what an entry of an index states that is no image. */
extern const struct platform platform_unknown;

/* The platform of this machine: linux and GOARCH of uname(2), variant for arm. */
void platform_host(struct platform *ret);

/* OS[/ARCHITECTURE[/VARIANT]] or ARCHITECTURE[/VARIANT]: "linux/arm64/v8", "arm64"; uname's names
 * (x86_64, aarch64) and capitals are normalised. What is left out is the host's; ERROR_USAGE. */
int platform_parse(const char *text, struct platform *ret, struct error *err);

/* "linux/amd64"; buffer is the caller's. */
#define PLATFORM_TEXT_MAX 128
const char *platform_format(const struct platform *platform, char text[PLATFORM_TEXT_MAX]);

/* Does an image for have run where want is asked for? An unstated variant of want accepts every
 * variant the architecture's default covers (arm64: v8). */
bool platform_matches(const struct platform *have, const struct platform *want);

/* How far have is from what is wanted: 0 exactly that, more for older variants that run there too
 * (arm: v7, v6, v5), -1 when it does not match. */
int platform_distance(const struct platform *have, const struct platform *want);

/* The members os, architecture, variant and os.version of node: a descriptor's "platform", or an
 * image config itself. Absent members stay empty. */
int platform_from_json(const struct jnode *node, struct platform *ret, struct error *err);
json_t *platform_to_json(const struct platform *platform); /* new; NULL when empty */

#endif
