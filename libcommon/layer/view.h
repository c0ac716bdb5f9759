/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tree that a layer is written into, or compared in: its directory on top, finished layers below
 * it, seen as one as the kernel's overlay will show them. Below may be nothing (the copy driver, which
 * applies all layers to one plain directory).
 *
 * THEORY OF OPERATION. Names come from strangers, so the kernel never resolves one for us. A
 * directory is known by its canonical path (no symlinks, no dots) and held as a descriptor; a name
 * is looked up in it with O_NOFOLLOW, alone, first on top and then in the layers that make up the
 * directory; a symlink is read and resolved here, from the merged root again. So the way to a
 * directory can lead nowhere but into the view, and a symlink that replaces a directory between
 * two entries is simply found at the next lookup: removing something from the top forgets what was
 * known below it (view_remove()).
 *
 * Known directories are kept (view_cache.h); the least recently used one is closed first, so memory
 * is flat. The way to a path begins at the last directory on it that is known, and what is in a
 * layer below is looked up from a descriptor there, so that an entry costs what is new of its path,
 * however deep it lies. A directory on top gets its time when it is closed, because every entry that is
 * made in it changes it: the time of its entry, or the one that it had when it was opened.
 *
 * A struct view_dir is valid until n_dirs others were asked for; in practice: until the next path is
 * resolved.
 */
#ifndef LAYER_VIEW_H
#define LAYER_VIEW_H

#include "base/error.h"
#include "base/str.h"
#include "layer/copy.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <time.h>

#define VIEW_DIRS 256 /* fewer where the limit of descriptors is low */
#define VIEW_PATH_MAX 4095 /* bytes */
#define VIEW_NAME_MAX 255
/* Components that are walked to resolve one path, in the mean of a layer, beside as many as the path
 * has bytes: a symlink in every entry's name cannot lead a long way each time. */
#define VIEW_STEPS_MAX 256

/* A layer's part in a directory. */
struct view_lower {
	uint16_t layer;
	int fd; /* -EBADF: to be found by the path from the layer's root */
};

struct view_dir {
	char *path; /* canonical; "" is the root; NULL: an empty slot */
	uint64_t hash; /* of path */
	int fd; /* on top; -EBADF: not there (yet) */
	mode_t mode; /* on top */
	struct timespec mtime; /* to be set when the directory is closed */
	bool is_changed;
	bool knows_lowers; /* what follows is true (view_know_lowers()) */
	struct view_lower *lowers; /* layers that are part of it, top first */
	size_t n_lowers;
	size_t n_lower_fds; /* of them open */
	uint64_t last_use;
};

struct view {
	int top; /* borrowed */
	const int *lowers; /* borrowed: roots of the layers below, top first */
	size_t n_lowers;
	/* Called when a directory or file was copied up, to note what the file of owners of layer
	 * number lower says of its path for the same path on top. NULL: nothing is noted. */
	int (*carry_record)(void *data, size_t lower, const char *path, struct error *err);
	void *data;
	struct strlist
		*links; /* symlinks that were followed are appended; NULL: that is not noted */
	struct view_dir dirs[VIEW_DIRS];
	size_t n_dirs; /* that are used; at least 16 */
	size_t n_lower_fds; /* of all directories */
	size_t lower_fds_max;
	uint64_t clock;
	uint64_t steps_left; /* components that may still be walked */
};

/* How objects of the layers below are copied up. */
extern const struct copy_rules view_copy_rules;

/* view: zeros, but for carry_record, data and links. The root of a new top takes the metadata of the layer
 * below, else mode 0755 and time 0. */
int view_init(struct view *view, int top, const int *lowers, size_t n_lowers, struct error *err);
/* The same of a finished tree, which is only looked at: VIEW_LOOK, view_lookup(), view_child() and
 * view_know_lowers(). */
int view_init_finished(struct view *view, int top, const int *lowers, size_t n_lowers,
		       struct error *err);
/* Give all directories their times and forget them. */
int view_finish(struct view *view, struct error *err);
void view_release(struct view *view);

enum view_want {
	VIEW_LOOK, /* it need not be on top */
	VIEW_MAKE, /* make it on top: as it is below, else 0755, 0:0, time 0 */
};

/* The directory at a path, symlinks resolved; ENOENT and ENOTDIR are err's errno. */
int view_dir(struct view *view, const char *path, size_t len, enum view_want want,
	     struct view_dir **ret, struct error *err);

enum view_where {
	VIEW_NOWHERE,
	VIEW_TOP,
	VIEW_LOWER,
};

struct view_found {
	enum view_where where;
	size_t lower; /* VIEW_LOWER: which */
	struct stat stat; /* of the object itself */
};

/* Look a name up, following nothing. */
int view_lookup(struct view *view, struct view_dir *dir, const char *name, struct view_found *ret,
		struct error *err);

/* Find out which layers have a part in a directory, if it is not known. */
int view_know_lowers(struct view *view, struct view_dir *dir, struct error *err);

/* "DIR/NAME" as a new string. */
char *view_path(const struct view_dir *dir, const char *name);

/* Remove a name on top, with everything below it. 1 when there was something, 0 when not. */
int view_remove(struct view *view, struct view_dir *dir, const char *name, struct error *err);

/* A directory by its name alone; ENOENT and ENOTDIR are err's errno. */
int view_child(struct view *view, struct view_dir *parent, const char *name, struct view_dir **ret,
	       struct error *err);

/* Something that is no directory was just made on top: it hides what is below. */
void view_shadow(struct view *view, const struct view_dir *dir, const char *name);

/* What layers below have at the place of a directory that was just made on top. */
enum view_below {
	VIEW_BELOW_SHOWS, /* it is part of the directory */
	VIEW_BELOW_HIDDEN, /* something that is no directory stood between */
};

/* The directory of that name was just made on top, with this mode. Returns it; NULL on failure. */
struct view_dir *view_add_dir(struct view *view, struct view_dir *parent, const char *name,
			      mode_t mode, enum view_below below, struct error *err);

/* From now on nothing below shows through; marks the directory as the overlay wants it. */
int view_set_opaque(struct view *view, struct view_dir *dir, struct error *err);

#endif
