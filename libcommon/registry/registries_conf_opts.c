/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/registries_conf_opts.h"

#define FIELD(name) offsetof(struct registries_conf_opts, name)
const struct option registries_conf_file_options[] = { { "registries-conf", 0, "FILE",
							 "read FILE instead of registries.conf",
							 OPTION_STRING, FIELD(file) },
						       OPTION_END };

const struct option registries_conf_options[] = {
	OPTION_INCLUDE(registries_conf_file_options, 0),
	{ "verify-tag", 0, NULL, "ask the registry itself what a tag stands for, mirrors by digest",
	  OPTION_BOOL, FIELD(verify_tag) },
	OPTION_END
};
