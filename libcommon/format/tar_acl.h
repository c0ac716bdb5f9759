/* SPDX-License-Identifier: Apache-2.0 */
/*
 * POSIX access control lists as star, GNU tar and bsdtar write them into extended headers
 * (SCHILY.acl.access, SCHILY.acl.default):
 *
 *	user::rwx,user:lisa:r-x:1000,group::r-x,mask::rwx,other::r--
 *
 * and as the kernel wants them in an extended attribute (linux/posix_acl_xattr.h).
 */
#ifndef FORMAT_TAR_ACL_H
#define FORMAT_TAR_ACL_H

#include "base/str.h"

#define TAR_ACL_ENTRIES_MAX 1024

/* As many entries has a list that says no more than a mode does. */
#define TAR_ACL_ENTRIES_OF_MODE 3

/* Append the attribute's value for a text. Returns how many entries it has; -1 when the text makes no
 * sense, or names somebody without a number. */
int tar_acl_convert(const char *text, size_t len, struct str *ret);

#endif
