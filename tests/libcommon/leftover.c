/* SPDX-License-Identifier: Apache-2.0 */
/* What killed commands leave in a store: it is found, what is in use is told from it, and it goes. */
#include "tap.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/str.h"
#include "store/leftover.h"
#include "store/trash.h"
#include "store/volume_file.h"
#include "system/fd.h"
#include "system/lock.h"
#include "system/process_mark.h"
#include "system/tree.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define DIGITS "0123456789abcdef"
#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define BLOB "images/blobs/sha256/" HEX ".part"
#define NEW_BLOB "images/blobs/sha256/new-" DIGITS ".part"
#define LAYER "layers/0/sha256/" HEX ".part"

static char top[] = "/tmp/ctnr-leftover.XXXXXX";
static struct store store = STORE_INIT;
static struct error err;
static time_t later; /* seconds by which the clock is fast */

/* In place of the C library's: nobody can set the time of a file's last change. */
int clock_gettime(clockid_t clock, struct timespec *ret)
{
	int result = (int)syscall(SYS_clock_gettime, clock, ret);

	ret->tv_sec += later;
	return result;
}

static void make_dir(const char *path)
{
	if (dir_make_at(store.dirfd, path, 0700, &err) < 0)
		abort();
}

static void make_file(const char *path)
{
	int fd = openat(store.dirfd, path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0)
		abort();
	close(fd);
}

