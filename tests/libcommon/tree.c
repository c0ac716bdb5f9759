/* SPDX-License-Identifier: Apache-2.0 */
/* Removing and measuring trees: as deep and as wide as strangers like, and never more than the tree. */
#include "tap.h"

#include "base/alloc.h"
#include "system/fd.h"
#include "system/tree.h"
#include "system/tree_usage.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define NO_MOUNTS 64 /* a child's status: the test could not be prepared */

/* In memory where that can be: ext4 without a journal makes many directories slowly. */
static char in_memory[] = "/dev/shm/ctnr-tree.XXXXXX";
static char on_disk[] = "/tmp/ctnr-tree.XXXXXX";
static const char *top;
static int topfd;

/* Directories read, and what to do amid one of them. */
static size_t n_reads;
static size_t move_at;

/* In place of the C library's. */
ssize_t getdents64(int fd, void *buffer, size_t size)
{
	if (++n_reads == move_at && renameat(topfd, "moving/x/x", topfd, "outside/x") < 0)
		abort();
	return syscall(SYS_getdents64, fd, buffer, size);
}

static void make_dir(const char *path)
{
	if (mkdirat(topfd, path, 0755) < 0)
		abort();
}

static void make_file(const char *path)
{
	close(openat(topfd, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
}

/* Nested directories "x", so many below path, the first hundred with a file beside. */
static void make_nested(const char *path, size_t depth)
{
	int fd = openat(topfd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	for (size_t i = 0; i < depth; i++) {
		int child;

		if (i < 100)
			close(openat(fd, "f", O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
		if (mkdirat(fd, "x", 0755) < 0)
			abort();
		child = openat(fd, "x", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		close(fd);
		fd = child;
	}
	close(fd);
}

static bool is_there(const char *path)
{
	return faccessat(topfd, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static void removes(const char *path, const char *title)
{
	struct error err = { 0 };

	if (!ok(tree_remove_at(topfd, path, &err) == 0 && !is_there(path), title))
		printf("# %s\n", err.message);
}

/* What du(1) says of a tree. */
static uint64_t du(const char *path)
{
	autofree char *command = xasprintf("du -s --block-size=1 %s/%s", top, path);
	unsigned long long bytes = 0;
	FILE *out = popen(command, "r");

	if (!out || fscanf(out, "%llu", &bytes) != 1 || pclose(out) != 0)
		abort();
	return bytes;
}

static void measures(const char *path, const char *title)
{
	autoinodeset struct inode_set seen = INODE_SET_INIT;
	struct error err = { 0 };
	uint64_t bytes = 0;

	if (tree_usage_add(topfd, path, &seen, &bytes, &err) < 0)
		printf("# %s\n", err.message);
	is_int((long long)bytes, (long long)du(path), title);
}

/* Bytes that are really there, and as many in a hole. */
static void make_content_at(int dirfd, const char *path)
{
	int fd = openat(dirfd, path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	char page[4096];

	memset(page, 'x', sizeof(page));
	for (off_t at = 0; at < 64; at += 2)
		if (pwrite(fd, page, sizeof(page), at * (off_t)sizeof(page)) < 0)
			abort();
	close(fd);
}

static void make_content(const char *path)
{
	make_content_at(topfd, path);
}

/* On the disk: of a file in memory everything is there at once. */
static void measures_unwritten_files(void)
{
	static char place[] = "/tmp/ctnr-tree.XXXXXX";
	autoinodeset struct inode_set seen = INODE_SET_INIT;
	autoclose int fd = mkdtemp(place) ? open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	uint64_t before = 0;
	uint64_t after = 0;

	if (fd < 0)
		abort();
	make_content_at(fd, "sparse");
	tree_usage_add_state(fd, "sparse", TREE_USAGE_UNWRITTEN, &seen, &before, NULL);
	syncfs(fd);
	tree_usage_add(fd, "sparse", &seen, &after, NULL);
	ok(before == after || !tree_usage_is_known_early(fd),
	   "a file of many extents takes as much before it is written as afterwards");
	tree_remove_at(AT_FDCWD, place, NULL);
}

static void measures_what_du_measures(void)
{
	autoinodeset struct inode_set seen = INODE_SET_INIT;
	uint64_t bytes = 0;
	uint64_t again = 0;

	make_dir("measured");
	make_dir("measured/a");
	make_nested("measured/a", 3);
	make_content("measured/sparse");
	if (linkat(topfd, "measured/sparse", topfd, "measured/a/sparse", 0) < 0 ||
	    symlinkat("../outside", topfd, "measured/out") < 0)
		abort();
	measures("measured", "a tree takes what du says: holes nothing, hard links once");
	measures("measured/sparse", "... and so does a file");
	tree_usage_add(topfd, "measured/sparse", &seen, &bytes, NULL);
	tree_usage_add(topfd, "measured/a/sparse", &seen, &again, NULL);
	ok(bytes > 0 && again == 0, "a file that was counted in one tree is not in the next");
	tree_usage_add(topfd, "nothing", &seen, &again, NULL);
	tree_usage_add(topfd, "measured/out", &seen, &again, NULL);
	ok(again < bytes, "what is not there takes nothing, and no link is followed");
	removes("measured", "a tree is removed after that");
}

static void measures_closed_directories(void)
{
	autoinodeset struct inode_set seen = INODE_SET_INIT;
	struct error err = { 0 };
	uint64_t bytes = 0;

	if (geteuid() == 0)
		return;
	make_dir("secret");
	make_nested("secret", 2);
	make_content("secret/z");
	if (fchmodat(topfd, "secret/x", 0, 0) < 0)
		abort();
	is_int(tree_usage_add(topfd, "secret", &seen, &bytes, &err), -1,
	       "a directory that cannot be read is an error");
	is_str(err.message, "cannot open directory 'x': Permission denied", "... which names it");
	ok(bytes >= 32 * 4096, "... and all else is counted");
	removes("secret", "a tree with a directory that cannot be read is removed");
}

static void removes_deep_trees(void)
{
	autoinodeset struct inode_set seen = INODE_SET_INIT;
	struct rlimit limit;
	uint64_t bytes = 0;

	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = (rlim_t)topfd + 2 + TREE_OPEN_MAX;
	make_dir("deep");
	make_nested("deep", 25000);
	setrlimit(RLIMIT_NOFILE, &limit);
	is_int(tree_usage_add(topfd, "deep", &seen, &bytes, NULL), 0,
	       "25,000 nested directories are measured with few descriptors");
	removes("deep", "25,000 nested directories are removed with few descriptors");
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

static size_t reads_of_wide_tree(size_t width)
{
	make_dir("wide");
	for (size_t i = 0; i < width; i++) {
		char path[32];

		snprintf(path, sizeof(path), "wide/%zu", i);
		make_dir(path);
		make_nested(path, TREE_OPEN_MAX);
	}
	n_reads = 0;
	removes("wide", "a wide tree is removed");
	return n_reads;
}

static void removes_wide_trees(void)
{
	size_t few = reads_of_wide_tree(20);
	size_t many = reads_of_wide_tree(80);

	ok(many < 5 * few, "... and reading costs as much as there are directories");
}

static void removes_closed_directories(void)
{
	make_dir("closed");
	make_nested("closed", 3);
	if (fchmodat(topfd, "closed/x/x", 0, 0) < 0 || fchmodat(topfd, "closed/x", 0, 0) < 0)
		abort();
	removes("closed", "directories without permissions are opened up");
	removes("nothing", "nothing is removed already");
}

static void spares_what_links_lead_to(void)
{
	make_dir("links");
	if (symlinkat("../outside", topfd, "links/out") < 0 ||
	    symlinkat("links/out", topfd, "link") < 0)
		abort();
	removes("links", "a symlink in the tree is removed");
	removes("link", "... so is one that is the tree");
	ok(is_there("outside/file"), "... but nothing that they lead to");
}

/* What comes back from a directory that was moved away is no longer in the tree. */
static void spares_what_it_was_moved_to(void)
{
	struct error err = { 0 };

	make_dir("moving");
	make_nested("moving", 40);
	n_reads = 0;
	move_at = 60; /* near the end of the way down, after two for each directory */
	is_int(tree_remove_at(topfd, "moving", &err), -1,
	       "a tree of which a part is moved away meanwhile is an error");
	is_str(err.message, "'x' was moved while it was removed", "... which says so");
	ok(is_there("outside/file") && is_there("moving"), "... and nothing else is removed");
	move_at = 0;
	removes("moving", "... the rest is removed the next time");
}

static int write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int result = fd < 0 || write(fd, text, strlen(text)) < 0 ? -1 : 0;

	close(fd);
	return result;
}

static bool can_mount(void)
{
	char map[64];

	snprintf(map, sizeof(map), "0 %u 1", geteuid());
	if (geteuid() == 0)
		return unshare(CLONE_NEWNS) == 0 &&
		       mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
	return unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0 &&
	       write_file("/proc/self/uid_map", map) == 0;
}

/* In a child, which has a mount namespace of its own. Its status is a bit for each fault. */
static int meet_mounts(void)
{
	autoinodeset struct inode_set seen = INODE_SET_INIT;
	uint64_t bytes = 0;
	struct error err = { 0 };
	int faults = 0;

	if (!can_mount() || chdir(top) < 0 ||
	    mount("outside", "mounted/a/b", NULL, MS_BIND, NULL) < 0)
		return NO_MOUNTS;
	if (tree_remove_at(topfd, "mounted", &err) == 0 || err.saved_errno != EBUSY)
		faults |= 1;
	if (tree_remove_at(AT_FDCWD, "mounted/a/b", NULL) == 0)
		faults |= 2;
	if (tree_usage_add(topfd, "mounted", &seen, &bytes, NULL) < 0 || bytes >= du("outside"))
		faults |= 8;
	if (!is_there("outside/file"))
		faults |= 4;
	return faults;
}

static void spares_mounts(void)
{
	int status;
	pid_t pid;

	make_dir("mounted");
	make_dir("mounted/a");
	make_dir("mounted/a/b");
	pid = fork();
	if (pid == 0)
		_exit(meet_mounts());
	waitpid(pid, &status, 0);
	status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	ok(!(status & (NO_MOUNTS | 1)), "a mount of the same filesystem below a tree is an error");
	ok(!(status & (NO_MOUNTS | 2)), "... and so is one that is the tree");
	ok(!(status & (NO_MOUNTS | 4)), "... and what is mounted stays");
	ok(!(status & (NO_MOUNTS | 8)), "... and is not counted");
	removes("mounted", "... which is over with the mount");
}

int main(void)
{
	top = mkdtemp(in_memory);
	if (!top)
		top = mkdtemp(on_disk);
	if (!top)
		abort();
	topfd = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	make_dir("outside");
	make_file("outside/file");
	make_content("outside/content");
	measures_what_du_measures();
	measures_closed_directories();
	measures_unwritten_files();
	removes_deep_trees();
	removes_wide_trees();
	removes_closed_directories();
	spares_what_links_lead_to();
	spares_what_it_was_moved_to();
	spares_mounts();
	close(topfd);
	tree_remove_at(AT_FDCWD, top, NULL);
	return done_testing();
}
