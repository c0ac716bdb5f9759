/* SPDX-License-Identifier: Apache-2.0 */
#include "system/process_mark.h"

#include "base/alloc.h"
#include "base/str.h"
#include "system/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define KILL_TIMEOUT_MSEC 10000
/* The inode of the initial time namespace: PROC_TIME_INIT_INO of the kernel's proc_ns.h. */
#define INITIAL_TIME_NAMESPACE 0xEFFFFFFAU
#define TIME_OFFSETS_MAX 1024 /* bytes of /proc/self/timens_offsets */
#define NSEC_PER_SEC INT64_C(1000000000)

/* What /proc/PID/stat says of a process. */
struct process_stat {
	char state;
	uint64_t threads; /* that have not been waited for */
	uint64_t start_time; /* clock ticks since the boot, in the initial time namespace */
};

/* Read a file of /proc of less than size bytes. Marks are made and compared several times in a start:
 * file_read_at() would take three calls and an allocation more. */
static int read_proc(const char *path, char *text, size_t size)
{
	autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len = fd < 0 ? -1 : read(fd, text, size - 1);

	text[len < 0 ? 0 : len] = '\0';
	return len < 0 ? -1 : 0;
}

int boot_id_read(char id[BOOT_ID_MAX], struct error *err)
{
	static const char path[] = "/proc/sys/kernel/random/boot_id";
	char text[BOOT_ID_MAX];
	size_t len;

	if (read_proc(path, text, sizeof(text)) < 0) {
		error_errno(err, "cannot read '%s'", path);
		return errno == ENOENT ? error_recode(err, ERROR_NOT_FOUND) : -1;
	}
	len = strspn(text, "0123456789abcdef-");
	if (len == 0)
		return error_set(err, ERROR_FAILED, "no boot ID in '%s'", path);
	memcpy(id, text, len);
	id[len] = '\0';
	return 0;
}

/* The pid namespace that our pids are in; 0 when /proc does not tell. */
static uint64_t read_pid_namespace(void)
{
	struct stat st;

	return stat("/proc/self/ns/pid", &st) < 0 ? 0 : (uint64_t)st.st_ino;
}

/* How many clock ticks our time namespace adds to every start time that it shows. */
static int64_t start_time_offset(void)
{
	autostr struct str text = STR_INIT;
	int64_t seconds = 0;
	int64_t nanoseconds = 0;
	const char *line;
	struct stat st;

	if (stat("/proc/self/ns/time", &st) < 0 || st.st_ino == INITIAL_TIME_NAMESPACE ||
	    file_read_at(AT_FDCWD, "/proc/self/timens_offsets", TIME_OFFSETS_MAX, &text, NULL) < 0)
		return 0;
	line = strstr(text.data, "boottime");
	if (!line || sscanf(line, "boottime %" SCNd64 " %" SCNd64, &seconds, &nanoseconds) != 2)
		return 0;
	return seconds * sysconf(_SC_CLK_TCK) + nanoseconds / (NSEC_PER_SEC / sysconf(_SC_CLK_TCK));
}

/* -1 when there is no such process, or none that we may see. */
static int read_stat(pid_t pid, struct process_stat *ret)
{
	char path[64];
	char text[1024];
	const char *fields;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	if (read_proc(path, text, sizeof(text)) < 0)
		return -1;
	/* The command's name in parentheses may hold anything; the third field follows the last
	 * ')'. Of proc_pid_stat(5) these are state (3), num_threads (20) and starttime (22). */
	fields = strrchr(text, ')');
	if (!fields ||
	    sscanf(fields,
		   ") %c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %" SCNu64
		   " %*s %" SCNu64,
		   &ret->state, &ret->threads, &ret->start_time) != 3)
		return -1;
	ret->start_time -= (uint64_t)start_time_offset();
	return 0;
}

