// SPDX-License-Identifier: Apache-2.0
// Prints what the kernel says to calls that the default seccomp profile is about: NAME ERRNO, one
// a line. Static, for containers that have no libc. Without a filter it changes nothing either:
// what would mount has no target.
#include <errno.h>
#include <linux/sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define UNKNOWN_CALL 4000

static void tell(const char *name, long result)
{
	printf("%s %s\n", name, result >= 0 ? "ok" : strerrorname_np(errno));
	fflush(stdout);
}

static long try_clone(unsigned long flags)
{
	long pid = syscall(SYS_clone, flags | 17, 0, 0, 0, 0);

	if (pid == 0)
		_exit(0);
	if (pid > 0)
		waitpid((pid_t)pid, NULL, 0);
	return pid;
}

#ifdef __x86_64__
// socketcall(SYS_SOCKET) of the 32-bit kernel interface; its arguments must be below 4 GiB.
static long try_socketcall(void)
{
	static unsigned arguments[3];
	long result;

	arguments[0] = AF_ALG;
	arguments[1] = SOCK_SEQPACKET;
	arguments[2] = 0;
	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"(102), "b"(1), "c"(arguments)
			 : "memory", "r8", "r9", "r10", "r11");
	if (result < 0) {
		errno = (int)-result;
		return -1;
	}
	return result;
}
#endif

int main(void)
{
	struct clone_args args = { .exit_signal = 17 };

	tell("AF_INET", socket(AF_INET, SOCK_STREAM, 0));
	tell("AF_NETLINK", socket(AF_NETLINK, SOCK_RAW, 0));
	tell("AF_ALG", socket(AF_ALG, SOCK_SEQPACKET, 0));
	tell("AF_ALG+high", syscall(SYS_socket, 0x100000000 | AF_ALG, SOCK_SEQPACKET, 0));
	tell("AF_VSOCK", socket(AF_VSOCK, SOCK_STREAM, 0));
#ifdef __x86_64__
	tell("socketcall", try_socketcall());
#endif
	tell("keyctl", syscall(SYS_keyctl, 0, -3, 0, 0, 0));
	tell("bpf", syscall(SYS_bpf, 0, NULL, 0));
	tell("userfaultfd", syscall(SYS_userfaultfd, 0));
	tell("io_uring", syscall(SYS_io_uring_setup, 1, NULL));
	tell("mount", mount("x", "/nosuch", "tmpfs", 0, NULL));
	tell("fsopen", syscall(SYS_fsopen, "tmpfs", 0));
	tell("clone", try_clone(0));
	tell("clone+user", try_clone(0x10000000));
	tell("clone3", syscall(SYS_clone3, &args, sizeof(args)) == 0 ? (_exit(0), 0) : -1);
	tell("personality", personality(0xffffffff));
	tell("unknown", syscall(UNKNOWN_CALL));
	return 0;
}
