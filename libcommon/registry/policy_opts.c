/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/policy_opts.h"

#define FIELD(name) offsetof(struct policy_opts, name)
const struct option policy_options[] = {
	{ "policy", 0, "FILE|insecure|reject",
	  "which images may be had; insecure: all, reject: none", OPTION_STRING, FIELD(policy) },
	{ "image-policy", 0, "FILE|insecure|reject", "another name of --policy", OPTION_STRING,
	  FIELD(policy) },
	{ "registries-d", 0, "DIR", "where signatures are kept beside their registries",
	  OPTION_STRING, FIELD(registries_d) },
	OPTION_END
};