char *process_mark(pid_t pid, struct error *err)
{
	struct process_stat stat;
	char boot_id[BOOT_ID_MAX];

	if (pid <= 0 || read_stat(pid, &stat) < 0) {
		error_set(err, ERROR_NOT_FOUND, "there is no process %d", (int)pid);
		return NULL;
	}
	if (boot_id_read(boot_id, err) < 0)
		return NULL;
	return xasprintf("%d %" PRIu64 " %s %" PRIu64, (int)pid, stat.start_time, boot_id,
			 read_pid_namespace());
}

static bool is_of_this_boot(const char *boot_id, struct process_scope *scope)
{
	/* A boot that cannot be told may be the present one. */
	if (!scope->boot_id[0] && boot_id_read(scope->boot_id, NULL) < 0)
		return true;
	return strcmp(boot_id, scope->boot_id) == 0;
}

static bool is_of_this_pid_namespace(uint64_t pid_namespace, struct process_scope *scope)
{
	if (!scope->pid_namespace)
		scope->pid_namespace = read_pid_namespace();
	return scope->pid_namespace && pid_namespace == scope->pid_namespace;
}

/* Is the process with that pid the one that started then, and not at its end? */
static bool is_alive(pid_t pid, uint64_t start_time)
{
	struct process_stat stat;

	/* /proc may hide the processes of other users (hidepid); kill(2) knows of them. */
	if (read_stat(pid, &stat) < 0)
		return kill(pid, 0) == 0 || errno == EPERM;
	if (stat.start_time != start_time || stat.state == 'X')
		return false;
	return stat.state != 'Z' || stat.threads > 1;
}

enum process_fate process_mark_fate(const char *mark, struct process_scope *scope, pid_t *ret_pid)
{
	struct process_scope own_scope = { 0 };
	char boot_id[BOOT_ID_MAX];
	uint64_t start_time;
	uint64_t pid_namespace;
	int pid;

	if (!scope)
		scope = &own_scope;
	if (ret_pid)
		*ret_pid = 0;
	if (sscanf(mark, "%d %" SCNu64 " %39s %" SCNu64, &pid, &start_time, boot_id,
		   &pid_namespace) != 4 ||
	    pid <= 0)
		return PROCESS_GONE;
	if (!is_of_this_pid_namespace(pid_namespace, scope))
		return is_of_this_boot(boot_id, scope) ? PROCESS_ELSEWHERE : PROCESS_GONE;
	if (!is_alive(pid, start_time) || !is_of_this_boot(boot_id, scope))
		return PROCESS_GONE;
	if (ret_pid)
		*ret_pid = pid;
	return PROCESS_ALIVE;
}

int process_mark_open(const char *mark)
{
	autoclose int fd = -EBADF;
	pid_t pid;
	enum process_fate fate = process_mark_fate(mark, NULL, &pid);

	if (fate == PROCESS_ALIVE) {
		fd = (int)syscall(SYS_pidfd_open, pid, 0);
		if (fd < 0)
			return -1;
		if (process_mark_fate(mark, NULL, NULL) == PROCESS_ALIVE)
			return fd_steal(&fd);
	}
	errno = fate == PROCESS_ELSEWHERE ? EXDEV : ESRCH;
	return -1;
}

int process_mark_kill(const char *mark, struct error *err)
{
	autoclose int pidfd = process_mark_open(mark);
	struct pollfd end = { .fd = pidfd, .events = POLLIN };
	int ended;

	if (pidfd < 0 && errno == ESRCH)
		return 0;
	if (pidfd < 0 && errno == EXDEV)
		return error_set(
			err, ERROR_FAILED,
			"its first process is of another pid namespace, and is killed there");
	if (pidfd < 0)
		return error_errno(err, "cannot open its first process");
	if (syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0) < 0 && errno != ESRCH)
		return error_errno(err, "cannot kill its first process");
	do
		ended = poll(&end, 1, KILL_TIMEOUT_MSEC);
	while (ended < 0 && errno == EINTR);
	if (ended < 0)
		return error_errno(err, "cannot wait for the end of its first process");
	return ended ? 0 : error_set(err, ERROR_FAILED, "its first process does not end");
}
