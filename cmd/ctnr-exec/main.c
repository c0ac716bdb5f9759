/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The OCI runtime: runs bundles as containers, whole or a step at a time.
 *
 *  1. Get out of the container's reach: this program by a read-only mount or as a sealed copy, where that is
 *     needed (process/executable.h).
 *  2. Let the verb do its work (verbs/). Those that make a container:
 *     a. Open the bundle, take its lock, read config.json whole (config/), claim the ID (verbs/claim.h).
 *     b. Launch the container (launch/): run passes signals and the terminal on until its end, create leaves
 *        its first process alone.
 *     The others begin with the state of a container that is there (store/state.h).
 *  3. Return the status: the container's or the command's, where run and exec wait for that.
 */
#include "process/executable.h"
#include "verbs/create.h"
#include "verbs/delete.h"
#include "verbs/exec.h"
#include "verbs/features.h"
#include "verbs/kill.h"
#include "verbs/list.h"
#include "verbs/ps.h"
#include "verbs/run.h"
#include "verbs/spec.h"
#include "verbs/start.h"
#include "verbs/state.h"
#include "version.h"

#include "base/tool.h"

static const struct command commands[] = {
	{ .name = "run",
	  .synopsis = "[OPTIONS] BUNDLE|RECORD|-|ID",
	  .summary = "Run a bundle and return its exit status.",
	  .options = run_options,
	  .opts_size = sizeof(struct run_opts),
	  .run = run_container,
	  .failure_status = ERROR_RUNTIME },
	{ .name = "create",
	  .synopsis = "[OPTIONS] BUNDLE|RECORD|-|ID",
	  .summary = "Make a container whose first process waits for start.",
	  .options = create_options,
	  .opts_size = sizeof(struct create_opts),
	  .run = create_container,
	  .failure_status = ERROR_RUNTIME },
	{ .name = "start",
	  .synopsis = "[OPTIONS] ID",
	  .summary = "Let a created container execute its command.",
	  .options = start_options,
	  .opts_size = sizeof(struct start_opts),
	  .run = start_container,
	  .failure_status = ERROR_FAILED },
	{ .name = "state",
	  .synopsis = "[OPTIONS] ID",
	  .summary = "Print the state of a container as JSON.",
	  .options = state_options,
	  .opts_size = sizeof(struct state_opts),
	  .run = state_print,
	  .failure_status = ERROR_FAILED },
	{ .name = "kill",
	  .synopsis = "[OPTIONS] ID [SIGNAL]",
	  .summary = "Send a signal to a container, SIGTERM where none is given.",
	  .options = kill_options,
	  .opts_size = sizeof(struct kill_opts),
	  .run = kill_container,
	  .failure_status = ERROR_FAILED },
	{ .name = "delete",
	  .synopsis = "[OPTIONS] ID",
	  .summary = "Remove what is left of a container that has ended.",
	  .options = delete_options,
	  .opts_size = sizeof(struct delete_opts),
	  .run = delete_container,
	  .failure_status = ERROR_FAILED },
	{ .name = "exec",
	  .synopsis = "[OPTIONS] ID [COMMAND [ARG...]]",
	  .summary = "Execute a command in a container, and return its exit status.",
	  .options = exec_options,
	  .opts_size = sizeof(struct exec_opts),
	  .order = OPTION_SECOND_LAST,
	  .run = exec_in_container,
	  .failure_status = ERROR_RUNTIME },
	{ .name = "list",
	  .synopsis = "[OPTIONS]",
	  .summary = "List the containers.",
	  .options = list_options,
	  .opts_size = sizeof(struct list_opts),
	  .run = list_containers,
	  .failure_status = ERROR_FAILED },
	{ .name = "ps",
	  .synopsis = "[OPTIONS] ID [PS-OPTION...]",
	  .summary = "List the processes of a container.",
	  .options = ps_options,
	  .opts_size = sizeof(struct ps_opts),
	  .order = OPTION_OPERANDS_LAST,
	  .run = ps_print,
	  .failure_status = ERROR_FAILED },
	{ .name = "spec",
	  .synopsis = "[OPTIONS]",
	  .summary = "Write a config.json to begin with.",
	  .options = spec_options,
	  .opts_size = sizeof(struct spec_opts),
	  .run = write_spec,
	  .failure_status = ERROR_FAILED },
	{ .name = "features",
	  .synopsis = "[OPTIONS]",
	  .summary = "Print what of the runtime specification there is, as JSON.",
	  .options = global_options,
	  .opts_size = sizeof(struct global_opts),
	  .run = print_features,
	  .failure_status = ERROR_FAILED },
	COMMAND_END,
};

static const struct tool tool = {
	.name = "ctnr-exec",
	.summary = "run a bundle as a container",
	.commands = commands,
	.options = global_options,
	.version = version_text,
	.style = OPTION_RUNTIME,
	.begin = global_begin,
	.opts_size = sizeof(struct global_opts),
};

int main(int argc, char **argv)
{
	struct error err = { 0 };

	if (executable_protect(argv, &err) == 0)
		return tool_main(&tool, argc, argv);
	return tool_failed(&tool, argv, &err);
}
