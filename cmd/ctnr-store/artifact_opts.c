/* SPDX-License-Identifier: Apache-2.0 */
#include "artifact_opts.h"

#define FIELD(name) offsetof(struct artifact_opts, name)

const struct option artifact_add_options[] = {
	OPTION_INCLUDE(global_options, 0),
	{ "type", 0, "TYPE", "the artifact's media type", OPTION_STRING, FIELD(type), NULL },
	{ "file-type", 0, "TYPE", "the media type of the files", OPTION_STRING, FIELD(file_type),
	  NULL },
	{ "annotation", 0, "KEY=VALUE", "set an annotation of the files", OPTION_LIST,
	  FIELD(annotations), NULL },
	{ "attach", 0, "IMAGE", "let the artifact refer to an image of the store", OPTION_STRING,
	  FIELD(attach), NULL },
	{ "append", 'a', NULL, "add the files to the artifact that is there", OPTION_BOOL,
	  FIELD(append), NULL },
	{ "replace", 0, NULL, "take the name from what has it", OPTION_BOOL, FIELD(replace), NULL },
	ROW_PRINT,
	INCLUDE_SYNC,
	OPTION_END,
};

const struct option artifact_extract_options[] = {
	OPTION_INCLUDE(global_options, 0),
	{ "title", 0, "TITLE", "only the file of that title", OPTION_STRING, FIELD(title), NULL },
	{ "digest", 0, "DIGEST", "only the file of that digest", OPTION_STRING, FIELD(digest),
	  NULL },
	OPTION_END,
};
