/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ctnr-doctor: say whether containers can run here, for this user, and what would help.
 *
 * Everything that can be tried is tried, in child processes: a setting that looks right may still be
 * overruled by a seccomp filter, a security module or a container that this process is in. Nothing on
 * the machine is changed; directories for the overlay and the filesystem's abilities are made and removed
 * where the store is.
 */
#include "check.h"
#include "report.h"

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/tool.h"
#include "store/store.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct doctor_opts {
	bool json;
	const char *store;
	const char *run_dir;
};

static const struct option options[] = {
	{ "json", 0, NULL, "print one JSON object", OPTION_BOOL, offsetof(struct doctor_opts, json),
	  NULL },
	{ "store", 0, "DIR", "the store to look at", OPTION_STRING,
	  offsetof(struct doctor_opts, store), NULL },
	{ "run-dir", 0, "DIR", "the directory of state to look at", OPTION_STRING,
	  offsetof(struct doctor_opts, run_dir), NULL },
	OPTION_END,
};

static void host_release(struct host *host)
{
	if (!host)
		return;
	free(host->store);
	free(host->store_parent);
}

/* The path itself when it is there, else the nearest directory above it that is. */
static char *nearest_directory(const char *path)
{
	char *nearest = xstrdup(path);

	while (access(nearest, F_OK) < 0) {
		char *slash = strrchr(nearest, '/');

		if (!slash)
			break;
		slash[slash == nearest] = '\0';
		if (slash == nearest)
			break;
	}
	return nearest;
}

static int run_doctor(const void *opts_, const struct strlist *operands, struct error *err)
{
	const struct doctor_opts *opts = opts_;
	autocleanup(host_release) struct host host = { .run_dir = opts->run_dir };
	autochecklist struct checklist list = CHECKLIST_INIT;

	if (operands->len)
		return error_set(err, ERROR_USAGE, "unexpected operand '%s'", operands->items[0]);
	if (identity_probe(&host.identity, err) < 0)
		return -1;
	host.store = store_path(opts->store, err);
	if (!host.store)
		return -1;
	host.store_parent = nearest_directory(host.store);

	check_namespaces(&host, &list);
	check_kernel(&host, &list);
	check_filesystem(&host, &list);
	check_store_filesystem(&host, &list);
	check_cgroup(&host, &list);
	check_policy(&list);
	check_programs(&list);

	if (!opts->json)
		report_text(&host, &list);
	else if (report_json(&host, &list, err) < 0)
		return -1;
	return checklist_has_failed(&list) ? 1 : 0;
}

static const struct command commands[] = {
	{ .synopsis = "[--json]",
	  .summary =
		  "Say whether containers can run here, for this user, and what would help. The status is 0 when they can, else 1.",
	  .options = options,
	  .opts_size = sizeof(struct doctor_opts),
	  .run = run_doctor },
	COMMAND_END,
};

static const struct tool tool = { "ctnr-doctor", "say whether containers can run here", commands };

int main(int argc, char **argv)
{
	return tool_main(&tool, argc, argv);
}
