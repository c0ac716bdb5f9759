/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ctnr-store: list, name, remove, check and collect the images and bundles of the store.
 *
 * Each verb opens the store for reading only: nothing is made by looking, but for the size that df lets
 * a layer state. What changes index.json or deletes takes its own locks (image_edit.c, bundle_remove.c,
 * collect/). What makes an index or an artifact, or writes the files of one, needs digests: for these verbs this
 * program becomes its worker (workers/document), which reads the same command line.
 */
#include "artifact_opts.h"
#include "check/check.h"
#include "diff/operand_tree.h"
#include "gc_opts.h"
#include "index_opts.h"
#include "opts.h"
#include "verbs.h"

#include "base/alloc.h"
#include "base/message.h"
#include "base/progress.h"
#include "base/tool.h"
#include "system/process.h"

#define DOCUMENT_WORKER "ctnr-store-document"
#define STATUS_IS_OF_WORKER 255 /* no verb ends with it */

static const struct option image_ls_options[] = {
	OPTION_INCLUDE(global_options, 0),
	{ "all", 'a', NULL, "list all images, those without a name too: the default",
	  OPTION_TRISTATE, offsetof(struct store_opts, unnamed), NULL },
	ROW_JSON,
	{ "quiet", 'q', NULL, "print names only", OPTION_BOOL, offsetof(struct store_opts, quiet),
	  NULL },
	OPTION_END,
};

static const struct option image_show_options[] = {
	OPTION_INCLUDE(global_options, 0),
	{ "platform", 0, "PLATFORM", "choose from an index: OS/ARCHITECTURE[/VARIANT]",
	  OPTION_STRING, offsetof(struct store_opts, platform), NULL },
	OPTION_END,
};

static const struct option image_history_options[] = {
	OPTION_INCLUDE(global_options, 0),
	ROW_JSON,
	{ "no-trunc", 0, NULL, "do not shorten the commands", OPTION_BOOL,
	  offsetof(struct store_opts, no_trunc), NULL },
	{ "platform", 0, "PLATFORM", "choose from an index: OS/ARCHITECTURE[/VARIANT]",
	  OPTION_STRING, offsetof(struct store_opts, platform), NULL },
	{ "quiet", 'q', NULL, "print the digests of layers only", OPTION_BOOL,
	  offsetof(struct store_opts, quiet), NULL },
	OPTION_END,
};

static const struct option image_tag_options[] = {
	OPTION_INCLUDE(global_options, 0),
	INCLUDE_SYNC,
	ROW_PRINT,
	OPTION_END,
};

static const struct option image_untag_options[] = {
	OPTION_INCLUDE(global_options, 0),
	INCLUDE_SYNC,
	OPTION_END,
};

static const struct option bundle_ls_options[] = {
	OPTION_INCLUDE(global_options, 0),
	ROW_JSON,
	{ "quiet", 'q', NULL, "print IDs only", OPTION_BOOL, offsetof(struct store_opts, quiet),
	  NULL },
	{ "running", 0, NULL, "list only what runs", OPTION_BOOL,
	  offsetof(struct store_opts, running), NULL },
	{ "all", 'a', NULL, "list all, also what does not run", OPTION_BOOL,
	  offsetof(struct store_opts, all), NULL },
	OPTION_END,
};

static const struct option image_rm_options[] = {
	OPTION_INCLUDE(global_options, 0),
	{ "force", 'f', NULL, "remove all names of a digest; what is not there is no error",
	  OPTION_BOOL, offsetof(struct store_opts, force), NULL },
	INCLUDE_SYNC,
	OPTION_END,
};

static const struct option list_options[] = {
	OPTION_INCLUDE(global_options, 0),
	ROW_JSON,
	{ "quiet", 'q', NULL, "print names only", OPTION_BOOL, offsetof(struct store_opts, quiet),
	  NULL },
	OPTION_END,
};

static const struct option bundle_rm_options[] = {
	OPTION_INCLUDE(global_options, 0),
	{ "force", 'f', NULL, "kill what runs; what is not there is no error", OPTION_BOOL,
	  offsetof(struct store_opts, force), NULL },
	{ "volumes", 'v', NULL, "remove the volumes that have no name too: the default",
	  OPTION_TRISTATE, offsetof(struct store_opts, volumes), NULL },
	INCLUDE_SYNC,
	OPTION_END,
};

static const struct option df_options[] = {
	OPTION_INCLUDE(global_options, 0),
	ROW_JSON,
	{ "verbose", 'v', NULL, "print each image, bundle, volume and leftover too", OPTION_BOOL,
	  offsetof(struct store_opts, verbose), NULL },
	OPTION_END,
};

static const struct option diff_options[] = {
	OPTION_INCLUDE(global_options, 0),
	{ "json", 0, NULL, "print a record for each change", OPTION_BOOL,
	  offsetof(struct store_opts, json), NULL },
	{ "platform", 0, "PLATFORM", "choose from an index: OS/ARCHITECTURE[/VARIANT]",
	  OPTION_STRING, offsetof(struct store_opts, platform), NULL },
	INCLUDE_SYNC,
	{ "type", 0, "TYPE", "what the names are: any, container or image", OPTION_CHOICE,
	  offsetof(struct store_opts, type), operand_type_names },
	OPTION_END,
};

