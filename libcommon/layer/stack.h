/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A root filesystem kept as a stack of directories, looked at as the kernel's overlay would show
 * it, without mounting anything: whiteouts hide what is below, opaque directories end a merge
 * (layer/mark.h), and so does anything that is no directory. A plain directory is a stack of one.
 *
 * The content is somebody else's. The kernel never follows a link for us: every component is
 * opened by itself with O_NOFOLLOW, and a symlink is resolved here, from the root of the stack
 * again, at most PATH_LINKS_MAX times. So a link can lead anywhere in the stack and nowhere else.
 *
 *	autostack struct stack root = STACK_INIT;
 *
 *	stack_push(&root, upper);
 *	stack_push(&root, lower);
 *	fd = stack_open_file(&root, "/etc/passwd", err);
 *
 * Going through a whole tree of it: layer/stack_walk.h.
 */
#ifndef LAYER_STACK_H
#define LAYER_STACK_H

#include "base/cleanup.h"
#include "base/error.h"
#include "base/str.h"
#include "system/identity.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

/* One directory of the tree: the layers' directories that make it up, top first. */
struct stack {
	int *dirfds; /* owned; of a root O_PATH is enough */
	size_t *layers; /* which of the root's each is of; NULL: of a root, in its order */
	size_t n_dirfds; /* 0: there is no such directory */
};

#define STACK_INIT \
	{ \
		NULL, NULL, 0 \
	}

void stack_release(struct stack *dir);
#define autostack autocleanup(stack_release)

/* Put a directory of a root below the others; takes dirfd. */
void stack_push(struct stack *root, int dirfd);

/* Open descriptors of a root once more: ret is new. */
int stack_duplicate(const struct stack *root, struct stack *ret, struct error *err);

/* Which of the root's layers the directory number index is of. */
size_t stack_layer(const struct stack *dir, size_t index);

enum stack_kind {
	STACK_ABSENT,
	STACK_DIRECTORY,
	STACK_OTHER, /* file, symlink, FIFO, device, socket */
};

/* An object by its name in a directory. */
struct stack_entry {
	enum stack_kind kind;
	struct stat stat; /* of the topmost object; nothing when absent */
	int parent; /* borrowed fd of the layer's directory that holds it */
	struct stack dir; /* STACK_DIRECTORY: its stack */
};

#define STACK_ENTRY_INIT \
	{ \
		.kind = STACK_ABSENT \
	}

void stack_entry_release(struct stack_entry *entry);
#define autostackentry autocleanup(stack_entry_release)

/* The same without a stack of its own. */
struct stack_found {
	enum stack_kind kind;
	struct stat stat; /* of the topmost object */
	size_t index; /* which of the directories holds it */
	bool is_deleted; /* STACK_ABSENT: by the mark that stat and index are of */
};

/* Look up one name (no slash, neither "." nor "..") in directories, top first. Absence is no error.
 * ret_dirfds[i] gets the directory of that name in dirfds[i], owned by the caller, where that is part
 * of it, and else is left as it is; those that were opened before a failure stay there too. */
int stack_find(const int *dirfds, size_t n_dirfds, const char *name, struct stack_found *ret,
	       int *ret_dirfds, struct error *err);

/* Look up a path from the root, symlinks resolved. ret_parent keeps open what ret->parent borrows
 * from. The canonical path, without links and without a slash in front, is appended to ret_path
 * (may be NULL); what is below something absent is in it as it was written. Absence is no error, and
 * the root, which is no name in a directory, is told as absent; too many links, or links and ".." that
 * lead a very long way, are an error. */
int stack_resolve(const struct stack *root, const char *path, struct stack *ret_parent,
		  struct stack_entry *ret, struct str *ret_path, struct error *err);

/* Open the regular file at path for reading, beneath the root also where only the identity's user
 * namespace may (identity_open()). Returns the fd; ERROR_NOT_FOUND (saved_errno ENOENT) when there
 * is none; anything but a regular file is an error. */
int stack_open_file(const struct stack *root, const struct identity *identity, const char *path,
		    struct error *err);

#endif
