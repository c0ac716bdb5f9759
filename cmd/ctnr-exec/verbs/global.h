/* SPDX-License-Identifier: Apache-2.0 */
/* Options of every verb, which may also stand before the verb. */
#ifndef CTNR_EXEC_VERBS_GLOBAL_H
#define CTNR_EXEC_VERBS_GLOBAL_H

#include "config/cgroup.h"

#include "base/error.h"
#include "base/option.h"
#include "store/state.h"

enum global_rootless {
	GLOBAL_ROOTLESS_AUTO, /* also where nothing is said */
	GLOBAL_ROOTLESS_TRUE,
	GLOBAL_ROOTLESS_FALSE,
};

struct global_opts {
	const char *root; /* the directory of states itself; NULL: RUNDIR/exec */
	const char *store; /* NULL: see store_path() */
	const char *run_dir; /* NULL: see run_dir_open() */
	int cgroup_manager;
	bool systemd_cgroup;
	int rootless; /* enum global_rootless */
	bool debug;
};

/* Rows for a struct global_opts; a verb's table includes them. */
extern const struct option global_options[];

/* What list and ps print. */
enum {
	GLOBAL_TABLE,
	GLOBAL_JSON,
};
extern const char *const global_formats[]; /* "table", "json", NULL */

/* Open the store that the options name. Where there is none and none was named, its path stays NULL: a
 * bundle outside of the store runs without one. */
int global_open_store(const struct global_opts *opts, struct store *ret, struct error *err);

/* Open the directory of states that the options name. store: as opened for the same options, or not open
 * (path NULL). */
int global_open_states(const struct global_opts *opts, const struct store *store,
		       struct state_root *ret, struct error *err);

/* The same for a verb that needs no store. */
int global_find_states(const struct global_opts *opts, struct state_root *ret, struct error *err);

/* A struct tool's begin: --debug holds for every verb. */
void global_begin(const void *opts);

/* What a config that wants control groups gets. ERROR_USAGE where options exclude each other. */
int global_cgroup_policy(const struct global_opts *opts, enum cgroup_policy *ret,
			 struct error *err);

#endif
