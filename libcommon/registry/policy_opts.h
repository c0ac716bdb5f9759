/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The options of tools that ask a policy (registry/policy.h) about images. Loads nothing.
 */
#ifndef REGISTRY_POLICY_OPTS_H
#define REGISTRY_POLICY_OPTS_H

#include "base/option.h"

struct policy_opts {
	const char *policy; /* FILE, "insecure" or "reject"; NULL: the user's, else the system's */
	const char *registries_d; /* NULL: the user's, else the system's */
};

extern const struct option policy_options[];

#endif