static const struct option gc_options[] = {
	OPTION_INCLUDE(global_options, 0),
	OPTION_INCLUDE(gc_own_options, 0),
	INCLUDE_SYNC,
	OPTION_END,
};

static const struct option check_options[] = {
	OPTION_INCLUDE(global_options, 0),
	INCLUDE_SYNC,
	ROW_JSON,
	{ "deep", 0, NULL, "compare the content of files in layers too", OPTION_BOOL,
	  offsetof(struct check_opts, deep), NULL },
	{ "part", 0, "N/M", "of M parts of all blobs and layers read the part N", OPTION_STRING,
	  offsetof(struct check_opts, part), NULL },
	OPTION_INCLUDE(policy_options, offsetof(struct check_opts, policy)),
	{ "progress", 0, "MODE", "show progress: auto, tty, plain, json or none", OPTION_CHOICE,
	  offsetof(struct check_opts, progress), progress_mode_names },
	{ "repair", 0, NULL, "mend what is damaged", OPTION_BOOL,
	  offsetof(struct check_opts, repair), NULL },
	{ "quick", 0, NULL, "read no blobs and no files of layers", OPTION_BOOL,
	  offsetof(struct check_opts, quick), NULL },
	OPTION_END,
};

#define VERB(words, syntax, sentence, table, function) \
	{ \
		.name = (words), .synopsis = (syntax), .summary = (sentence), .options = (table), \
		.opts_size = sizeof(struct store_opts), .run = (function) \
	}

static int leave_to_worker(const void *opts, const struct strlist *operands, struct error *err)
{
	(void)opts;
	(void)operands;
	(void)err;
	return STATUS_IS_OF_WORKER;
}

static const struct command commands[] = {
	{
		.name = "gc",
		.synopsis = "[OPTIONS] [oci:DIR]",
		.summary = "Delete what nothing needs, and what is too old.",
		.options = gc_options,
		.opts_size = sizeof(struct gc_opts),
		.run = gc,
	},
	VERB("image ls", "[OPTIONS]", "List the images.", image_ls_options, image_ls),
	VERB("image show", "[OPTIONS] IMAGE...", "Show an image's record, manifest and config.",
	     image_show_options, image_show),
	VERB("image history", "[OPTIONS] IMAGE", "List how an image was made, the newest first.",
	     image_history_options, image_history),
	VERB("image tag", "[OPTIONS] IMAGE NAME", "Give an image another name.", image_tag_options,
	     image_tag),
	VERB("image untag", "[OPTIONS] NAME...", "Take names away, keep the images.",
	     image_untag_options, image_untag),
	VERB("image rm", "[OPTIONS] IMAGE...", "Remove images and what only they need.",
	     image_rm_options, image_rm),
	INDEX_COMMANDS(leave_to_worker, leave_to_worker, leave_to_worker, leave_to_worker),
	VERB("index show", "[OPTIONS] INDEX...", "Print an index as it is.", global_options,
	     index_show),
	VERB("index rm", "[OPTIONS] INDEX...", "Remove indexes and what only they need.",
	     image_rm_options, index_rm),
	ARTIFACT_COMMANDS(leave_to_worker, leave_to_worker),
	VERB("artifact ls", "[OPTIONS]", "List the artifacts.", list_options, artifact_ls),
	VERB("artifact show", "[OPTIONS] ARTIFACT...", "Show an artifact's record and manifest.",
	     global_options, artifact_show),
	VERB("artifact rm", "[OPTIONS] ARTIFACT...", "Remove artifacts and what only they need.",
	     image_rm_options, artifact_rm),
	VERB("bundle ls", "[OPTIONS]", "List the bundles, and which of them run.",
	     bundle_ls_options, bundle_ls),
	VERB("bundle show", "[OPTIONS] BUNDLE...", "Show a bundle's record and config.",
	     global_options, bundle_show),
	VERB("bundle rm", "[OPTIONS] BUNDLE...", "Delete bundles that do not run.",
	     bundle_rm_options, bundle_rm),
	VERB("df", "[OPTIONS]", "Say what the store takes on the disk.", df_options, store_df),
	VERB("diff", "[OPTIONS] CONTAINER|IMAGE [CONTAINER|IMAGE]",
	     "Tell which files a container or an image changed.", diff_options, store_diff),
	{ .name = "check",
	  .synopsis = "[OPTIONS] [IMAGE|BUNDLE|VOLUME...]",
	  .summary = "Check that all is whole, and mend what is not.",
	  .options = check_options,
	  .opts_size = sizeof(struct check_opts),
	  .run = store_check },
	COMMAND_END,
};

static const struct tool tool = { STORE_TOOL_NAME, STORE_TOOL_SUMMARY, commands, global_options };

static int become_worker(char **argv)
{
	struct error err = { 0 };
	autofree char *path = process_libexec(DOCUMENT_WORKER, &err);

	if (path)
		return tool_become(path, argv);
	message_error(&err);
	return err.code;
}

int main(int argc, char **argv)
{
	/* The words of the verb are taken out of argv. */
	autofree char **whole = xmemdup(argv, ((size_t)argc + 1) * sizeof(*argv));
	int status = tool_main(&tool, argc, argv);

	return status == STATUS_IS_OF_WORKER ? become_worker(whole) : status;
}
