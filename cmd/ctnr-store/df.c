/* SPDX-License-Identifier: Apache-2.0 */
/* df: what the store takes on the disk. */
#include "df/print.h"
#include "opts.h"
#include "verbs.h"

int store_df(const void *opts_, const struct strlist *operands, struct error *err)
{
	const struct store_opts *opts = opts_;
	autostore struct store store = STORE_INIT;
	autousage struct usage usage;
	int result;

	usage_init(&usage, &store);
	if (operands->len)
		return error_set(err, ERROR_USAGE, "unexpected operand '%s'", operands->items[0]);
	if (opts_open_store(opts, &store, err) < 0)
		return -1;
	usage.is_detailed = opts->verbose;
	result = usage_measure(&usage, err);
	if (opts_list_form(opts) == LIST_TABLE)
		usage_print_tables(&usage);
	else if (usage_print_records(&usage, err) < 0)
		return -1;
	return result;
}
