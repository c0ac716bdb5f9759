/* SPDX-License-Identifier: Apache-2.0 */
/*
 * User and group names as an image defines them: /etc/passwd and /etc/group of a root filesystem
 * (layer/stack.h), regular files only, at most ACCOUNT_FILE_MAX bytes. No NSS. They are read as the
 * caller, and in the identity's user namespace when the caller may not: an image may keep them from
 * everybody but a user of its own.
 *
 *	autoaccount struct account account = ACCOUNT_INIT;
 *
 *	if (account_resolve(&root, &identity, "www-data", &account, err) < 0) ...
 *	... account.uid is 33
 */
#ifndef LAYER_ACCOUNT_H
#define LAYER_ACCOUNT_H

#include "base/cleanup.h"
#include "base/error.h"
#include "layer/stack.h"

#include <stddef.h>
#include <stdint.h>

#define ACCOUNT_FILE_MAX (1U << 20)
#define ACCOUNT_GROUPS_MAX 4096

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
 * "user:gid". The caller releases ret. A name without a group gets its primary group and the groups
 * that list it. A uid, and "", which is 0, has its primary group alone (image-spec conversion.md): gid 0
 * when it is not in passwd. A name that is not there is ERROR_NOT_FOUND. */
int account_resolve(const struct stack *root, const struct identity *identity, const char *spec,
		    struct account *ret, struct error *err);

/* A group by name or number (--group-add). Returns 0, or -1; ERROR_NOT_FOUND as above. */
int account_resolve_group(const struct stack *root, const struct identity *identity,
			  const char *group, uint32_t *ret_gid, struct error *err);

#endif
