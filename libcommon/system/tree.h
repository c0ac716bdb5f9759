/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Removing whole directory trees that strangers filled, by descriptors (tree_walk.h).
 *
 * Nothing outside of the tree is ever removed: a name is opened alone, without following a symlink
 * and without crossing onto another mount, be it of the same filesystem; the way up is "..", which
 * must be the directory that the walk came from. Depth costs heap memory alone.
 */
#ifndef SYSTEM_TREE_H
#define SYSTEM_TREE_H

#include "base/error.h"
#include "system/tree_walk.h"

/* Remove dirfd/name and everything below; nothing there is success. Directories without
 * permissions are opened up first. Symlinks are removed, not followed, but for those that lead to
 * the directory of name's last component. A mount below (or name itself) stays with all that is in
 * it, and is an error (saved_errno EBUSY). After an error part of the tree may be left.
 *
 * saved_errno ENOTEMPTY: somebody goes on making files there, or has one open on a filesystem that keeps
 * it under another name until it is closed (NFS: .nfs*, FUSE: .fuse_hidden*). */
int tree_remove_at(int dirfd, const char *name, struct error *err);

#endif
