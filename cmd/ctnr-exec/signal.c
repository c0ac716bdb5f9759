/* SPDX-License-Identifier: Apache-2.0 */
#include "signal.h"

#include "base/str.h"
#include "system/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define STATUS_MAX 8192

/* Never passed on: what cannot be caught, what our own faults raise, what concerns only us. */
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

int signals_take(bool terminal, sigset_t *ret_old, struct error *err)
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
	if (sigprocmask(SIG_BLOCK, &set, ret_old) < 0)
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

bool signal_would_be_lost(pid_t pid, int number)
{
	char path[32];
	char status[STATUS_MAX];
	autoclose int fd = -EBADF;
	ssize_t len;
	uint64_t cares;

	if (number != SIGHUP && number != SIGINT && number != SIGQUIT && number != SIGTERM)
		return false;
	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	len = fd < 0 ? -1 : fd_read_full(fd, status, sizeof(status) - 1);
	if (len <= 0)
		return false;
	status[len] = '\0';
	cares = read_mask(status, "\nSigBlk:") | read_mask(status, "\nSigIgn:") |
		read_mask(status, "\nSigCgt:");
	return !(cares >> (number - 1) & 1);
}
