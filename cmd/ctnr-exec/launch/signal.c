/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/signal.h"

#include "base/str.h"
#include "system/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#define STATUS_MAX 8192

/* These signals are never passed on: they cannot be caught, our own faults raise them, or they
 * concern only this process. */
static bool is_ours(int number)
{
	static const int ours[] = { SIGKILL, SIGSTOP, SIGILL,  SIGBUS,  SIGFPE,
				    SIGSEGV, SIGTRAP, SIGSYS,  SIGCHLD, SIGCONT,
				    SIGTSTP, SIGTTIN, SIGTTOU, SIGPIPE, SIGABRT };

	for (size_t i = 0; i < array_size(ours); i++)
		if (number == ours[i])
			return true;
	return false;
}

int signals_take(bool terminal, struct error *err)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	for (int i = 1; i < SIGSYS; i++) {
		struct sigaction now;

		if (!is_ours(i) && sigaction(i, NULL, &now) == 0 && now.sa_handler != SIG_IGN)
			sigaddset(&set, i);
	}
	for (int i = SIGRTMIN; i <= SIGRTMAX; i++)
		sigaddset(&set, i);
	sigaddset(&set, SIGCHLD);
	if (terminal) {
		sigaddset(&set, SIGTSTP);
		sigaddset(&set, SIGCONT);
	}
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return error_errno(err, "cannot block signals");
	fd = signalfd(-1, &set, SFD_CLOEXEC);
	return fd < 0 ? error_errno(err, "cannot make a signalfd") : fd;
}

static uint64_t read_mask(const char *status, const char *name)
{
	const char *line = strstr(status, name);
	uint64_t mask = 0;

	if (line && sscanf(line + strlen(name), " %" SCNx64, &mask) != 1)
		mask = 0;
	return mask;
}

/* Returns the length, or -1. */
static ssize_t read_file(const char *path, char *text, size_t size)
{
	autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len = fd < 0 ? -1 : fd_read_full(fd, text, size - 1);

	text[len < 0 ? 0 : len] = '\0';
	return len;
}

/* Is the process in sigwait(3) or its kin? The signals that it waits for do not show as blocked
 * meanwhile. */
static bool waits_for_signals(pid_t pid)
{
	char path[32];
	char place[64];
	long number = 0;
	ssize_t len;

	/* The kernel may have been built without wchan; only the user of the process may read syscall. */
	snprintf(path, sizeof(path), "/proc/%d/wchan", (int)pid);
	len = read_file(path, place, sizeof(place));
	if (len > 1)
		return strstr(place, "sigtimedwait");
	snprintf(path, sizeof(path), "/proc/%d/syscall", (int)pid);
	return read_file(path, place, sizeof(place)) > 0 && sscanf(place, "%ld", &number) == 1 &&
	       number == SYS_rt_sigtimedwait;
}

enum signal_fate signal_fate(pid_t pid, int number)
{
	char path[32];
	char status[STATUS_MAX];
	uint64_t bit = UINT64_C(1) << (number - 1);

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	if (read_file(path, status, sizeof(status)) <= 0)
		return SIGNAL_TAKEN;
	if ((read_mask(status, "\nSigIgn:") | read_mask(status, "\nSigCgt:")) & bit)
		return SIGNAL_TAKEN;
	if (read_mask(status, "\nSigBlk:") & bit || waits_for_signals(pid))
		return SIGNAL_BLOCKED;
	return SIGNAL_LOST;
}
