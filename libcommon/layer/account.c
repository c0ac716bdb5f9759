/* SPDX-License-Identifier: Apache-2.0 */
#include "layer/account.h"

#include "base/alloc.h"
#include "base/str.h"
#include "system/fd.h"
#include "system/userdb.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

void account_release(struct account *account)
{
	if (!account)
		return;
	free(account->additional_gids);
	free(account->home);
	free(account->name);
	*account = (struct account)ACCOUNT_INIT;
}

/* The whole file; one that is not there is empty. */
static int read_accounts(const struct stack *root, const struct identity *identity,
			 const char *path, struct str *ret, struct error *err)
{
	struct error why = { 0 };
	autoclose int fd = stack_open_file(root, identity, path, &why);

	if (fd < 0 && why.saved_errno == ENOENT)
		return 0;
	if (fd < 0) {
		error_move(err, &why);
		return error_prefix(err, "cannot use the image's accounts");
	}
	if (fd_read_rest(fd, ACCOUNT_FILE_MAX, ret, err) < 0)
		return error_prefix(err, "cannot use the image's accounts: %s", path);
	return 0;
}

/* Is name an item of a comma-separated list? */
static bool list_has(const char *list, const char *name)
{
	size_t len = strlen(name);

	while (*list) {
		size_t item = strcspn(list, ",");

		if (item == len && memcmp(list, name, len) == 0)
			return true;
		list += item + (list[item] == ',');
	}
	return false;
}

/* The first entry with that name (or, with name NULL, that uid) goes to ret. */
static bool find_user(char *passwd, const char *name, uint32_t uid, struct account *ret)
{
	struct userdb_user user;

	while (userdb_next_user(&passwd, &user)) {
		if (name ? strcmp(user.name, name) != 0 : user.uid != uid)
			continue;
		ret->uid = user.uid;
		ret->gid = user.gid;
		ret->name = xstrdup(user.name);
		ret->home = xstrdup(user.home);
		return true;
	}
	return false;
}

static bool find_group(char *groups, const char *name, uint32_t *ret)
{
	struct userdb_group group;

	while (userdb_next_group(&groups, &group)) {
		if (strcmp(group.name, name) != 0)
			continue;
		*ret = group.gid;
		return true;
	}
	return false;
}

static bool has_gid(const struct account *account, uint32_t gid)
{
	for (size_t i = 0; i < account->n_additional_gids; i++)
		if (account->additional_gids[i] == gid)
			return true;
	return account->gid == gid;
}

/* The groups that list the user. */
static int add_groups(char *groups, struct account *account, struct error *err)
{
	struct userdb_group group;

	while (userdb_next_group(&groups, &group)) {
		if (!list_has(group.members, account->name) || has_gid(account, group.gid))
			continue;
		if (account->n_additional_gids == ACCOUNT_GROUPS_MAX)
			return error_set(err, ERROR_FAILED,
					 "user '%s' is in more than %d groups of the image",
					 account->name, ACCOUNT_GROUPS_MAX);
		account->additional_gids =
			xrealloc(account->additional_gids, account->n_additional_gids + 1,
				 sizeof(*account->additional_gids));
		account->additional_gids[account->n_additional_gids++] = group.gid;
	}
	return 0;
}

/*
 * The user part. image-spec conversion.md: a numeric user is taken as it stands and gets no
 * additional groups; a name must be there. No user at all is uid 0, likewise: runc refuses every
 * additional group without privilege, and root needs none.
 */
static int resolve_user(const struct stack *root, const struct identity *identity, const char *user,
			struct account *account, bool *ret_is_numeric, struct error *err)
{
	autostr struct str passwd = STR_INIT;

	*ret_is_numeric = !*user || userdb_parse_id(user, &account->uid);
	if (read_accounts(root, identity, "/etc/passwd", &passwd, err) < 0)
		return -1;
	if (*ret_is_numeric) {
		find_user(passwd.data, NULL, account->uid, account);
		return 0;
	}
	if (find_user(passwd.data, user, 0, account))
		return 0;
	error_set(err, ERROR_NOT_FOUND, "user '%s' is not in the image's /etc/passwd", user);
	return error_hint(err, "a number (--user UID:GID) needs no entry there");
}

int account_resolve(const struct stack *root, const struct identity *identity, const char *spec,
		    struct account *ret, struct error *err)
{
	autocleanup(account_release) struct account account = ACCOUNT_INIT;
	const char *colon = strchr(spec, ':');
	autofree char *user = xstrndup(spec, colon ? (size_t)(colon - spec) : strlen(spec));
	bool is_numeric;

	if (resolve_user(root, identity, user, &account, &is_numeric, err) < 0)
		return -1;
	if (colon && colon[1]) {
		if (account_resolve_group(root, identity, colon + 1, &account.gid, err) < 0)
			return -1;
	} else if (!is_numeric && account.name) {
		autostr struct str groups = STR_INIT;

		if (read_accounts(root, identity, "/etc/group", &groups, err) < 0 ||
		    add_groups(groups.data, &account, err) < 0)
			return -1;
	}
	*ret = account;
	account = (struct account)ACCOUNT_INIT;
	return 0;
}

int account_resolve_group(const struct stack *root, const struct identity *identity,
			  const char *group, uint32_t *ret_gid, struct error *err)
{
	autostr struct str groups = STR_INIT;

	if (userdb_parse_id(group, ret_gid))
		return 0;
	if (read_accounts(root, identity, "/etc/group", &groups, err) < 0)
		return -1;
	if (find_group(groups.data, group, ret_gid))
		return 0;
	error_set(err, ERROR_NOT_FOUND, "group '%s' is not in the image's /etc/group", group);
	return error_hint(err, "a number needs no entry there");
}
