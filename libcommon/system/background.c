/* SPDX-License-Identifier: Apache-2.0 */
#include "system/background.h"

#include "system/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/ioprio.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NICE_MAX 19
#define KEPT_FD 3 /* behind the standard streams */

/* Have /dev/null as the standard streams, and fd alone behind them. Returns its number. */
static int replace_descriptors(int fd)
{
	int kept = fcntl(fd, F_DUPFD_CLOEXEC, KEPT_FD);
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (int i = 0; null >= 0 && i < KEPT_FD; i++)
		dup2(null, i);
	if (kept > KEPT_FD)
		kept = dup3(kept, KEPT_FD, O_CLOEXEC);
	close_range(kept < 0 ? KEPT_FD : KEPT_FD + 1, ~0U, 0);
	return kept < 0 ? -EBADF : kept;
}

static void step_back(const char *name)
{
	sigset_t none;

	setsid();
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	prctl(PR_SET_NAME, name, 0, 0, 0);
	setpriority(PRIO_PROCESS, 0, NICE_MAX);
	syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, IOPRIO_PRIO_VALUE(IOPRIO_CLASS_IDLE, 0));
	/* A failure leaves a directory in use. */
	if (chdir("/") < 0)
		return;
}

int background_start(const char *name, int fd, void (*work)(int fd, void *data), void *data,
		     struct error *err)
{
	pid_t pid = fork();

	if (pid < 0)
		return error_errno(err, "cannot fork");
	if (pid > 0)
		return 0;
	fd = replace_descriptors(fd);
	step_back(name);
	work(fd, data);
	_exit(0);
}
