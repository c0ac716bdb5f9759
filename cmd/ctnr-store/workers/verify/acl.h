/* SPDX-License-Identifier: Apache-2.0 */
/* Values of system.posix_acl_* (acl(5)): what the kernel keeps of one that is set. */
#ifndef CTNR_STORE_WORKERS_VERIFY_ACL_H
#define CTNR_STORE_WORKERS_VERIFY_ACL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define ACL_ACCESS_XATTR "system.posix_acl_access"
#define ACL_DEFAULT_XATTR "system.posix_acl_default"

/* Are two values the same list? IDs of entries that are not about a user or group do not count. */
bool acl_equal(const void *a, size_t a_len, const void *b, size_t b_len);

/* The permission bits that an access ACL gives its file. False when the value is none that the kernel
 * takes. *ret_is_extended: it says more than a mode, so that it is kept. *ret_has_ids: it names users
 * or groups. */
bool acl_mode(const void *value, size_t len, mode_t *ret, bool *ret_is_extended, bool *ret_has_ids);

#endif
