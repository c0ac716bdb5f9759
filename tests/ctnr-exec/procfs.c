/* SPDX-License-Identifier: Apache-2.0 */
#include "process/procfs.h"
#include "tap.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

static void test_procfs(void)
{
	struct error err = { 0 };
	char text[16] = "";
	int fd;

	ok(procfs_write("self/oom_score_adj", "987", NULL) == 0, "a file of procfs is written");
	fd = open("/proc/self/oom_score_adj", O_RDONLY | O_CLOEXEC);
	ok(read(fd, text, sizeof(text) - 1) > 0, "... and can be read");
	close(fd);
	is_str(text, "987\n", "... and has that text");
	ok(procfs_write("self/oom_score_adj", "1001", &err) < 0,
	   "what the kernel refuses is an error");
	is_str(err.message, "cannot write to '/proc/self/oom_score_adj': Invalid argument",
	       "... by name");
	ok(procfs_write("self/nosuch", "1", &err) < 0 && err.saved_errno == ENOENT,
	   "a file that is not there is an error");
	ok(procfs_write("self", "1", &err) < 0, "a link is not followed");
}

/* Become root of a user namespace, with mounts of its own. */
static bool enter_namespaces(void)
{
	char uids[32], gids[32];

	snprintf(uids, sizeof(uids), "0 %u 1", getuid());
	snprintf(gids, sizeof(gids), "0 %u 1", getgid());
	return unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0 &&
	       procfs_write("self/setgroups", "deny", NULL) == 0 &&
	       procfs_write("self/uid_map", uids, NULL) == 0 &&
	       procfs_write("self/gid_map", gids, NULL) == 0 &&
	       mount(NULL, "/", NULL, MS_PRIVATE | MS_REC, NULL) == 0;
}

/* A file that another file system shows at the place, writable for everybody. */
static void test_other(void)
{
	struct error err = { 0 };
	struct stat st;
	int fd;

	if (!ok(enter_namespaces() && mount("tmpfs", "/proc", "tmpfs", 0, NULL) == 0 &&
			mkdir("/proc/self", 0777) == 0,
		"something else is mounted at /proc"))
		return;
	fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
	ok(fd >= 0, "... with a file of that name");
	ok(procfs_write("self/oom_score_adj", "1", &err) < 0, "... which is refused");
	is_str(err.message, "'/proc/self/oom_score_adj' is no file of procfs", "... and told");
	is_int(err.saved_errno, 0, "... as no failure of a call");
	ok(fstat(fd, &st) == 0 && st.st_size == 0, "... and is not written to");
	close(fd);
	/* A sanitizer that looks for leaks at the end does so through /proc. */
	ok(umount2("/proc", MNT_DETACH) == 0, "the file system of the host shows again");
}

int main(void)
{
	test_procfs();
	test_other();
	return done_testing();
}
