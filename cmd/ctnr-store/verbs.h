/* SPDX-License-Identifier: Apache-2.0 */
/* The verbs of ctnr-store: one function each, as base/tool.h calls them. */
#ifndef CTNR_STORE_VERBS_H
#define CTNR_STORE_VERBS_H

#include "base/error.h"
#include "base/str.h"
#include "store/store.h"

#include <stdbool.h>

struct store_opts {
	const char *store;
	const char *platform;
	int print; /* enum image_print */
	bool json;
	bool quiet;
	bool running;
	bool all;
};

int image_ls(const void *opts, const struct strlist *operands, struct error *err);
int image_show(const void *opts, const struct strlist *operands, struct error *err);
int image_tag(const void *opts, const struct strlist *operands, struct error *err);
int image_untag(const void *opts, const struct strlist *operands, struct error *err);
int image_rm(const void *opts, const struct strlist *operands, struct error *err);
int bundle_ls(const void *opts, const struct strlist *operands, struct error *err);
int bundle_show(const void *opts, const struct strlist *operands, struct error *err);
int bundle_rm(const void *opts, const struct strlist *operands, struct error *err);

/* Open the store that the options say. Returns 1, or 0 when there is none, which is as good as an
 * empty one. */
int open_store(const struct store_opts *opts, struct store *ret, struct error *err);

/* How a list is written: people at a terminal get a table, programs get records. */
enum list_form {
	LIST_TABLE,
	LIST_RECORDS,
	LIST_NAMES,
};
enum list_form list_form_of(const struct store_opts *opts);

/* One operand at a time: a failure is reported, the others are still done, and the first failure
 * decides the status. */
int each_operand(const struct strlist *operands,
		 int (*act)(const char *word, void *data, struct error *err), void *data,
		 struct error *err);

#endif
