/* SPDX-License-Identifier: Apache-2.0 */
#include "opts.h"

#include <unistd.h>

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

enum list_form opts_list_form(const struct store_opts *opts)
{
	if (opts->quiet)
		return LIST_NAMES;
	return opts->json || !isatty(STDOUT_FILENO) ? LIST_RECORDS : LIST_TABLE;
}
