/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ctnr-store: list, name, remove, check and collect the images and bundles of the store.
 *
 * Each verb opens the store for reading only: nothing is made by looking, but for the size that df lets
 * a layer state. What changes index.json or deletes takes its own locks (image_edit.c, bundle_remove.c,
 * collect/).
 */
#include "check/check.h"
#include "gc_opts.h"
#include "opts.h"
#include "verbs.h"

#include "base/progress.h"
#include "base/tool.h"
#include "store/image_print.h"

/* Options of every verb, which may also stand before the verb. */
static const struct option global_options[] = {
	{ "store", 0, "DIR", "use the store DIR", OPTION_STRING, offsetof(struct store_opts, store),
	  NULL },
	OPTION_END,
};

#define ROW_JSON \
	{ \
		"json", 0, NULL, "print records, at a terminal too", OPTION_BOOL, \
			offsetof(struct store_opts, json), NULL \
	}

/* Of each verb that writes. */
#define INCLUDE_SYNC OPTION_INCLUDE(sync_options, offsetof(struct store_opts, sync))

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

static const struct option image_tag_options[] = {
	OPTION_INCLUDE(global_options, 0),
	INCLUDE_SYNC,
	{ "print", 0, "WHAT", "print the image's record or its ref", OPTION_CHOICE,
	  offsetof(struct store_opts, print), image_print_names },
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
	VERB("image tag", "[OPTIONS] IMAGE NAME", "Give an image another name.", image_tag_options,
	     image_tag),
	VERB("image untag", "[OPTIONS] NAME...", "Take names away, keep the images.",
	     image_untag_options, image_untag),
	VERB("image rm", "[OPTIONS] IMAGE...", "Remove images and what only they need.",
	     image_rm_options, image_rm),
	VERB("bundle ls", "[OPTIONS]", "List the bundles, and which of them run.",
	     bundle_ls_options, bundle_ls),
	VERB("bundle show", "[OPTIONS] BUNDLE...", "Show a bundle's record and config.",
	     global_options, bundle_show),
	VERB("bundle rm", "[OPTIONS] BUNDLE...", "Delete bundles that do not run.",
	     bundle_rm_options, bundle_rm),
	VERB("df", "[OPTIONS]", "Say what the store takes on the disk.", df_options, store_df),
	{ .name = "check",
	  .synopsis = "[OPTIONS] [IMAGE|BUNDLE|VOLUME...]",
	  .summary = "Check that all is whole, and mend what is not.",
	  .options = check_options,
	  .opts_size = sizeof(struct check_opts),
	  .run = store_check },
	COMMAND_END,
};

static const struct tool tool = {
	"ctnr-store",
	"list, name, remove, check and collect images and bundles",
	commands,
	global_options,
};

int main(int argc, char **argv)
{
	return tool_main(&tool, argc, argv);
}
