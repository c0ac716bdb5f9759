/* SPDX-License-Identifier: Apache-2.0 */
/* The options of all verbs, and what they say of the store and of the output. */
#ifndef CTNR_STORE_OPTS_H
#define CTNR_STORE_OPTS_H

#include "base/error.h"
#include "base/option.h"
#include "oci/layout.h"
#include "store/image_print.h"
#include "store/store.h"
#include "system/sync.h"

#include <stdbool.h>

struct store_opts {
	const char *store;
	const char *platform;
	int print; /* enum image_print */
	int type; /* diff: enum operand_type */
	bool json;
	bool quiet;
	bool running;
	bool all; /* bundles: also what does not run */
	enum option_state unnamed; /* images: those without a name too; OPTION_FALSE: not them */
	bool force;
	struct sync_opts sync;
	enum option_state volumes;
	bool verbose; /* df: each object too */
	bool no_trunc; /* history: commands whole */
};

#define STORE_TOOL_NAME "ctnr-store"
#define STORE_TOOL_SUMMARY "list, name, remove, check and collect images and bundles"

/* Options of every verb, which may also stand before the verb. */
extern const struct option global_options[];

/* Of each verb that lists. */
#define ROW_JSON \
	{ \
		"json", 0, NULL, "print records, at a terminal too", OPTION_BOOL, \
			offsetof(struct store_opts, json), NULL \
	}

/* Of each verb that writes, and of each that names an image. */
#define INCLUDE_SYNC OPTION_INCLUDE(sync_options, offsetof(struct store_opts, sync))
#define ROW_PRINT \
	{ \
		"print", 0, "WHAT", "print the image's record or its ref", OPTION_CHOICE, \
			offsetof(struct store_opts, print), image_print_names \
	}

/* Open the store that the options say, and sync as they say. Returns 1, or 0 when there is none, which is as good as an
 * empty one. */
int opts_open_store(const struct store_opts *opts, struct store *ret, struct error *err);

/* Open the layout of a store. Returns 1, or 0 when there is none: then there are no images. */
int opts_open_images(const struct store *store, struct layout *ret, struct error *err);

/* How a list is written: people at a terminal get a table, programs get records. */
enum list_form {
	LIST_TABLE,
	LIST_RECORDS,
	LIST_NAMES,
};
enum list_form opts_list_form(const struct store_opts *opts);

#endif
