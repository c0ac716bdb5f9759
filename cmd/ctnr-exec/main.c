/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The OCI runtime: runs a bundle as a container.
 *
 *  1. Get out of the container's reach: a sealed copy of this program, where it is needed.
 *  2. Open the bundle, take its lock, read config.json.
 *  3. Start the container (run.c tells how), pass signals and the terminal on.
 *  4. Return its status.
 */
#include "executable.h"
#include "run.h"

#include "base/message.h"
#include "base/tool.h"

#include <fcntl.h>
#include <signal.h>

static const struct option run_options[] = {
	{ "bundle", 'b', "DIR", "the bundle; the operand is then the container's ID", OPTION_STRING,
	  offsetof(struct run_opts, bundle), NULL },
	{ "pid-file", 0, "FILE", "write the pid of the container's first process to FILE",
	  OPTION_STRING, offsetof(struct run_opts, pid_file), NULL },
	{ "rm", 0, NULL, "remove the bundle at the end", OPTION_BOOL,
	  offsetof(struct run_opts, remove), NULL },
	{ "store", 0, "DIR", "the store", OPTION_STRING, offsetof(struct run_opts, store), NULL },
	{ "run-dir", 0, "DIR", "directory of state that ends with the boot", OPTION_STRING,
	  offsetof(struct run_opts, run_dir), NULL },
	OPTION_END,
};

static const struct command commands[] = {
	{ .name = "run",
	  .synopsis = "[OPTIONS] BUNDLE|RECORD|-|ID",
	  .summary = "Run a bundle and return its exit status.",
	  .options = run_options,
	  .opts_size = sizeof(struct run_opts),
	  .run = run_container,
	  .failure_status = ERROR_RUNTIME },
	COMMAND_END,
};

static const struct tool tool = { "ctnr-exec", "run a bundle as a container", commands };

/* A descriptor that happens to be 0, 1 or 2 must not become the container's stdio. */
static int fill_stdio(struct error *err)
{
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR | O_NOCTTY) != fd)
			return error_errno(err, "cannot open '/dev/null'");
	return 0;
}

int main(int argc, char **argv)
{
	struct error err = { 0 };

	/* Where the caller ignores it, the kernel would reap our children before we can. */
	signal(SIGCHLD, SIG_DFL);
	if (fill_stdio(&err) == 0 && executable_protect(argv, &err) == 0)
		return tool_main(&tool, argc, argv);
	message_init(tool.name);
	message_error(&err);
	return ERROR_RUNTIME;
}
