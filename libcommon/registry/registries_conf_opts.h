/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The options about registries.conf. Loads nothing: registry/registries_conf.h reads the files.
 */
#ifndef REGISTRY_REGISTRIES_CONF_OPTS_H
#define REGISTRY_REGISTRIES_CONF_OPTS_H

#include "base/option.h"

struct registries_conf_opts {
	const char *file; /* NULL: the usual one */
	bool verify_tag; /* mirrors are not believed what a tag stands for */
};

extern const struct option registries_conf_options[];

/* The same without --verify-tag, for a tool that asks no mirrors. */
extern const struct option registries_conf_file_options[];

#endif
