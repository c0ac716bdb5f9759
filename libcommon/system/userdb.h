/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The user database: lines of passwd(5) and group(5), whoever wrote them, and the entry that a user of
 * this system has.
 *
 * NSS is never called: a statically linked program cannot load the modules.
 *
 *	autostr struct str text = STR_INIT;
 *	struct userdb_user user;
 *
 *	if (userdb_find(getuid(), &text, &user)) ...
 *	... user.home is "/home/me"
 */
#ifndef SYSTEM_USERDB_H
#define SYSTEM_USERDB_H

#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Strings are borrowed from the text that the entry was read from. */
struct userdb_user {
	const char *name;
	uint32_t uid;
	uint32_t gid;
	const char *home;
};

struct userdb_group {
	const char *name;
	uint32_t gid;
	const char *members; /* names with commas between; may be empty */
};

/* Cut the next entry off *text, in place, and make it ret. Lines that are none, and those of no valid
 * ID (system/idmap.h), are passed over. False at the end; *ret is then as it was. */
bool userdb_next_user(char **text, struct userdb_user *ret);
bool userdb_next_group(char **text, struct userdb_group *ret);

/* The ID that a text is, in decimal digits; false when it is none, or one that nobody can have. */
bool userdb_parse_id(const char *text, uint32_t *ret);

/* Find the entry of a user of this system: in /etc/passwd, and only when the uid is not there by
 * executing getent(1), which asks whatever else /etc/nsswitch.conf names (LDAP, SSSD, systemd). text
 * is cleared, and what ret borrows from. False when neither knows the uid, or getent is missing, fails
 * or takes too long. */
bool userdb_find(uid_t uid, struct str *text, struct userdb_user *ret);

/* The home directory of this process's user, new: $HOME, else what the database says; NULL when neither
 * is an absolute path. */
char *userdb_home(void);

#endif
