/* SPDX-License-Identifier: Apache-2.0 */
#include "index_opts.h"

#define FIELD(name) offsetof(struct index_opts, name)

#define ROW_ALL \
	{ \
		"all", 0, NULL, "of an index add all images", OPTION_BOOL, FIELD(all), NULL \
	}

#define ROW_ANNOTATION(what) \
	{ \
		"annotation", 0, "KEY=VALUE", what, OPTION_LIST, FIELD(annotations), NULL \
	}

static const struct option entry_platform_options[] = {
	{ "os", 0, "OS", "the entry's system, instead of the image's", OPTION_STRING,
	  offsetof(struct entry_platform_opts, os), NULL },
	{ "arch", 0, "ARCHITECTURE", "likewise, its architecture", OPTION_STRING,
	  offsetof(struct entry_platform_opts, arch), NULL },
	{ "variant", 0, "VARIANT", "likewise, the variant of that", OPTION_STRING,
	  offsetof(struct entry_platform_opts, variant), NULL },
	{ "os-version", 0, "VERSION", "likewise, the system's version", OPTION_STRING,
	  offsetof(struct entry_platform_opts, os_version), NULL },
	{ "os-features", 0, "FEATURE,...", "likewise, what it needs of the system", OPTION_LIST,
	  offsetof(struct entry_platform_opts, os_features), NULL },
	{ "features", 0, "FEATURE,...", "likewise, what it needs of the processor", OPTION_LIST,
	  offsetof(struct entry_platform_opts, features), NULL },
	OPTION_END,
};

const struct option index_create_options[] = {
	OPTION_INCLUDE(global_options, 0),
	ROW_ALL,
	{ "amend", 'a', NULL, "add to an index that is there", OPTION_BOOL, FIELD(amend), NULL },
	ROW_ANNOTATION("set an annotation of the index"),
	ROW_PRINT,
	INCLUDE_SYNC,
	OPTION_END,
};

const struct option index_add_options[] = {
	OPTION_INCLUDE(global_options, 0),
	ROW_ALL,
	ROW_ANNOTATION("set an annotation of the entry"),
	OPTION_INCLUDE(entry_platform_options, FIELD(platform)),
	ROW_PRINT,
	INCLUDE_SYNC,
	OPTION_END,
};

const struct option index_annotate_options[] = {
	OPTION_INCLUDE(global_options, 0),
	ROW_ANNOTATION("set an annotation of the entry, or of the index"),
	{ "index", 0, NULL, "annotate the index, and none of its entries", OPTION_BOOL,
	  FIELD(of_index), NULL },
	OPTION_INCLUDE(entry_platform_options, FIELD(platform)),
	ROW_PRINT,
	INCLUDE_SYNC,
	OPTION_END,
};

const struct option index_remove_options[] = {
	OPTION_INCLUDE(global_options, 0),
	ROW_PRINT,
	INCLUDE_SYNC,
	OPTION_END,
};
