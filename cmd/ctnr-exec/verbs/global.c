/* SPDX-License-Identifier: Apache-2.0 */
#include "verbs/global.h"

#include <stddef.h>

const struct option global_options[] = {
	{ "root", 0, "DIR", "directory of the containers' states, DIR/ID", OPTION_STRING,
	  offsetof(struct global_opts, root), NULL },
	{ "store", 0, "DIR", "the store", OPTION_STRING, offsetof(struct global_opts, store),
	  NULL },
	{ "run-dir", 0, "DIR", "directory of state that ends with the boot", OPTION_STRING,
	  offsetof(struct global_opts, run_dir), NULL },
	OPTION_END,
};

const char *const global_formats[] = { "table", "json", NULL };

int global_open_store(const struct global_opts *opts, struct store *ret, struct error *err)
{
	struct error cause = { 0 };

	if (store_open(opts->store, STORE_TRY_WRITE, ret, &cause) == 0)
		return 0;
	return opts->store ? error_move(err, &cause) : 0;
}

int global_open_states(const struct global_opts *opts, const struct store *store,
		       struct state_root *ret, struct error *err)
{
	if (opts->root)
		return state_root_open_at(opts->root, ret, err);
	return state_root_open(opts->run_dir, store, ret, err);
}

int global_find_states(const struct global_opts *opts, struct state_root *ret, struct error *err)
{
	autostore struct store store = STORE_INIT;

	/* The state directory may lie in the store. */
	if (!opts->root && global_open_store(opts, &store, err) < 0)
		return -1;
	return global_open_states(opts, &store, ret, err);
}
