/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The options of the verbs of indexes: of those that show and remove one, which this tool does, and of those that
 * make one, which its worker does (workers/document): both read the same tables.
 */
#ifndef CTNR_STORE_INDEX_OPTS_H
#define CTNR_STORE_INDEX_OPTS_H

#include "opts.h"

#include "base/tool.h"

/* What is said of an entry's platform, instead of what its image's config says. NULL, or empty: nothing. */
struct entry_platform_opts {
	const char *os;
	const char *arch;
	const char *variant;
	const char *os_version;
	struct strlist os_features; /* each may hold several, with commas between them */
	struct strlist features; /* likewise */
};

struct index_opts {
	struct store_opts common; /* first, as in every verb */
	bool all; /* images of an index that is added */
	bool amend; /* create: an index that is there gets more images */
	bool of_index; /* annotate: the index itself, and none of its entries */
	struct entry_platform_opts platform;
	struct strlist annotations; /* KEY=VALUE each */
};

extern const struct option index_create_options[];
extern const struct option index_add_options[];
extern const struct option index_annotate_options[];
extern const struct option index_remove_options[];

#define INDEX_COMMAND(words, syntax, sentence, table, function) \
	{ \
		.name = (words), .synopsis = (syntax), .summary = (sentence), .options = (table), \
		.opts_size = sizeof(struct index_opts), .run = (function) \
	}

/* The commands that make an index, whose functions are the caller's. */
#define INDEX_COMMANDS(create, add, annotate, remove) \
	INDEX_COMMAND("index create", "[OPTIONS] NAME [IMAGE...]", \
		      "Make an index of images of the store.", index_create_options, create), \
		INDEX_COMMAND("index add", "[OPTIONS] INDEX IMAGE...", "Add images to an index.", \
			      index_add_options, add), \
		INDEX_COMMAND("index annotate", "[OPTIONS] INDEX [IMAGE]", \
			      "Change what an index says of an image, or of itself.", \
			      index_annotate_options, annotate), \
		INDEX_COMMAND("index remove", "[OPTIONS] INDEX IMAGE...", \
			      "Take images out of an index.", index_remove_options, remove)

#endif
