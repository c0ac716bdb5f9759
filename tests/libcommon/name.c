/* SPDX-License-Identifier: Apache-2.0 */
#include "tap.h"

#include "layer/name.h"
#include "layer/view.h"

static void cleaned(const char *name, const char *wanted)
{
	autostr struct str got = STR_INIT;
	struct error err = { 0 };
	char title[128];

	snprintf(title, sizeof(title), "'%.40s' is '%.40s'", name, wanted ? wanted : "refused");
	if (name_clean(name, &got, &err) < 0)
		ok(!wanted && err.message[0], title);
	else
		is_str(got.data, wanted, title);
}

static void classified(const char *path, enum name_kind wanted)
{
	struct name_parts name = name_split(path);
	char title[128];

	snprintf(title, sizeof(title), "'%s' is of kind %d", path, (int)wanted);
	is_int(name_classify(&name), wanted, title);
}

int main(void)
{
	char component[VIEW_NAME_MAX + 2];
	char deletion[VIEW_NAME_MAX + 16];
	char path[VIEW_PATH_MAX + 2];

	cleaned("a", "a");
	cleaned("./a//b/./c/", "a/b/c");
	cleaned("/", "");
	cleaned(".", "");
	cleaned("a/..b", "a/..b");
	cleaned("..", NULL);
	cleaned("a/../b", NULL);
	cleaned("/a/..", NULL);
	memset(component, 'x', sizeof(component) - 1);
	component[VIEW_NAME_MAX + 1] = '\0';
	cleaned(component, NULL);
	component[VIEW_NAME_MAX] = '\0';
	cleaned(component, component);
	snprintf(deletion, sizeof(deletion), "d/.wh.%s", component);
	cleaned(deletion, deletion);
	snprintf(deletion, sizeof(deletion), ".wh.%s/x", component);
	cleaned(deletion, NULL);
	snprintf(deletion, sizeof(deletion), ".wh.%sx", component);
	cleaned(deletion, NULL);
	for (size_t i = 0; i < VIEW_PATH_MAX; i++)
		path[i] = i % 2 ? '/' : 'x';
	path[VIEW_PATH_MAX] = '\0';
	cleaned(path, path);
	path[VIEW_PATH_MAX - 1] = 'y';
	path[VIEW_PATH_MAX] = 'y';
	path[VIEW_PATH_MAX + 1] = '\0';
	cleaned(path, NULL);

	classified("a/b", NAME_ORDINARY);
	classified("a.wh.b", NAME_ORDINARY);
	classified("a/x.wh./b", NAME_ORDINARY);
	classified(".wh.a", NAME_WHITEOUT);
	classified("d/.wh.a", NAME_WHITEOUT);
	classified("d/.wh..a", NAME_WHITEOUT);
	classified(".wh..wh..opq", NAME_OPAQUE);
	classified("d/.wh..wh..opq", NAME_OPAQUE);
	classified(".wh..wh.plnk/x", NAME_AUFS);
	classified(".wh..wh.aufs", NAME_AUFS);
	classified("d/.wh..wh.aufs", NAME_AUFS);
	classified(".wh.", NAME_INVALID);
	classified("d/.wh..", NAME_INVALID);
	classified("d/.wh...", NAME_INVALID);
	classified(".wh.a/b", NAME_INVALID);
	classified("d/.wh.a/.wh.b", NAME_INVALID);
	return done_testing();
}
