/* SPDX-License-Identifier: Apache-2.0 */
#include "tap.h"

#include "base/alloc.h"
#include "layer/path_set.h"

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

/* How many of d/0 to d/99999 the set has. */
static int count_paths(const struct path_set *set)
{
	int n = 0;

	for (int i = 0; i < 100000; i++) {
		char path[32];

		snprintf(path, sizeof(path), "d/%d", i);
		n += path_set_has(set, path);
	}
	return n;
}

static void test_many(void)
{
	struct path_set set = { 0 };
	struct error err = { 0 };
	size_t n_slots = 0;

	for (int i = 0; i < 100000; i++) {
		char path[32];

		snprintf(path, sizeof(path), "d/%d", i);
		path_set_add(&set, path, &err);
	}
	is_int(count_paths(&set), 100000, "a set that has grown has all its paths");
	for (size_t i = 0; i < set.capacity; i++)
		n_slots += set.slots[i] != 0;
	ok(n_slots == set.len && set.len == 100001, "... each once");
	ok(!path_set_has(&set, "d/100000"), "... and no other");
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
