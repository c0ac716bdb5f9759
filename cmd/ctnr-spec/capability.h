/* SPDX-License-Identifier: Apache-2.0 */
/* process.capabilities: sets as bit masks, bit N is capability number N (capabilities(7)). */
#ifndef CTNR_SPEC_CAPABILITY_H
#define CTNR_SPEC_CAPABILITY_H

#include "spec.h"

#include "base/option.h"

#include <linux/capability.h>

struct capability_opts {
	struct strlist add;
	struct strlist drop;
};

extern const struct option capability_options[];

#define CAPABILITY_BIT(name) (UINT64_C(1) << (CAP_##name))

/* A name with or without CAP_, in either case, to its bit. -1 with ERROR_USAGE. */
int capability_parse(const char *name, uint64_t *ret_bit, struct error *err);

/* The bounding set that the config has (0 when it has none); unknown names are skipped. */
uint64_t capability_bounding(const json_t *config);

/* Are the capabilities of the options known? Which of them can be given is found out later. */
int capability_check(const struct capability_opts *opts, struct error *err);

/* --cap-add, --cap-drop, --privileged over the default set, or over what an edited config has; the
 * other sets follow from it and from the user. Sets spec->capabilities. */
int capability_apply(struct spec *spec, struct error *err);

#endif
