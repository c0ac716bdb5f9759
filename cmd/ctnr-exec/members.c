/* SPDX-License-Identifier: Apache-2.0 */
#include "members.h"

#include "base/alloc.h"
#include "base/number.h"
#include "base/str.h"
#include "system/fd.h"
#include "system/process_mark.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define STATUS_MAX 8192 /* bytes of /proc/PID/status that are looked at */
#define NESTING_MAX \
	33 /* pid namespaces in each other: MAX_PID_NS_LEVEL of the kernel, and the first */
#define KILL_ROUNDS 200
#define KILL_PAUSE_USEC 5000

/* A namespace whose processes are the container's. */
struct membership {
	const char *type; /* "pid" or "mnt"; NULL: not known, init alone */
	int fd; /* keeps the namespace's inode its own */
	struct stat st;
	const char *mark; /* borrowed; of init */
	pid_t init;
};

static void membership_release(struct membership *m)
{
	fd_close(&m->fd);
}
#define automembership autocleanup(membership_release)

void members_release(struct members *members)
{
	if (members)
		free(steal(&members->pids));
}

static int open_namespace(pid_t pid, const char *type)
{
	char path[48];

	snprintf(path, sizeof(path), "/proc/%d/ns/%s", (int)pid, type);
	return open(path, O_RDONLY | O_CLOEXEC);
}

/* Is it the first process of its pid namespace? By the last number of NSpid in its status. */
static bool is_first_process(pid_t pid)
{
	autostr struct str text = STR_INIT;
	char path[48];
	const char *line, *number;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	if (file_read_at(AT_FDCWD, path, STATUS_MAX, &text, NULL) < 0)
		return false;
	line = strstr(text.data, "\nNSpid:");
	if (!line)
		return false;
	line++;
	line += strcspn(line, "\t");
	number = line;
	for (const char *p = line; *p && *p != '\n'; p++)
		if (*p == '\t')
			number = p + 1;
	return strncmp(number, "1\n", 2) == 0;
}

static int find_membership(const char *mark, struct membership *ret, struct error *err)
{
	enum process_fate fate = process_mark_fate(mark, NULL, &ret->init);

	ret->mark = mark;
	if (fate == PROCESS_ELSEWHERE)
		return error_set(err, ERROR_FAILED,
				 "its processes are of another pid namespace: ask from there");
	if (fate == PROCESS_GONE)
		return 0;
	ret->type = is_first_process(ret->init) ? "pid" : "mnt";
	ret->fd = open_namespace(ret->init, ret->type);
	if (ret->fd < 0 || fstat(ret->fd, &ret->st) < 0)
		ret->type = NULL;
	/* The pid may have become another's while its namespace was opened. */
	if (process_mark_fate(mark, NULL, NULL) == PROCESS_GONE)
		*ret = (struct membership) { .fd = ret->fd };
	return 0;
}

static bool is_namespace(int fd, const struct stat *wanted)
{
	struct stat st;

	return fstat(fd, &st) == 0 && st.st_ino == wanted->st_ino && st.st_dev == wanted->st_dev;
}

static bool is_member(const struct membership *m, pid_t pid)
{
	autoclose int fd = -EBADF;

	if (pid == m->init)
		return true;
	if (!m->type)
		return false;
	fd = open_namespace(pid, m->type);
	for (int i = 0; fd >= 0 && i < NESTING_MAX; i++) {
		int parent;

		if (is_namespace(fd, &m->st))
			return true;
		if (strcmp(m->type, "pid") != 0)
			return false;
		parent = ioctl(fd, NS_GET_PARENT);
		fd_close(&fd);
		fd = parent;
	}
	return false;
}

static int compare_pids(const void *a, const void *b)
{
	pid_t first = *(const pid_t *)a, second = *(const pid_t *)b;

	return first < second ? -1 : first > second;
}

static int list_members(const struct membership *m, struct members *ret, struct error *err)
{
	autostrlist struct strlist names = STRLIST_INIT;

	if (!m->init)
		return 0;
	if (dir_list_at(AT_FDCWD, "/proc", &names, err) < 0)
		return -1;
	ret->pids = xcalloc(names.len + 1, sizeof(*ret->pids));
	for (size_t i = 0; i < names.len; i++) {
		uint64_t pid;

		if (number_parse(names.items[i], INT32_MAX, &pid, NULL) == 0 &&
		    is_member(m, (pid_t)pid))
			ret->pids[ret->len++] = (pid_t)pid;
	}
	qsort(ret->pids, ret->len, sizeof(*ret->pids), compare_pids);
	return 0;
}

int members_list(const char *mark, struct members *ret, struct error *err)
{
	automembership struct membership m = { .fd = -EBADF };

	return find_membership(mark, &m, err) < 0 ? -1 : list_members(&m, ret, err);
}

/* A member is looked at once more when its pidfd is open: from then on its pid is not another's. Init is known
 * by its mark. */
static int signal_member(const struct membership *m, pid_t pid, int number, struct error *err)
{
	autoclose int pidfd =
		pid == m->init ? process_mark_open(m->mark) : (int)syscall(SYS_pidfd_open, pid, 0);

	if (pidfd < 0 || !is_member(m, pid))
		return 0;
	if (syscall(SYS_pidfd_send_signal, pidfd, number, NULL, 0) < 0 && errno != ESRCH)
		return error_errno(err, "cannot signal process %d", (int)pid);
	return 0;
}

static int signal_members(const struct membership *m, const struct members *members, int number,
			  struct error *err)
{
	for (size_t i = 0; i < members->len; i++)
		if (signal_member(m, members->pids[i], number, err) < 0)
			return -1;
	return 0;
}

int members_signal(const char *mark, int signal, struct error *err)
{
	automembership struct membership m = { .fd = -EBADF };
	automembers struct members members = MEMBERS_INIT;

	if (find_membership(mark, &m, err) < 0 || list_members(&m, &members, err) < 0)
		return -1;
	return signal_members(&m, &members, signal, err);
}

/* Processes that fork while they are killed take several rounds. */
static int kill_others(struct membership *m, struct error *err)
{
	for (int i = 0; i < KILL_ROUNDS; i++) {
		automembers struct members members = MEMBERS_INIT;

		if (list_members(m, &members, err) < 0)
			return -1;
		if (!members.len)
			return 0;
		if (signal_members(m, &members, SIGKILL, err) < 0)
			return -1;
		usleep(KILL_PAUSE_USEC);
	}
	return error_set(err, ERROR_FAILED, "some of its processes do not end");
}

int members_kill(const char *mark, struct error *err)
{
	automembership struct membership m = { .fd = -EBADF };

	if (find_membership(mark, &m, err) < 0 || process_mark_kill(mark, err) < 0)
		return -1;
	if (!m.type || strcmp(m.type, "pid") == 0)
		return 0;
	m.init = -1; /* nobody's, from here on */
	return kill_others(&m, err);
}
