// SPDX-License-Identifier: Apache-2.0
// calls CALL...: makes each system call in a child of its own, and prints what became of it, one a line.
//
//	CALL is [HOW:]NAME[=ARGUMENT[,ARGUMENT]...] with the names below, which take no argument of their own
//	HOW is thread (in a second thread), traced (by this program), 32 (int 0x80) or x32
//
// A call that is let through returns 1 (getppid), or what it returns. Others are an errno's name, "killed",
// "trapped N" with the signal's errno, or "event N" for a tracer. "thread killed" leaves the child alive.
// Static, for containers that have no libc.
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

struct call {
	const char *how;
	long number;
	uint64_t arguments[6];
};

static const struct {
	const char *name;
	long number;
	long number_32;
} names[] = {
	{ "getppid", SYS_getppid, 64 }, { "getuid", SYS_getuid, 24 },
	{ "getgid", SYS_getgid, 47 },   { "geteuid", SYS_geteuid, 49 },
	{ "getegid", SYS_getegid, 50 },
};

static void parse_call(const char *text, struct call *ret)
{
	static char copy[512];
	char *name = copy, *value;

	snprintf(copy, sizeof(copy), "%s", text);
	*ret = (struct call) { .how = "", .number = -1 };
	if (strchr(name, ':'))
		ret->how = strsep(&name, ":");
	value = name;
	name = strsep(&value, "=");
	for (int i = 0; value && i < 6; i++)
		ret->arguments[i] = strtoull(strsep(&value, ","), NULL, 0);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i].name, name) == 0)
			ret->number =
				strcmp(ret->how, "32") == 0 ? names[i].number_32 : names[i].number;
}

static long make_call(const struct call *call)
{
	const uint64_t *a = call->arguments;
	long number = call->number;

#ifdef __x86_64__
	if (strcmp(call->how, "32") == 0) {
		long result;

		__asm__ volatile("int $0x80"
				 : "=a"(result)
				 : "a"(number), "b"(a[0]), "c"(a[1]), "d"(a[2]), "S"(a[3]),
				   "D"(a[4])
				 : "memory", "r8", "r9", "r10", "r11");
		result = (int)result;
		if (result < 0) {
			errno = (int)-result;
			result = -1;
		}
		return result;
	}
	if (strcmp(call->how, "x32") == 0)
		number |= 0x40000000;
#endif
	return syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

static void tell_result(long result)
{
	if (result >= 0)
		printf("%ld\n", result);
	else
		printf("%s\n", strerrorname_np(errno) ? strerrorname_np(errno) : "no errno");
	fflush(stdout);
}

static void trapped(int signal, siginfo_t *info, void *context)
{
	char text[32];
	int len = snprintf(text, sizeof(text), "trapped %d\n", info->si_errno);

	(void)signal;
	(void)context;
	_exit(write(1, text, (size_t)len) == len ? 0 : 1);
}

static void *run_thread(void *call)
{
	tell_result(make_call(call));
	return call;
}

static _Noreturn void run_child(struct call *call)
{
	const struct sigaction action = { .sa_sigaction = trapped, .sa_flags = SA_SIGINFO };
	pthread_t thread;
	void *result = NULL;

	sigaction(SIGSYS, &action, NULL);
	if (strcmp(call->how, "thread") == 0) {
		pthread_create(&thread, NULL, run_thread, call);
		/* A thread that is killed wakes the one that waits, as one that ends does. */
		pthread_join(thread, &result);
		if (!result)
			printf("thread killed\n");
		fflush(stdout);
		_exit(0);
	}
	if (strcmp(call->how, "traced") == 0) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
	}
	tell_result(make_call(call));
	_exit(0);
}

static void trace_child(pid_t pid)
{
	unsigned long data = 0;
	int status;

	waitpid(pid, &status, 0);
	ptrace(PTRACE_SETOPTIONS, pid, NULL, PTRACE_O_TRACESECCOMP | PTRACE_O_EXITKILL);
	ptrace(PTRACE_CONT, pid, NULL, NULL);
	while (waitpid(pid, &status, 0) == pid && WIFSTOPPED(status)) {
		if (status >> 8 == (SIGTRAP | PTRACE_EVENT_SECCOMP << 8)) {
			ptrace(PTRACE_GETEVENTMSG, pid, NULL, &data);
			printf("event %lu ", data);
			fflush(stdout);
		}
		ptrace(PTRACE_CONT, pid, NULL, NULL);
	}
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		struct call call;
		int status = 0;
		pid_t pid;

		parse_call(argv[i], &call);
		fflush(stdout);
		pid = fork();
		if (pid == 0)
			run_child(&call);
		if (strcmp(call.how, "traced") == 0)
			trace_child(pid);
		else
			waitpid(pid, &status, 0);
		if (WIFSIGNALED(status))
			printf("killed by %s\n", sigabbrev_np(WTERMSIG(status)));
	}
	return 0;
}
