/* SPDX-License-Identifier: Apache-2.0 */
/* The options of check. */
#ifndef CTNR_STORE_CHECK_CHECK_H
#define CTNR_STORE_CHECK_CHECK_H

#include "opts.h"

#include "registry/policy_opts.h"

struct check_opts {
	struct store_opts store; /* first: the global options are in it */
	bool quick;
	bool deep;
	const char *part;
	bool repair;
	struct policy_opts policy;
	int progress; /* enum progress_mode */
};

#endif
