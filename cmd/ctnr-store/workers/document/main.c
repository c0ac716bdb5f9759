/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The document worker of ctnr-store: makes the indexes and artifacts that a user composes, and writes the files of
 * artifacts. It is a program of its own because of what hashing loads; ctnr-store becomes it for these verbs, whose
 * command line both read by the same tables.
 */
#include "artifact_opts.h"
#include "index_opts.h"
#include "workers/document/artifact.h"
#include "workers/document/index.h"

#include <signal.h>

static const struct command commands[] = {
	INDEX_COMMANDS(index_create, index_add, index_annotate, index_remove),
	ARTIFACT_COMMANDS(artifact_add, artifact_extract),
	COMMAND_END,
};

static const struct tool tool = { STORE_TOOL_NAME, STORE_TOOL_SUMMARY, commands, global_options };

int main(int argc, char **argv)
{
	/* A file beyond a limit of the size of files (ulimit -f) is an error, not a silent death. */
	signal(SIGXFSZ, SIG_IGN);
	return tool_main(&tool, argc, argv);
}
