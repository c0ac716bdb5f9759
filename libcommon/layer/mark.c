/* SPDX-License-Identifier: Apache-2.0 */
#include "layer/mark.h"

#include "base/str.h"

#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

bool mark_is_whiteout(const struct stat *st)
{
	return S_ISCHR(st->st_mode) && st->st_rdev == makedev(0, 0);
}

int mark_make_whiteout(int dirfd, const char *name)
{
	return mknodat(dirfd, name, S_IFCHR, makedev(0, 0));
}

bool mark_is_opaque(int dirfd)
{
	char value[2];

	return fgetxattr(dirfd, MARK_OPAQUE, value, sizeof(value)) == 1 && value[0] == 'y';
}

int mark_set_opaque(int dirfd)
{
	return fsetxattr(dirfd, MARK_OPAQUE, "y", 1, 0);
}

bool mark_is_name(const char *attribute)
{
	return str_starts_with(attribute, MARK_PREFIX);
}

/* The name with another prefix. */
static const char *replace_prefix(const char *attribute, const char *prefix, const char *new_prefix,
				  char buffer[MARK_NAME_MAX + 1])
{
	int len;

	if (!str_starts_with(attribute, prefix))
		return NULL;
	len = snprintf(buffer, MARK_NAME_MAX + 1, "%s%s", new_prefix, attribute + strlen(prefix));
	return len <= MARK_NAME_MAX ? buffer : NULL;
}

const char *mark_escape(const char *attribute, char buffer[MARK_NAME_MAX + 1])
{
	return replace_prefix(attribute, MARK_PREFIX, MARK_ESCAPED_PREFIX, buffer);
}

const char *mark_unescape(const char *attribute, char buffer[MARK_NAME_MAX + 1])
{
	return replace_prefix(attribute, MARK_ESCAPED_PREFIX, MARK_PREFIX, buffer);
}
