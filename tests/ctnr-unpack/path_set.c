/* SPDX-License-Identifier: Apache-2.0 */
#include "tap.h"
#include "workers/layer/path_set.h"

#include "base/alloc.h"

static void test_parents(void)
{
	struct path_set set = { 0 };
	struct error err = { 0 };

	ok(!path_set_has(&set, "a"), "an empty set has no path");
	path_set_add(&set, "a/b/c", &err);
	ok(path_set_has(&set, "a/b/c") && path_set_has(&set, "a/b") && path_set_has(&set, "a"),
	   "a path is noted with its parents");
	ok(!path_set_has(&set, "b") && !path_set_has(&set, "a/b/c/d"), "... and nothing else");
	path_set_release(&set);
}

static void test_way(void)
{
	struct path_set set = { 0 };
	struct error err = { 0 };

	ok(!path_set_has_on_way(&set, "a/b"), "no way leads through an empty set");
	path_set_add_alone(&set, "a/b", &err);
	ok(!path_set_has(&set, "a"), "a path can be noted alone");
	ok(path_set_has_on_way(&set, "a/b") && path_set_has_on_way(&set, "a/b/c/d"),
	   "... and the ways to it and below it lead through it");
	ok(!path_set_has_on_way(&set, "a") && !path_set_has_on_way(&set, "a/bc"),
	   "... others do not");
	path_set_add_alone(&set, "", &err);
	ok(path_set_has_on_way(&set, "x"), "every way leads through the root");
	path_set_release(&set);
}

static void test_many(void)
{
	struct path_set set = { 0 };
	struct error err = { 0 };
	bool has_all = true;

	for (int i = 0; i < 100000; i++) {
		char path[32];

		snprintf(path, sizeof(path), "d/%d", i);
		path_set_add(&set, path, &err);
		has_all = has_all && path_set_has(&set, path);
	}
	ok(has_all && set.len == 100001, "a set grows");
	path_set_release(&set);
}

static void test_limit(void)
{
	/* As full as it may be, without the time for that. */
	struct path_set set = { .capacity = PATH_SET_MAX / 3 * 4, .len = PATH_SET_MAX - 2 };
	struct error err = { 0 };

	set.slots = xcalloc(set.capacity, sizeof(set.slots[0]));
	is_int(path_set_add(&set, "a/b", &err), 0, "a set can be filled to its limit");
	is_int(path_set_add(&set, "a/b", &err), 0, "... and what it has be added again");
	is_int(path_set_add(&set, "a/c", &err), -1, "... and no more");
	is_str(err.message, "the layer makes more than 12582912 paths, parents included",
	       "... which the error says");
	path_set_release(&set);
}

int main(void)
{
	test_parents();
	test_way();
	test_many();
	test_limit();
	return done_testing();
}