static bool is_there(const char *path)
{
	struct stat st;

	return fstatat(store.dirfd, path, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static int lock_path(const char *path)
{
	int fd = openat(store.dirfd, path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || lock_fd(fd, LOCK_EXCLUSIVE, LOCK_TRY) < 0)
		abort();
	return fd;
}

/* "KIND PATH[ in use]\n" for each. */
static int append_line(const struct leftover *leftover, void *data, struct error *error)
{
	(void)error;
	str_appendf(data, "%s %s%s\n", leftover_kind_names[leftover->kind], leftover->path,
		    leftover->in_use ? " in use" : "");
	return 0;
}

static int remove_leftover(const struct leftover *leftover, void *data, struct error *error)
{
	int result = leftover_remove(&store, leftover, error);

	*(int *)data += result > 0;
	return result < 0 ? -1 : 0;
}

static int stop_at_once(const struct leftover *leftover, void *data, struct error *error)
{
	(void)leftover;
	++*(int *)data;
	return error_set(error, ERROR_FAILED, "stop");
}

static void is_list(const char *wanted, const char *title)
{
	autostr struct str list = STR_INIT;

	ok(leftovers_each(&store, append_line, &list, &err) == 0, title);
	is_str(list.data, wanted, title);
}

/* Removes all; the number is of what went. */
static void is_removed(int wanted, const char *title)
{
	int removed = 0;

	is_int(leftovers_each(&store, remove_leftover, &removed, &err), 0, title);
	is_int(removed, wanted, title);
}

/* What no command left. */
static void make_others(void)
{
	make_dir("images/blobs/sha256");
	make_dir("layers/0/sha256/" HEX "/diff");
	make_dir("bundles/web/etc");
	make_dir("bundles/web/rootfs");
	make_dir("bundles/web/volumes/a.part");
	make_dir("bundles/web/volumes/.x.part");
	make_dir("bundles/.ephemeral");
	make_dir("volumes/v");
	make_dir("cache/refs");
	make_dir("cache/chains/sha256");
	make_dir("cache/seccomp");
	make_file("images/index.json");
	make_file("images/blobs/sha256/" HEX);
	make_file("bundles/web/disk.part");
	make_file("bundles/web/record.json");
	make_file("volumes/.v:owners");
	make_file("cache/refs/" DIGITS);
}

static void test_locked(void)
{
	int blob, layer, rootfs;

	make_file(BLOB);
	make_dir(LAYER "/diff");
	make_dir("bundles/web/rootfs.part/usr");
	blob = lock_path(BLOB);
	layer = lock_path(LAYER);
	rootfs = lock_path("bundles/web");
	is_list("blob " BLOB " in use\nlayer " LAYER " in use\n"
		"rootfs bundles/web/rootfs.part in use\n",
		"what is locked is in use");
	is_removed(0, "... and stays");
	ok(is_there(BLOB) && is_there(LAYER "/diff") && is_there("bundles/web/rootfs.part/usr"),
	   "... with all that is in it");
	close(blob);
	close(layer);
	close(rootfs);
	is_list("blob " BLOB "\nlayer " LAYER "\nrootfs bundles/web/rootfs.part\n",
		"without a lock it is left over");
	is_removed(3, "... and goes");
	is_list("", "... whole");
}

static int64_t now_less(int seconds)
{
	return clock_wall_ns() - seconds * CLOCK_NS;
}

/* Of a blob whose digest is known the next fetch makes use, of a new one nobody. */
static void test_wanted(void)
{
	const struct leftover known = { LEFTOVER_BLOB, BLOB, false };
	const struct leftover new = { LEFTOVER_BLOB, NEW_BLOB, false };
	int held;

	make_file(BLOB);
	make_file(NEW_BLOB);
	ok(leftover_is_wanted(&store, &known, now_less(60)), "a young part of a blob is wanted");
	ok(!leftover_is_wanted(&store, &known, now_less(-60)), "... an old one is not");
	ok(!leftover_is_wanted(&store, &new, now_less(60)),
	   "a new blob's part is not wanted, however young it is");
	held = lock_path(NEW_BLOB);
	is_list("blob " BLOB "\nblob " NEW_BLOB " in use\n", "... and in use while it is locked");
	is_removed(1, "... and stays");
	close(held);
	is_list("blob " NEW_BLOB "\n", "... and is left over without a lock");
	is_removed(1, "... and goes");
}

static void test_volume(void)
{
	int lock;

	make_dir("volumes/.n.part/usr");
	make_dir("volumes/.n.links");
	make_file("volumes/.n:owners");
	make_file("volumes/.n:owners.part");
	make_file("volumes/.n.lock");
	make_file("bundles/web/volumes/.srv.lock");
	make_dir("bundles/web/volumes/.srv.part");
	make_file("volumes/.v.lock");
	lock = lock_path("volumes/.n.lock");
	is_list("volume bundles/web/volumes/.srv.lock\nvolume bundles/web/volumes/.srv.part\n"
		"volume volumes/.n.links in use\nvolume volumes/.n.lock in use\n"
		"volume volumes/.n.part in use\nvolume volumes/.n:owners in use\n"
		"volume volumes/.n:owners.part in use\nvolume volumes/.v.lock\n",
		"what is beside a volume's lock is in use while that is locked");
	is_removed(2, "... and stays, while others go, each with all that belongs to it");
	close(lock);
	is_removed(1, "without the lock it goes");
	is_list("", "... whole");
	ok(is_there("volumes/v") && is_there("volumes/.v:owners"),
	   "a volume that is there keeps its owners");
	ok(is_there("bundles/web/volumes/.x.part"),
	   "what has such a name without a lock is a volume");
}

static void test_files(void)
{
	make_file("images/index.json.part");
	make_file("cache/refs/x." DIGITS ".part");
	make_file("cache/chains/sha256/y." DIGITS ".part");
	make_file("cache/images." DIGITS ".part");
	make_file("bundles/web/etc/hosts." DIGITS ".part");
	make_file("bundles/web/record.json." DIGITS ".part");
	make_file("bundles/.ephemeral/." DIGITS);
	is_removed(0, "a file that has just been written is in use");
	later = LEFTOVER_FILE_AGE + 1;
	is_list("file images/index.json.part\n"
		"file bundles/web/record.json." DIGITS ".part\n"
		"file bundles/web/etc/hosts." DIGITS ".part\n"
		"file bundles/.ephemeral/." DIGITS "\n"
		"file cache/images." DIGITS ".part\n"
		"file cache/refs/x." DIGITS ".part\n"
		"file cache/chains/sha256/y." DIGITS ".part\n",
		"after an hour it is left over");
	is_removed(7, "... and goes");
	is_list("", "... whole");
	ok(is_there("bundles/web/disk.part"), "a file of another name stays for ever");
	later = 0;
}

static void test_processes(void)
{
	autofree char *mark = process_mark(getpid(), &err);
	autofree char *trash = NULL;
	int stops = 0;

	make_dir("bundles/gone/rootfs.part");
	make_dir("bundles/mine");
	if (symlinkat("1 1 1 1", store.dirfd, "bundles/.ephemeral/gone") < 0 ||
	    symlinkat(mark, store.dirfd, "bundles/.ephemeral/mine") < 0)
		abort();
	make_dir("old");
	trash = trash_move(&store, store.dirfd, "old", &err);
	make_dir("trash/abandoned/usr");
	ok(leftovers_each(&store, stop_at_once, &stops, &err) < 0 && stops == 1,
	   "a caller can stop the search");
	is_removed(2, "trash and a bundle of processes that are gone go");
	ok(!is_there("trash/abandoned") && !is_there("bundles/gone") &&
		   !is_there("bundles/.ephemeral/gone"),
	   "... whole");
	ok(is_there(trash) && is_there("bundles/mine"), "... and those of a living one stay");
	trash_delete(&store, trash, &err);
}

static void test_names(void)
{
	enum volume_file file;
	autofree char *part = file_part_name("a/b");
	autofree char *owners = volume_file_name(VOLUME_FILE_OWNERS_PART, "data");
	autofree char *volume = volume_file_parse(owners, &file);

	ok(file_is_part(part), "a file's part has a name of its own");
	ok(!file_is_part("a.part") && !file_is_part(".0123.part") && !file_is_part(".part") &&
		   !file_is_part("." DIGITS ".part") && !file_is_part("x-" DIGITS ".part"),
	   "... which others have not");
	is_str(volume, "data", "a name beside a volume says which that is");
	is_int(file, VOLUME_FILE_OWNERS_PART, "... and for what it is");
	ok(!volume_file_parse("data", &file) && !volume_file_parse("x.part", &file) &&
		   !volume_file_parse(".part", &file) && !volume_file_parse(".x", &file),
	   "other names say nothing");
}

int main(void)
{
	autofree char *path = NULL;

	if (!mkdtemp(top))
		return EXIT_FAILURE;
	path = xasprintf("%s/store", top);
	if (store_open(path, STORE_WRITE, &store, &err) < 0)
		return EXIT_FAILURE;
	make_others();
	is_list("", "a store without leftovers has none");
	test_names();
	test_locked();
	test_wanted();
	test_volume();
	test_files();
	test_processes();
	ok(is_there("images/index.json") && is_there("images/blobs/sha256/" HEX) &&
		   is_there("layers/0/sha256/" HEX "/diff") && is_there("bundles/web/rootfs") &&
		   is_there("cache/refs/" DIGITS),
	   "what was no leftover is there");
	store_release(&store);
	tree_remove_at(AT_FDCWD, top, NULL);
	return done_testing();
}
