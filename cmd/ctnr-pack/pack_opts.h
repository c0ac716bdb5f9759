/* SPDX-License-Identifier: Apache-2.0 */
/* The options of ctnr-pack. */
#ifndef CTNR_PACK_PACK_OPTS_H
#define CTNR_PACK_PACK_OPTS_H

#include "base/option.h"
#include "system/sync.h"

#include <stdbool.h>

struct pack_opts {
	const char *store;
	const char *layout;
	struct strlist tags;
	const char *author;
	const char *message;
	struct strlist changes;
	const char *compression;
	const char *timestamp;
	bool squash;
	const char *iidfile;
	struct sync_opts sync;
	int progress; /* enum progress_mode */
	int print; /* enum image_print */
};

extern const struct option pack_options[];

#endif
