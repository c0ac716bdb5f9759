/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names of entries in a layer's archive: made canonical, and told apart (image-spec layer.md,
 * "Whiteouts"). A last component ".wh.NAME" deletes NAME, ".wh..wh..opq" all that was in its
 * directory before; a name that begins so is never the name of something.
 */
#ifndef LAYER_NAME_H
#define LAYER_NAME_H

#include "base/error.h"
#include "base/str.h"

#include <stddef.h>

#define NAME_WHITEOUT_PREFIX ".wh."
#define NAME_OPAQUE_MARK ".wh..wh..opq"

enum name_kind {
	NAME_ORDINARY,
	NAME_WHITEOUT,
	NAME_OPAQUE,
	NAME_AUFS, /* begins with ".wh..wh.": aufs kept files of its own there; old images have them */
	NAME_INVALID, /* a whiteout of nothing, or something below a whiteout */
};

/* The components of a name from an archive, joined by single slashes; "" is the root. A ".." is an
 * error: archivers do not write it, and readers disagree on what it means. So is what is too long
 * (VIEW_NAME_MAX, VIEW_PATH_MAX); but for the prefix of a deletion, because the name that is deleted may be as long
 * as any. */
int name_clean(const char *name, struct str *ret, struct error *err);

/* A canonical path, not the root's, taken apart. */
struct name_parts {
	const char *path; /* borrowed */
	size_t parent_len; /* bytes of path that name the directory; 0: the root */
	const char *last; /* the last component; in path */
};

struct name_parts name_split(const char *path);

enum name_kind name_classify(const struct name_parts *parts);

#endif
