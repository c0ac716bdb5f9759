/* SPDX-License-Identifier: Apache-2.0 */
#include "tap.h"

#include "base/cleanup.h"
#include "base/str.h"
#include "system/userdb.h"

#include <pwd.h>
#include <stdio.h>
#include <unistd.h>

static const struct {
	const char *title;
	const char *text;
	const char *users; /* "NAME UID GID HOME" of each, with commas between */
} passwds[] = {
	{ "a user", "me:x:1000:100:Me:/home/me:/bin/sh\n", "me 1000 100 /home/me" },
	{ "two users", "a:x:1:2:::\nb:x:3:4::/b:\n", "a 1 2 , b 3 4 /b" },
	{ "a shell with colons", "a:x:1:2::/a:/bin/sh:x:y\n", "a 1 2 /a" },
	{ "a line without a shell", "a:x:1:2::/a\n", "a 1 2 /a" },
	{ "a last line without its end", "a:x:1:2::/a:", "a 1 2 /a" },
	{ "lines that are none",
	  "\n#x\na\na:x\na:x:1\na:x:1:2\na:x:1:2:\n+::::::\na:x:-1:2::/:\na:x:1:z::/:\nb:x:3:4::/b:\n",
	  "b 3 4 /b" },
	{ "the last ID there is", "a:x:4294967294:4294967294::/:\n", "a 4294967294 4294967294 /" },
	{ "an ID that nobody has", "a:x:4294967295:1::/:\na:x:1:4294967295::/:\n", "" },
	{ "an empty text", "", "" },
};

static const struct {
	const char *title;
	const char *text;
	const char *groups; /* "NAME GID MEMBERS" of each */
} groups[] = {
	{ "a group", "us:x:100:a,b\n", "us 100 a,b" },
	{ "groups without members", "us:x:100:\nyou:x:101\n", "us 100 , you 101 " },
	{ "lines that are none", "us\nus:x\nus:x:x:a\n:\nyou:x:5:b", "you 5 b" },
};

static void test_users(void)
{
	for (size_t i = 0; i < sizeof(passwds) / sizeof(passwds[0]); i++) {
		autostr struct str text = STR_INIT;
		autostr struct str found = STR_INIT;
		struct userdb_user user;
		char *rest;

		str_append(&text, passwds[i].text);
		rest = text.data;
		while (userdb_next_user(&rest, &user))
			str_appendf(&found, "%s%s %u %u %s", found.len ? ", " : "", user.name,
				    user.uid, user.gid, user.home);
		is_str(found.data, passwds[i].users, passwds[i].title);
	}
}

static void test_groups(void)
{
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		autostr struct str text = STR_INIT;
		autostr struct str found = STR_INIT;
		struct userdb_group group;
		char *rest;

		str_append(&text, groups[i].text);
		rest = text.data;
		while (userdb_next_group(&rest, &group))
			str_appendf(&found, "%s%s %u %s", found.len ? ", " : "", group.name,
				    group.gid, group.members);
		is_str(found.data, groups[i].groups, groups[i].title);
	}
}

/* What is in /etc/passwd; that getent is asked of the others is tested in tests/ctnr-doctor/userdb.t. */
static void test_find(void)
{
	const struct passwd *entry = getpwuid(getuid());
	autostr struct str text = STR_INIT;
	struct userdb_user user = { 0 };

	ok(userdb_find(0, &text, &user), "0 is a user");
	is_str(user.name, "root", "... whose name is root");
	ok(entry && userdb_find(getuid(), &text, &user), "this user is one");
	is_str(user.name, entry ? entry->pw_name : NULL,
	       "... with the name that the C library gives");
	is_str(user.home, entry ? entry->pw_dir : NULL, "... and the home");
	ok(!userdb_find(UINT32_MAX - 77, &text, &user), "an ID that is nobody's is none");
}

int main(void)
{
	test_users();
	test_groups();
	test_find();
	return done_testing();
}
