/* SPDX-License-Identifier: Apache-2.0 */
/* Removing whole directory trees, by descriptors, never leaving the tree and its filesystem. */
#ifndef SYSTEM_TREE_H
#define SYSTEM_TREE_H

#include "base/error.h"

/* Remove dirfd/name and everything below; nothing there is success. Directories without
 * permissions are opened up first. Symlinks are removed, not followed. Depth is not limited by
 * the stack. */
int tree_remove_at(int dirfd, const char *name, struct error *err);

#endif
