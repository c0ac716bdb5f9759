/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/alone.h"

#include <errno.h>
#include <linux/keyctl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

int alone_leave_keyring(struct error *err)
{
	if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL, 0, 0, 0) >= 0 ||
	    errno == ENOSYS || errno == EPERM)
		return 0;
	error_errno(err, "cannot make a session keyring");
	return error_hint(err, "see /proc/key-users, and /proc/sys/kernel/keys/maxkeys");
}

/* Die with the caller. A caller that is dead already sends no signal any more, so its pidfd is
 * asked too. */
static int die_with_caller(const struct launch *l, struct error *err)
{
	struct pollfd parent = { .fd = l->parent, .events = POLLIN };

	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0)
		return error_errno(err, "cannot tie the container to its caller");
	return poll(&parent, 1, 0) == 1 ? error_set(err, ERROR_FAILED, "the caller was killed") : 0;
}

int alone_become(const struct launch *l, struct error *err)
{
	sigset_t none;

	if (l->mode == LAUNCH_FOREGROUND && die_with_caller(l, err) < 0)
		return -1;
	if (setsid() < 0)
		return error_errno(err, "cannot leave the caller's session");
	/* A container starts afresh: with no signal ignored, also from a job whose shell ignores
	 * SIGINT for it, and none blocked, also from a caller that waits for signals. */
	for (int i = 1; i < NSIG; i++)
		signal(i, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	l->page->init_takes_signals = true;
	umask(0);
	return 0;
}
