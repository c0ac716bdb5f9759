/* SPDX-License-Identifier: Apache-2.0 */
/* The options of check. */
#ifndef CTNR_STORE_CHECK_CHECK_H
#define CTNR_STORE_CHECK_CHECK_H

#include "opts.h"

struct check_opts {
	struct store_opts store; /* first: the global options are in it */
	bool quick;
	bool deep;
	const char *part;
	bool repair;
	int progress; /* enum progress_mode */
};

#endif
