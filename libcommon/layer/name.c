/* SPDX-License-Identifier: Apache-2.0 */
#include "layer/name.h"

#include "layer/view.h"
#include "system/path.h"

#include <stdbool.h>
#include <string.h>

#define AUFS_PREFIX ".wh..wh."

/* How long the component at the beginning of a path may be, which is len bytes long. */
static size_t component_max(const char *path, size_t len)
{
	bool is_deletion = !path[len] && str_starts_with(path, NAME_WHITEOUT_PREFIX);

	return VIEW_NAME_MAX + (is_deletion ? strlen(NAME_WHITEOUT_PREFIX) : 0);
}

int name_clean(const char *name, struct str *ret, struct error *err)
{
	str_clear(ret);
	if (path_clean(name, PATH_DOTDOT_REFUSED, ret) < 0)
		return error_set(err, ERROR_FAILED, "a name with '..' leads outside");
	for (const char *at = ret->data; *at;) {
		size_t len = strcspn(at, "/");

		if (len > component_max(at, len))
			return error_set(err, ERROR_FAILED,
					 "a name's component has %zu bytes, more than %d", len,
					 VIEW_NAME_MAX);
		at += len + (at[len] == '/');
	}
	if (ret->len > VIEW_PATH_MAX)
		return error_set(err, ERROR_FAILED, "a name has %zu bytes, more than %d", ret->len,
				 VIEW_PATH_MAX);
	return 0;
}

/* Is any component before the last one that of a deletion? */
static bool is_below_whiteout(const char *path, const char *last)
{
	const char *at = strstr(path, NAME_WHITEOUT_PREFIX);

	for (; at && at < last; at = strstr(at + 1, NAME_WHITEOUT_PREFIX))
		if (at == path || at[-1] == '/')
			return true;
	return false;
}

struct name_parts name_split(const char *path)
{
	const char *slash = strrchr(path, '/');

	return (struct name_parts) { path, slash ? (size_t)(slash - path) : 0,
				     slash ? slash + 1 : path };
}

enum name_kind name_classify(const struct name_parts *parts)
{
	const char *path = parts->path;
	const char *last = parts->last;
	const char *name;

	if (str_starts_with(path, AUFS_PREFIX) && strcmp(path, NAME_OPAQUE_MARK) != 0)
		return NAME_AUFS;
	if (is_below_whiteout(path, last))
		return NAME_INVALID;
	if (strcmp(last, NAME_OPAQUE_MARK) == 0)
		return NAME_OPAQUE;
	if (str_starts_with(last, AUFS_PREFIX))
		return NAME_AUFS;
	if (!str_starts_with(last, NAME_WHITEOUT_PREFIX))
		return NAME_ORDINARY;
	name = last + strlen(NAME_WHITEOUT_PREFIX);
	return !*name || strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ? NAME_INVALID
									   : NAME_WHITEOUT;
}
