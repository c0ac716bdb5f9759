/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A root filesystem kept as a stack of directories, looked at as the kernel's overlay would show
 * it, without mounting anything: whiteouts (0:0 character devices) hide what is below, opaque
 * directories (xattr user.overlay.opaque) end a merge, and so does anything that is no directory.
 *
 * The content is somebody else's. The kernel never follows a link for us: every component is
 * opened by itself with O_NOFOLLOW, and a symlink is resolved here, from the merged root again, at
 * most MERGED_LINKS_MAX times. So a link can lead anywhere in the stack and nowhere else.
 */
#ifndef LAYER_STACK_H
#define LAYER_STACK_H

#include "base/cleanup.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#define MERGED_LINKS_MAX 40

/* One directory of the merged tree: the layers' directories that make it up, top first. */
struct merged {
	int *dirfds; /* owned, readable */
	size_t n_dirfds; /* 0: there is no such directory */
};

#define MERGED_INIT \
	{ \
		NULL, 0 \
	}

void merged_release(struct merged *dir);
#define automerged autocleanup(merged_release)

/* Put a directory below the others; takes dirfd. */
void merged_push(struct merged *dir, int dirfd);

enum merged_kind {
	MERGED_ABSENT,
	MERGED_DIRECTORY,
	MERGED_OTHER, /* file, symlink, FIFO, device, socket */
};

struct merged_entry {
	enum merged_kind kind;
	struct stat stat; /* of the topmost object */
	int parent; /* borrowed fd of the layer's directory that holds it */
	struct merged dir; /* MERGED_DIRECTORY: its stack */
};

#define MERGED_ENTRY_INIT \
	{ \
		.kind = MERGED_ABSENT \
	}

void merged_entry_release(struct merged_entry *entry);
#define automergedentry autocleanup(merged_entry_release)

/* Look up one name (no slash, neither "." nor "..") in a merged directory. Absence is no error. */
int merged_lookup(const struct merged *dir, const char *name, struct merged_entry *ret,
		  struct error *err);

/* Look up a path from the root, symlinks resolved. ret_parent keeps open what ret->parent borrows
 * from. ret_name (PATH_MAX bytes, may be NULL) gets the last component's name. Absence is no
 * error; too many links are. */
int merged_resolve(const struct merged *root, const char *path, struct merged *ret_parent,
		   struct merged_entry *ret, char *ret_name, struct error *err);

/* Open the regular file at path for reading. Returns the fd; ERROR_NOT_FOUND (saved_errno ENOENT)
 * when there is none; anything but a regular file is an error. */
int merged_open_file(const struct merged *root, const char *path, struct error *err);

#endif
