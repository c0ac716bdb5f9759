/* SPDX-License-Identifier: Apache-2.0 */
/*
 * User and group names as an image defines them: /etc/passwd and /etc/group looked up over upper
 * and lower directories as the kernel's overlay would show them, beneath each root, regular files
 * only, at most ACCOUNT_FILE_MAX bytes. No NSS.
 */
#ifndef LAYER_ACCOUNT_H
#define LAYER_ACCOUNT_H

#include "base/cleanup.h"
#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

#define ACCOUNT_FILE_MAX (1U << 20)
#define ACCOUNT_GROUPS_MAX 4096

/* The root filesystem as a stack of directories, top first (one for a plain directory). */
struct account_root {
	const int *dirfds;
	size_t n_dirfds;
};

struct account {
	uint32_t uid;
	uint32_t gid;
	uint32_t *additional_gids; /* without gid; owned */
	size_t n_additional_gids;
	char *home; /* from passwd; NULL when the user is not in it */
	char *name; /* NULL when not in passwd */
};

#define ACCOUNT_INIT \
	{ \
		0 \
	}

void account_release(struct account *account);
#define autoaccount autocleanup(account_release)

/* spec is an image config's User: "", "user", "uid", "user:group", "uid:gid", "uid:group",
 * "user:gid". A name without a group gets its primary group and the groups that list it. A uid, and
 * "", which is 0, has its primary group alone (image-spec conversion.md): gid 0 when it is not in
 * passwd. A name that is not there is ERROR_NOT_FOUND. */
int account_resolve(const struct account_root *root, const char *spec, struct account *ret,
		    struct error *err);

/* A group by name or number (--group-add). */
int account_resolve_group(const struct account_root *root, const char *group, uint32_t *ret_gid,
			  struct error *err);

#endif
