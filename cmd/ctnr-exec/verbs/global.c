/* SPDX-License-Identifier: Apache-2.0 */
#include "verbs/global.h"

#include "base/message.h"

#include <stddef.h>

enum cgroup_manager {
	MANAGER_CGROUPFS,
	MANAGER_SYSTEMD,
	MANAGER_DISABLED,
};

static const char *const managers[] = { "cgroupfs", "systemd", "disabled", NULL };

static const char *const rootless_choices[] = {
	[GLOBAL_ROOTLESS_AUTO] = "auto",
	[GLOBAL_ROOTLESS_TRUE] = "true",
	[GLOBAL_ROOTLESS_FALSE] = "false",
	NULL,
};

const struct option global_options[] = {
	{ "root", 0, "DIR", "directory of the containers' states, DIR/ID", OPTION_STRING,
	  offsetof(struct global_opts, root), NULL },
	{ "store", 0, "DIR", "the store", OPTION_STRING, offsetof(struct global_opts, store),
	  NULL },
	{ "run-dir", 0, "DIR", "directory of state that ends with the boot", OPTION_STRING,
	  offsetof(struct global_opts, run_dir), NULL },
	{ "cgroup-manager", 0, "MANAGER", "who makes control groups: cgroupfs, systemd or disabled",
	  OPTION_CHOICE, offsetof(struct global_opts, cgroup_manager), managers },
	{ "systemd-cgroup", 0, NULL, "the same as --cgroup-manager=systemd", OPTION_BOOL,
	  offsetof(struct global_opts, systemd_cgroup), NULL },
	{ "rootless", 0, "WHEN", "do without a control group: true, false or auto", OPTION_SWITCH,
	  offsetof(struct global_opts, rootless), rootless_choices },
	{ "debug", 0, NULL, "tell what is decided and done", OPTION_BOOL,
	  offsetof(struct global_opts, debug), NULL },
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

void global_begin(const void *opts_)
{
	const struct global_opts *opts = opts_;

	if (opts->debug)
		message_enable_debug();
}

int global_cgroup_policy(const struct global_opts *opts, enum cgroup_policy *ret, struct error *err)
{
	if (opts->cgroup_manager == MANAGER_DISABLED && opts->systemd_cgroup)
		return error_set(
			err, ERROR_USAGE,
			"--systemd-cgroup and --cgroup-manager=disabled exclude each other");
	if (opts->cgroup_manager == MANAGER_DISABLED)
		*ret = CGROUP_POLICY_DISABLED;
	else if (opts->rootless == GLOBAL_ROOTLESS_TRUE)
		*ret = CGROUP_POLICY_ROOTLESS;
	else if (opts->cgroup_manager == MANAGER_SYSTEMD || opts->systemd_cgroup)
		*ret = CGROUP_POLICY_SYSTEMD;
	else
		*ret = CGROUP_POLICY_CGROUPFS;
	return 0;
}
