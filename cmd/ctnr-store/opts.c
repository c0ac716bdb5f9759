/* SPDX-License-Identifier: Apache-2.0 */
#include "opts.h"

#include "base/alloc.h"

#include <unistd.h>

const struct option global_options[] = {
	{ "store", 0, "DIR", "use the store DIR", OPTION_STRING, offsetof(struct store_opts, store),
	  NULL },
	OPTION_END,
};

int opts_open_store(const struct store_opts *opts, struct store *ret, struct error *err)
{
	struct error cause = { 0 };

	sync_apply(&opts->sync);
	if (store_open(opts->store, STORE_READ, ret, &cause) == 0)
		return 1;
	if (cause.code == ERROR_NOT_FOUND)
		return 0;
	return error_move(err, &cause);
}

int opts_open_images(const struct store *store, struct layout *ret, struct error *err)
{
	autofree char *path = xasprintf("%s/images", store->path);
	struct error cause = { 0 };

	if (layout_open(path, LAYOUT_READ, ret, &cause) == 0)
		return 1;
	if (cause.code == ERROR_NOT_FOUND)
		return 0;
	error_move(err, &cause);
	return store_damaged(err);
}

enum list_form opts_list_form(const struct store_opts *opts)
{
	if (opts->quiet)
		return LIST_NAMES;
	return opts->json || !isatty(STDOUT_FILENO) ? LIST_RECORDS : LIST_TABLE;
}
