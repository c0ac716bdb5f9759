/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The OCI runtime: runs a bundle as a container.
 *
 *  1. Get out of the container's reach: a sealed copy of this program, where it is needed.
 *  2. Open the bundle, take its lock, read config.json whole (config/).
 *  3. Claim the container's ID, start the container (launch/), pass signals and the terminal on.
 *  4. Return its status.
 */
#include "process/executable.h"
#include "verbs/run.h"

#include "base/tool.h"
#include "oci/runtime.h"

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

static const struct tool tool = {
	.name = "ctnr-exec",
	.summary = "run a bundle as a container",
	.commands = commands,
	.options = global_options,
	.version_details = "spec: " RUNTIME_SPEC_VERSION "\n",
};

int main(int argc, char **argv)
{
	struct error err = { 0 };

	if (executable_protect(argv, &err) == 0)
		return tool_main(&tool, argc, argv);
	return tool_failed(&tool, &err);
}
