/* SPDX-License-Identifier: Apache-2.0 */
/* BUNDLE/etc/{hosts,hostname,resolv.conf}, and their mounts. */
#ifndef CTNR_SPEC_ETC_H
#define CTNR_SPEC_ETC_H

#include "spec.h"

#include "base/option.h"

struct etc_opts {
	const char *hostname;
};

extern const struct option etc_options[];

/* Can the options be right, whatever the image is? */
int etc_check(const struct etc_opts *opts, struct error *err);

/* --hostname checked, or the container's ID; goes to config.hostname. */
int etc_apply_hostname(struct spec *spec, struct error *err);

/* Write the files and mount them. Nothing to do without a bundle. */
int etc_apply(struct spec *spec, struct error *err);

/* Let the mounts of these files, where there are any, be the last. */
void etc_put_last(json_t *mounts);

#endif
