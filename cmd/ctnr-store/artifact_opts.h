/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The options of the verbs of artifacts: of those that list, show and remove, which this tool does, and of those that
 * hash, which its worker does (workers/document): both read the same tables.
 */
#ifndef CTNR_STORE_ARTIFACT_OPTS_H
#define CTNR_STORE_ARTIFACT_OPTS_H

#include "opts.h"

#include "base/tool.h"

struct artifact_opts {
	struct store_opts common; /* first, as in every verb */
	const char *type; /* NULL: an unknown artifact */
	const char *file_type; /* NULL: bytes */
	struct strlist annotations; /* KEY=VALUE each, of the files that are added */
	const char *attach; /* the image that it is about, or NULL */
	bool append; /* to the artifact of that name */
	bool replace; /* what has the name */
	const char *title; /* extract: the file of that title alone, or NULL */
	const char *digest; /* extract: the file of that digest alone, or NULL */
};

extern const struct option artifact_add_options[];
extern const struct option artifact_extract_options[];

#define ARTIFACT_COMMAND(words, syntax, sentence, table, function) \
	{ \
		.name = (words), .synopsis = (syntax), .summary = (sentence), .options = (table), \
		.opts_size = sizeof(struct artifact_opts), .run = (function) \
	}

/* The commands that read or make blobs, whose functions are the caller's. */
#define ARTIFACT_COMMANDS(add, extract) \
	ARTIFACT_COMMAND("artifact add", "[OPTIONS] NAME FILE...", "Make an artifact of files.", \
			 artifact_add_options, add), \
		ARTIFACT_COMMAND("artifact extract", "[OPTIONS] ARTIFACT DIR|FILE|-", \
				 "Write the files of an artifact.", artifact_extract_options, \
				 extract)

#endif
