/* SPDX-License-Identifier: Apache-2.0 */
/* Removing trees: as deep and as wide as strangers like, and never more than the tree. */
#include "tap.h"

#include "base/alloc.h"
#include "system/fd.h"
#include "system/tree.h"

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

static void removes_deep_trees(void)
{
	struct rlimit limit;

	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = (rlim_t)topfd + 2 + TREE_OPEN_MAX;
	make_dir("deep");
	make_nested("deep", 25000);
	setrlimit(RLIMIT_NOFILE, &limit);
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
	struct error err = { 0 };
	int faults = 0;

	if (!can_mount() || chdir(top) < 0 ||
	    mount("outside", "mounted/a/b", NULL, MS_BIND, NULL) < 0)
		return NO_MOUNTS;
	if (tree_remove_at(topfd, "mounted", &err) == 0 || err.saved_errno != EBUSY)
		faults |= 1;
	if (tree_remove_at(AT_FDCWD, "mounted/a/b", NULL) == 0)
		faults |= 2;
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
