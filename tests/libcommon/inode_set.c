/* SPDX-License-Identifier: Apache-2.0 */
#include "tap.h"

#include "system/inode_set.h"

#include <malloc.h>
#include <stdlib.h>

#define N_FILES 10000U

static void test_members(void)
{
	autoinodeset struct inode_set set = INODE_SET_INIT;

	ok(!inode_set_has(&set, 1, 1), "nothing is in an empty set");
	ok(inode_set_find(&set, 1, 1) == INODE_SET_NONE, "... nor has a number");
	ok(inode_set_add(&set, 1, 1), "a file is added");
	ok(!inode_set_add(&set, 1, 1), "... once");
	ok(inode_set_add(&set, 2, 1) && inode_set_add(&set, 0, 0),
	   "that of another device is another one");
	ok(inode_set_has(&set, 2, 1) && !inode_set_has(&set, 1, 2), "what is in it is known");
	is_int((intmax_t)inode_set_find(&set, 0, 0), 2, "files are numbered as they come");
}

static void test_items(void)
{
	autoinodeset struct inode_set set = INODE_SET_INIT;
	ino_t *items = NULL;
	size_t number;
	bool are_zero = true;
	bool are_kept = true;

	for (size_t i = 0; i < N_FILES; i++) {
		/* Inodes that lie far apart, as their filesystems choose. */
		items = inode_set_add_item(&set, 7, (ino_t)i << 20, items, sizeof(items[0]),
					   &number);
		are_zero = are_zero && number == i && !items[number];
		items[number] = (ino_t)i << 20;
	}
	ok(are_zero, "the item of a new file is zero");
	for (size_t i = 0; i < N_FILES; i++) {
		items = inode_set_add_item(&set, 7, (ino_t)i << 20, items, sizeof(items[0]),
					   &number);
		are_kept = are_kept && number == i && items[number] == (ino_t)i << 20;
	}
	ok(are_kept && set.len == N_FILES,
	   "that of one that is there is the same, however many there are");
	free(items);
}

/* Each file is added twice, one by one, so that the set grows for one that it has. */
static void test_items_twice(void)
{
	autoinodeset struct inode_set set = INODE_SET_INIT;
	ino_t *items = NULL;
	size_t number;
	bool has_room = true;

	for (size_t i = 0; i < 2000 && has_room; i++) {
		items = inode_set_add_item(&set, 7, (ino_t)(i / 2) << 20, items, sizeof(items[0]),
					   &number);
		has_room = malloc_usable_size(items) >= set.capacity / 2 * sizeof(items[0]);
	}
	ok(has_room, "a set that grows for a file that it has has room for the next one");
	free(items);
}

int main(void)
{
	test_members();
	test_items();
	test_items_twice();
	return done_testing();
}
