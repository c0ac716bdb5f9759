/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which images in a scope a policy would not let in, were they fetched now: a finding for each. They are asked
 * about by a worker (workers/policy/main.c), because that loads what speaks to registries.
 */
#ifndef CTNR_STORE_CHECK_JUDGE_H
#define CTNR_STORE_CHECK_JUDGE_H

#include "check/look.h"

#include "registry/policy_opts.h"

/* Add the findings. -1 when the policy cannot be read. */
int judge_images(struct look *look, const struct policy_opts *opts, struct error *err);

#endif
