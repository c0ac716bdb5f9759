/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ctnr-unshare: run a command in the user namespace that owns the files of the caller's store.
 *
 *  1. find the rung of the identity ladder;
 *  2. enter its user namespace (nothing to do when privileged);
 *  3. with --mount, enter a mount namespace whose mounts do not propagate back;
 *  4. become the command.
 */
#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/tool.h"
#include "system/identity.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

struct unshare_opts {
	bool mount;
};

static const struct option options[] = {
	{ "mount", 'm', NULL, "in a new mount namespace too", OPTION_BOOL,
	  offsetof(struct unshare_opts, mount), NULL },
	OPTION_END,
};

static int enter_mount_namespace(struct error *err)
{
	if (unshare(CLONE_NEWNS) < 0)
		return error_errno(err, "cannot create a mount namespace");
	/* What is mounted here stays here; what the machine mounts still arrives. */
	if (mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) < 0)
		return error_errno(err, "cannot detach the mounts of the new namespace");
	return 0;
}

/* Does not return on success. */
static int execute_command(char *const *argv, struct error *err)
{
	int reason;

	/* tool_main() ignores SIGPIPE, and the command would inherit that. */
	signal(SIGPIPE, SIG_DFL);
	execvp(argv[0], argv);
	reason = errno;
	error_errno(err, "cannot execute '%s'", argv[0]);
	return error_recode(err, reason == ENOENT ? ERROR_NO_COMMAND : ERROR_NOT_EXECUTABLE);
}

static int run_unshare(const void *opts_, const struct strlist *operands, struct error *err)
{
	const struct unshare_opts *opts = opts_;
	const char *shell = getenv("SHELL");
	autofree char *program = xstrdup(shell && shell[0] ? shell : "/bin/sh");
	char *shell_argv[] = { program, NULL };
	struct identity identity;

	if (identity_probe(&identity, err) < 0 || identity_enter(&identity, err) < 0)
		return -1;
	if (opts->mount && enter_mount_namespace(err) < 0)
		return -1;
	return execute_command(operands->len ? operands->items : shell_argv, err);
}

static const struct command commands[] = {
	{ .synopsis = "[OPTIONS] [COMMAND [ARG...]]",
	  .summary =
		  "Run COMMAND ($SHELL by default) in the user namespace that owns the store's files.",
	  .options = options,
	  .opts_size = sizeof(struct unshare_opts),
	  .order = OPTION_OPERANDS_LAST,
	  .run = run_unshare,
	  .failure_status = ERROR_RUNTIME },
	COMMAND_END,
};

static const struct tool tool = { "ctnr-unshare",
				  "run a command in the user namespace of the caller's store",
				  commands };

int main(int argc, char **argv)
{
	return tool_main(&tool, argc, argv);
}
