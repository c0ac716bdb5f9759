/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Paths inside a root filesystem that somebody else filled. Every path that comes from an image,
 * a layer or a running container is resolved here, by openat2(2), and never as a string; what is
 * missing is made by path_make.h. About text are path_absolute(), path_clean(), path_normal() and path_is_below()
 * alone.
 *
 * rootfd is a directory descriptor of the root (O_PATH is enough). Paths may be absolute or
 * relative; both mean "from rootfd". Symlinks resolve as they would after chroot(2)
 * (RESOLVE_IN_ROOT); magic links are refused (RESOLVE_NO_MAGICLINKS). ".." stops at the root.
 * EAGAIN (a rename raced with us) is retried a bounded number of times.
 */
#ifndef SYSTEM_PATH_H
#define SYSTEM_PATH_H

#include "base/error.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Limits of those who resolve a path name by name, because the kernel cannot (path_make.h,
 * layer/stack.h): the text of links is somebody else's. */
#define PATH_LINKS_MAX 40 /* as the kernel's: more are ELOOP */
#define PATH_STEPS_MAX 8192 /* names that are looked up for one path: more are ELOOP */
#define PATH_REST_MAX 8192 /* bytes of what is left to be walked: more are ENAMETOOLONG */

enum path_resolve {
	PATH_IN_ROOT, /* symlinks resolve inside the root */
	PATH_NO_SYMLINKS, /* a symlink anywhere on the way is ELOOP */
	PATH_ON_MOUNT, /* no symlink either, and another mount on the way is EXDEV */
};

/* openat2 beneath the root: flags as for open(2) (O_CLOEXEC is added). Returns the new fd, or -1
 * with errno set. */
int path_open(int rootfd, const char *path, int flags, mode_t mode, enum path_resolve resolve);

/* A path that the caller wrote, from the root: below the present directory when it is relative.
 * Symlinks stay. New string, or NULL. */
char *path_absolute(const char *path, struct error *err);

/* What path_clean() does with "..": the text before it says nothing about where it leads. */
enum path_dotdot {
	PATH_DOTDOT_KEPT, /* it stays; the kernel resolves it */
	PATH_DOTDOT_REFUSED, /* an error */
	PATH_DOTDOT_FOLDED, /* it takes away the component before, if there is one */
};

/* Append the components of a path, joined by single slashes, without "." and without slashes at
 * either end: "//a/./b/" is "a/b", "/" is "". For comparing and showing, not for opening. -1: there
 * is a ".." and it is refused. */
int path_clean(const char *path, enum path_dotdot dotdot, struct str *ret);

/* The absolute path of the same components: "//a/./b/" is "/a/b", "/" is "". ".." stays. New string. */
char *path_normal(const char *path);

/* Is path the same as top, or below? Both are clean. For where a mount hides another, not for opening. */
bool path_is_below(const char *path, const char *top);

/* "/proc/self/fd/N" in a caller's buffer, for calls that take only paths. */
#define PATH_PROC_FD_MAX 32
const char *path_proc_fd(int fd, char buffer[PATH_PROC_FD_MAX]);

/* Where the file that fd is open on is, from the root, as the kernel names it: symlinks are resolved,
 * and no permission on the way is needed. New string, or NULL. */
char *path_of_fd(int fd, struct error *err);

#endif
