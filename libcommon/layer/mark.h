/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The marks by which the kernel's overlay (mounted with "userxattr") tells deletions from content,
 * in a directory that is one layer of it:
 *
 *	a character device 0:0			a whiteout: that name is deleted
 *	user.overlay.opaque = "y"		a directory: nothing below shows through
 *	user.overlay.NAME			the overlay's own: obeyed, never shown
 *	user.overlay.overlay.NAME		escaped: shown as user.overlay.NAME, obeyed by nobody
 *						(Linux 6.7)
 *
 * Only the first two are ever made here; the third is what an image must not bring along, and the
 * last is how it may. Outside of an overlay's layers none of these names means anything.
 */
#ifndef LAYER_MARK_H
#define LAYER_MARK_H

#include <stdbool.h>
#include <sys/stat.h>

#define MARK_OPAQUE "user.overlay.opaque"
#define MARK_PREFIX "user.overlay."
#define MARK_ESCAPED_PREFIX "user.overlay.overlay."

/* Is it the mark of a deleted name? st is of the object itself (lstat(2)). */
bool mark_is_whiteout(const struct stat *st);

/* Make the whiteout dirfd/name, which must not exist. -1 with errno. */
int mark_make_whiteout(int dirfd, const char *name);

/* Is an open directory marked as opaque? One that has no attributes is not. */
bool mark_is_opaque(int dirfd);

/* Mark an open directory as opaque. -1 with errno (ENOTSUP: the filesystem has no attributes). */
int mark_set_opaque(int dirfd);

/* Does the name of an attribute begin with MARK_PREFIX, escaped or not? */
bool mark_is_name(const char *attribute);

/* user.overlay.NAME to user.overlay.overlay.NAME, and back. Writes to buffer and returns it; NULL
 * when the name is none that can be escaped (unescaped), or would become too long. */
#define MARK_NAME_MAX 255 /* bytes: XATTR_NAME_MAX */
const char *mark_escape(const char *attribute, char buffer[MARK_NAME_MAX + 1]);
const char *mark_unescape(const char *attribute, char buffer[MARK_NAME_MAX + 1]);

#endif
