/* SPDX-License-Identifier: Apache-2.0 */
#include "tap.h"

#include "system/path.h"

static void cleaned(const char *path, enum path_dotdot dotdot, const char *wanted)
{
	autostr struct str got = STR_INIT;
	char title[128];

	static const char *const names[] = { "kept", "refused", "folded" };

	snprintf(title, sizeof(title), "'%s' is '%s' where '..' is %s", path,
		 wanted ? wanted : "refused", names[dotdot]);
	is_str(path_clean(path, dotdot, &got) < 0 ? NULL : got.data, wanted, title);
}

static void is_normal(const char *path, const char *wanted)
{
	autofree char *got = path_normal(path);
	char title[128];

	snprintf(title, sizeof(title), "the normal form of '%s' is '%s'", path, wanted);
	is_str(got, wanted, title);
}

int main(void)
{
	autostr struct str prefixed = STR_INIT;

	for (int dotdot = PATH_DOTDOT_KEPT; dotdot <= PATH_DOTDOT_FOLDED; dotdot++) {
		cleaned("", dotdot, "");
		cleaned("/", dotdot, "");
		cleaned("a", dotdot, "a");
		cleaned("//a/./b/", dotdot, "a/b");
		cleaned("./.a/..b/c..", dotdot, ".a/..b/c..");
	}
	cleaned("/a/../b", PATH_DOTDOT_KEPT, "a/../b");
	cleaned("..", PATH_DOTDOT_KEPT, "..");
	cleaned("/a/../b", PATH_DOTDOT_REFUSED, NULL);
	cleaned("a/..", PATH_DOTDOT_REFUSED, NULL);
	cleaned("/a/../b", PATH_DOTDOT_FOLDED, "b");
	cleaned("/x/y/../../../etc/..", PATH_DOTDOT_FOLDED, "");
	cleaned("../a/b/..", PATH_DOTDOT_FOLDED, "a");
	str_append_char(&prefixed, '/');
	path_clean("../a/b", PATH_DOTDOT_FOLDED, &prefixed);
	is_str(prefixed.data, "/a/b", "the cleaned path is appended to what is there");
	is_normal("//a/./b/", "/a/b");
	is_normal("a/../b", "/a/../b");
	is_normal("/", "");
	ok(path_is_below("/a", "/a"), "a path is below itself");
	ok(path_is_below("/a/b", "/a"), "... and below its parent");
	ok(path_is_below("/a", ""), "... and below the root");
	ok(!path_is_below("/ab", "/a"), "... but not below what its name begins with");
	ok(!path_is_below("/a", "/a/b"), "... nor below its child");
	return done_testing();
}
