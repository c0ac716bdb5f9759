/* SPDX-License-Identifier: Apache-2.0 */
/* Marks: processes that live, have ended, wait for their parent, or are of another place or time. */
#include "tap.h"

#include "base/alloc.h"
#include "base/cleanup.h"
#include "system/process_mark.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static struct error err;

static const char *const fate_names[] = { "gone", "alive", "elsewhere" };

static void is_fate(const char *mark, enum process_fate wanted, const char *title)
{
	is_str(fate_names[process_mark_fate(mark ? mark : "", NULL, NULL)], fate_names[wanted],
	       title);
}

/* The state of a process in /proc/PID/stat, of its first thread. */
static char state_of(pid_t pid)
{
	char path[64];
	char state = '?';
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	file = fopen(path, "re");
	if (!file)
		return '?';
	if (fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
		state = '?';
	fclose(file);
	return state;
}

static bool becomes_zombie(pid_t pid)
{
	for (int i = 0; i < 1000; i++) {
		if (state_of(pid) == 'Z')
			return true;
		usleep(10000);
	}
	return false;
}

static void *sleep_for_long(void *data)
{
	sleep(1000);
	return data;
}

/* A child that waits for being killed; with_thread: its first thread ends at once, and another
 * goes on. */
static pid_t start_child(bool with_thread)
{
	pid_t pid = fork();
	pthread_t thread;

	if (pid)
		return pid;
	if (with_thread && pthread_create(&thread, NULL, sleep_for_long, NULL) == 0)
		syscall(SYS_exit, 0);
	sleep(1000);
	_exit(0);
}

static void test_own(void)
{
	autofree char *mark = process_mark(getpid(), &err);
	struct process_scope scope = { 0 };
	char boot_id[BOOT_ID_MAX];
	pid_t pid = 0;

	is_int(boot_id_read(boot_id, &err), 0, "the boot has an ID");
	ok(mark && strstr(mark, boot_id), "... which is in our mark");
	is_int(process_mark_fate(mark, &scope, &pid), PROCESS_ALIVE, "our own process is alive");
	is_int(pid, getpid(), "... and its pid is told");
	is_int(process_mark_fate(mark, &scope, NULL), PROCESS_ALIVE, "... each time");
	ok(process_mark(0x7ffffff, &err) == NULL && err.code == ERROR_NOT_FOUND,
	   "a process that is not there has no mark");
	ok(process_mark(0, &err) == NULL && process_mark(-1, &err) == NULL,
	   "what is no pid has none either");
}

/* Our mark with one of its four words changed. */
static void test_changed(void)
{
	autofree char *mark = process_mark(getpid(), &err);
	static const char other_boot[] = "00000000-0000-4000-8000-000000000000";
	unsigned long long start_time = 0;
	unsigned long long namespace = 0;
	char boot_id[BOOT_ID_MAX] = "";
	struct process_scope scope = { 0 };
	pid_t pid = 1;
	autofree char *restarted = NULL;
	autofree char *rebooted = NULL;
	autofree char *elsewhere = NULL;
	autofree char *elsewhere_rebooted = NULL;

	ok(sscanf(mark, "%*d %llu %39s %llu", &start_time, boot_id, &namespace) == 3,
	   "a mark has four words");
	restarted = xasprintf("%d %llu %s %llu", (int)getpid(), start_time - 1, boot_id, namespace);
	is_fate(restarted, PROCESS_GONE, "another process with the same pid is gone");
	rebooted = xasprintf("%d %llu %s %llu", (int)getpid(), start_time, other_boot, namespace);
	is_fate(rebooted, PROCESS_GONE, "a process of another boot is gone");
	elsewhere = xasprintf("%d 1 %s %llu", (int)getpid(), boot_id, namespace + 1);
	is_int(process_mark_fate(elsewhere, &scope, &pid), PROCESS_ELSEWHERE,
	       "a process of another pid namespace is elsewhere");
	is_int(pid, 0, "... and has no pid here");
	elsewhere_rebooted = xasprintf("%d 1 %s %llu", (int)getpid(), other_boot, namespace + 1);
	is_fate(elsewhere_rebooted, PROCESS_GONE, "... but not after another boot");
}

static void test_garbage(void)
{
	static const char *const texts[] = { "",      "garbage",  "1",       "1 2",
					     "1 2 3", "-1 2 3 4", "0 2 3 4", "x 2 3 4" };

	for (size_t i = 0; i < array_size(texts); i++) {
		autofree char *title = xasprintf("'%s' belongs to nobody", texts[i]);

		is_fate(texts[i], PROCESS_GONE, title);
	}
}

static void test_ended(void)
{
	pid_t child = start_child(false);
	autofree char *mark = process_mark(child, &err);

	is_fate(mark, PROCESS_ALIVE, "a child is alive");
	kill(child, SIGKILL);
	ok(becomes_zombie(child), "a killed child waits for its parent");
	is_fate(mark, PROCESS_GONE, "... and is gone");
	free(mark);
	mark = process_mark(child, &err);
	is_fate(mark, PROCESS_GONE, "... also when its mark was made only now");
	waitpid(child, NULL, 0);
	is_fate(mark, PROCESS_GONE, "a child that was waited for is gone");
}

static void test_first_thread_ended(void)
{
	pid_t child = start_child(true);
	autofree char *mark = process_mark(child, &err);

	ok(becomes_zombie(child), "the first thread of a process ends alone");
	is_fate(mark, PROCESS_ALIVE, "... and the process is alive by its other thread");
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	is_fate(mark, PROCESS_GONE, "... until that ends too");
}

/* In a new time namespace, which shows start times that differ by hours: the mark that was made
 * outside means the same process, and so does one that is made inside. */
static int look_from_other_time(const char *mark)
{
	static const char offset[] = "boottime 7200 0";
	int fd;

	if (unshare(CLONE_NEWUSER | CLONE_NEWTIME) < 0)
		return 77;
	fd = open("/proc/self/timens_offsets", O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, offset, strlen(offset)) < 0)
		return 77;
	close(fd);
	if (fork() == 0) {
		autofree char *own = process_mark(getppid(), &err);

		_exit(process_mark_fate(mark, NULL, NULL) != PROCESS_ALIVE ? 1
		      : !own || strcmp(own, mark) != 0                     ? 2
									   : 0);
	}
	waitpid(-1, &fd, 0);
	return WEXITSTATUS(fd);
}

static void test_time_namespace(void)
{
	pid_t child = fork();
	int status = -1;

	if (child == 0) {
		char *mark = process_mark(getpid(), &err);

		_exit(mark ? look_from_other_time(mark) : 3);
	}
	waitpid(child, &status, 0);
	if (WEXITSTATUS(status) == 77)
		printf("ok %d - marks in a time namespace # SKIP USERNS\n", ++tap_count);
	else
		is_int(WEXITSTATUS(status), 0, "marks are the same in every time namespace");
}

int main(void)
{
	test_own();
	test_changed();
	test_garbage();
	test_ended();
	test_first_thread_ended();
	test_time_namespace();
	return done_testing();
}
