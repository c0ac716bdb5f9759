/* SPDX-License-Identifier: Apache-2.0 */
#include "pack_opts.h"

#include "base/progress.h"
#include "store/image_print.h"

#define FIELD(name) offsetof(struct pack_opts, name)
const struct option pack_options[] = {
	{ "author", 0, "NAME", "who made the image", OPTION_STRING, FIELD(author) },
	{ "change", 0, "INSTRUCTION", "change the config by an instruction of a Dockerfile",
	  OPTION_LIST, FIELD(changes) },
	{ "compression", 0, "HOW", "gzip (the default), zstd or none, with :LEVEL", OPTION_STRING,
	  FIELD(compression) },
	{ "iidfile", 0, "FILE", "write the digest of the image to FILE", OPTION_STRING,
	  FIELD(iidfile) },
	{ "layout", 0, "DIR", "pack into the OCI layout DIR instead of the store's", OPTION_STRING,
	  FIELD(layout) },
	{ "message", 0, "TEXT", "a comment for the image's history", OPTION_STRING,
	  FIELD(message) },
	OPTION_INCLUDE(sync_options, FIELD(sync)),
	{ "print", 0, "WHAT", "print the image's record or its ref", OPTION_CHOICE, FIELD(print),
	  image_print_names },
	{ "progress", 0, "MODE", "show progress: auto, tty, plain, json or none", OPTION_CHOICE,
	  FIELD(progress), progress_mode_names },
	{ "squash", 0, NULL, "one layer of everything, and not of the changes alone", OPTION_BOOL,
	  FIELD(squash) },
	{ "store", 0, "DIR", "the store", OPTION_STRING, FIELD(store) },
	{ "tag", 't', "NAME", "a name for the image; may be repeated", OPTION_LIST, FIELD(tags) },
	{ "timestamp", 0, "TIME", "when the image was made, and no file is newer", OPTION_STRING,
	  FIELD(timestamp) },
	OPTION_END
};
