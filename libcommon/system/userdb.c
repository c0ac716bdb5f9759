/* SPDX-License-Identifier: Apache-2.0 */
#include "system/userdb.h"

#include "base/alloc.h"
#include "base/number.h"
#include "system/fd.h"
#include "system/idmap.h"
#include "system/process.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FIELDS_MAX 7
#define PASSWD_MAX (64U << 20) /* bytes: lines for a million users */
#define ANSWER_MAX 65536U /* bytes: getent's one line */
#define ANSWER_TIMEOUT_MS 30000U /* a directory server that is not there is given up before */

/* How many fields a line must have at least, and where things stand. */
enum {
	PASSWD_NAME = 0,
	PASSWD_UID = 2,
	PASSWD_GID = 3,
	PASSWD_HOME = 5,
	PASSWD_FIELDS = 6,
	GROUP_NAME = 0,
	GROUP_GID = 2,
	GROUP_MEMBERS = 3,
	GROUP_FIELDS = 3, /* the list may be missing */
};

bool userdb_parse_id(const char *text, uint32_t *ret)
{
	uint64_t value;

	if (number_parse(text, IDMAP_ID_MAX, &value, NULL) < 0)
		return false;
	*ret = (uint32_t)value;
	return true;
}

/* Cut the next line off *text into fields (in place). Returns how many there are (at most
 * FIELDS_MAX; what follows stays in the last), -1 at the end. Absent fields are "". */
static int next_line(char **text, char *fields[FIELDS_MAX])
{
	char *line = *text;
	char *end;
	int n = 0;

	if (!line || !*line)
		return -1;
	end = strchr(line, '\n');
	*text = end ? end + 1 : NULL;
	if (end)
		*end = '\0';
	for (int i = 0; i < FIELDS_MAX; i++)
		fields[i] = (char *)"";
	while (n < FIELDS_MAX) {
		char *colon = strchr(line, ':');

		fields[n++] = line;
		if (!colon || n == FIELDS_MAX)
			break;
		*colon = '\0';
		line = colon + 1;
	}
	return n;
}

bool userdb_next_user(char **text, struct userdb_user *ret)
{
	char *fields[FIELDS_MAX];
	int n;

	while ((n = next_line(text, fields)) >= 0) {
		struct userdb_user user = { .name = fields[PASSWD_NAME],
					    .home = fields[PASSWD_HOME] };

		if (n < PASSWD_FIELDS || !userdb_parse_id(fields[PASSWD_UID], &user.uid) ||
		    !userdb_parse_id(fields[PASSWD_GID], &user.gid))
			continue;
		*ret = user;
		return true;
	}
	return false;
}

bool userdb_next_group(char **text, struct userdb_group *ret)
{
	char *fields[FIELDS_MAX];
	int n;

	while ((n = next_line(text, fields)) >= 0) {
		struct userdb_group group = { .name = fields[GROUP_NAME],
					      .members = fields[GROUP_MEMBERS] };

		if (n < GROUP_FIELDS || !userdb_parse_id(fields[GROUP_GID], &group.gid))
			continue;
		*ret = group;
		return true;
	}
	return false;
}

static bool find_uid(char *text, uid_t uid, struct userdb_user *ret)
{
	while (userdb_next_user(&text, ret))
		if (ret->uid == uid)
			return true;
	return false;
}

/* Append what getent(1) says of the uid. */
static void ask_getent(uid_t uid, struct str *text)
{
	autofree char *program = process_find_system("getent");
	char number[16];
	char *argv[] = { program, (char *)"passwd", number, NULL };
	const struct process_exchange question = { .argv = argv,
						   .out_max = ANSWER_MAX,
						   .timeout_ms = ANSWER_TIMEOUT_MS };

	snprintf(number, sizeof(number), "%u", uid);
	if (program && process_exchange(&question, text, NULL) != 0)
		str_clear(text);
}

bool userdb_find(uid_t uid, struct str *text, struct userdb_user *ret)
{
	struct userdb_user user;

	str_clear(text);
	if (file_read_at(AT_FDCWD, "/etc/passwd", PASSWD_MAX, text, NULL) < 0 ||
	    !find_uid(text->data, uid, &user)) {
		str_clear(text);
		ask_getent(uid, text);
		if (!find_uid(text->data, uid, &user))
			return false;
	}
	*ret = user;
	return true;
}

char *userdb_home(void)
{
	const char *home = getenv("HOME");
	autostr struct str text = STR_INIT;
	struct userdb_user user;

	if (home && *home == '/')
		return xstrdup(home);
	return userdb_find(geteuid(), &text, &user) && *user.home == '/' ? xstrdup(user.home)
									 : NULL;
}
