/* SPDX-License-Identifier: Apache-2.0 */
/* The options of all verbs, and what they say of the store and of the output. */
#ifndef CTNR_STORE_OPTS_H
#define CTNR_STORE_OPTS_H

#include "base/error.h"
#include "base/option.h"
#include "store/store.h"
#include "system/sync.h"

#include <stdbool.h>

struct store_opts {
	const char *store;
	const char *platform;
	int print; /* enum image_print */
	bool json;
	bool quiet;
	bool running;
	bool all; /* bundles: also what does not run */
	enum option_state unnamed; /* images: those without a name too; OPTION_FALSE: not them */
	bool force;
	struct sync_opts sync;
	enum option_state volumes;
	bool verbose; /* df: each object too */
};

/* Open the store that the options say, and sync as they say. Returns 1, or 0 when there is none, which is as good as an
 * empty one. */
int opts_open_store(const struct store_opts *opts, struct store *ret, struct error *err);

/* How a list is written: people at a terminal get a table, programs get records. */
enum list_form {
	LIST_TABLE,
	LIST_RECORDS,
	LIST_NAMES,
};
enum list_form opts_list_form(const struct store_opts *opts);

#endif
