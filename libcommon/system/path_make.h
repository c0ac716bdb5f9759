/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Making what a path names inside a root filesystem, where links may lead to what is not there yet:
 * with "/etc/resolv.conf -> ../run/resolve/stub.conf" the file that is made is /run/resolve/stub.conf
 * of the root. The kernel's open(2) makes no directories behind a link, so the path is walked here,
 * name by name, each opened beneath the one before without following links (O_NOFOLLOW). The text of
 * a link is put before the names that are left; one that is absolute, and "..", begin at the root
 * again. So nothing leads out of the root. A magic link is ELOOP, and so are links and ".." that lead a
 * very long way (the limits are path.h's).
 *
 *	const struct path_maker maker = { .root = root };
 *	autoclose int fd = path_make(&maker, "/srv/data", PATH_DIRECTORY, NULL);
 */
#ifndef SYSTEM_PATH_MAKE_H
#define SYSTEM_PATH_MAKE_H

#include "base/str.h"
#include "system/path.h"

#include <stdbool.h>

/* Where to begin with a path in normal form ("/a/b", "" for the root; it may have ".."): the
 * descriptor of a place whose path it begins with. *ret_rest points to what is left, within path. The
 * descriptor is borrowed. */
typedef int path_anchor(const char *path, const char **ret_rest, void *data);

/* May something be made in dir? */
typedef bool path_permission(int dir, void *data);

struct path_maker {
	int root;
	path_anchor *anchor; /* NULL: all paths begin at root */
	path_permission *may_make; /* NULL: everywhere */
	void *data; /* for both */
};

enum path_kind {
	PATH_DIRECTORY, /* 0755 before umask, as are the directories on the way */
	PATH_FILE, /* empty, 0644 before umask */
};

/* Open what is at path, made when it is missing; what is there may be of another kind. The canonical
 * path, "/a/b" without links, is appended to ret_canonical (may be NULL). Returns the fd, O_PATH, or
 * for reading when it is of a file that was made here; or -1 with errno: ELOOP for too many links or
 * names, ENAMETOOLONG for too long ones, EXDEV where may_make said no (it is asked with the very
 * descriptor that something is then made in). */
int path_make(const struct path_maker *maker, const char *path, enum path_kind kind,
	      struct str *ret_canonical);

#endif
