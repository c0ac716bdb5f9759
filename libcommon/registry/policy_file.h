/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which policy counts: the one that the command line names, else the user's
 * (~/.config/containers/policy.json), else the system's (/etc/containers/policy.json), else none, and every
 * image may be had.
 *
 *	autopolicy struct policy policy = POLICY_INIT;
 *
 *	if (policy_file_open(&opts, &policy, err) < 0) ...
 *	... policy.file is "/etc/containers/policy.json"
 */
#ifndef REGISTRY_POLICY_FILE_H
#define REGISTRY_POLICY_FILE_H

#include "registry/policy.h"
#include "registry/policy_opts.h"

/* Read it. A file that is named must be there. */
int policy_file_open(const struct policy_opts *opts, struct policy *ret, struct error *err);

#endif
