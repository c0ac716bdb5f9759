/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The directories that a view knows (view.h), by their canonical paths, for view.c alone. The root
 * is in slot 0 and stays; of the others the least recently used one is closed for a new one.
 *
 * A directory also holds descriptors of its parts in the layers below, so that a name in it is
 * looked up from there however deep it lies: at most lower_fds_max together, taken from the least
 * recently used directories first. Where one is missing, the path from the layer's root serves.
 */
#ifndef LAYER_VIEW_CACHE_H
#define LAYER_VIEW_CACHE_H

#include "layer/view.h"

/* Decide how many descriptors may be used, by the limit of this process. */
void view_cache_init(struct view *view);

/* What is known at a canonical path, or NULL. */
struct view_dir *view_find(struct view *view, const char *path, size_t len);

enum view_near {
	VIEW_NEAR_ANY,
	VIEW_NEAR_ON_TOP, /* only what is on top counts */
	VIEW_NEAR_KNOWING, /* only what knows its layers below */
};

/* The known directory that is at the path or, of those that it leads through, the last: the root if
 * no other. */
struct view_dir *view_find_near(struct view *view, const char *path, size_t len,
				enum view_near near);

/* A slot for a directory that is not known yet; its content is the caller's to fill. */
int view_take_slot(struct view *view, const char *path, struct view_dir **ret, struct error *err);

/* Give a directory its time, and forget it. */
int view_close_dir(struct view *view, struct view_dir *dir, struct error *err);

/* Forget a directory; those that are known at and below a path; the parts in layers below. */
void view_forget_dir(struct view *view, struct view_dir *dir);
void view_forget_below(struct view *view, const char *path);
void view_forget_lowers(struct view *view, struct view_dir *dir);

/* May one more descriptor of a layer below be held for dir? Others are closed for it. */
bool view_may_hold_lower(struct view *view, const struct view_dir *dir);

#endif
