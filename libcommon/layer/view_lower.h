/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which layers below have a part in a directory of a view (view.h). That is found out only when it
 * matters: when a name is not on top, or is to be hidden. Most entries of an archive name all their
 * directories, and never need it.
 *
 * The layers of a directory are those of its parent that have a directory of that name, down to the
 * first that is marked as opaque or has something else there; none when the directory on top is
 * marked itself.
 */
#ifndef LAYER_VIEW_LOWER_H
#define LAYER_VIEW_LOWER_H

#include "layer/view.h"

/* How to name an object in part number index of a directory: ret_name in the returned descriptor
 * (borrowed). path: the object's canonical path; name: its last component. */
int view_lower_at(const struct view *view, const struct view_dir *dir, size_t index,
		  const char *path, const char *name, const char **ret_name);

#endif
