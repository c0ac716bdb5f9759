/* SPDX-License-Identifier: Apache-2.0 */
#include "process/oom_score.h"

#include "process/procfs.h"

#include "base/alloc.h"
#include "base/message.h"
#include "system/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

static int write_score(int fd, int score)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", score);
	return pwrite(fd, text, strlen(text), 0) < 0 ? -1 : 0;
}

/* Only trying tells: the score that everybody may go down to is shown nowhere. */
int oom_score_prepare(struct process_config *process, struct error *err)
{
	autoclose int fd = -EBADF;
	char text[16] = "";
	int score;

	if (!process->has_oom_score)
		return 0;
	fd = open("/proc/self/oom_score_adj", O_RDWR | O_CLOEXEC);
	if (fd < 0 || fd_read_full(fd, text, sizeof(text) - 1) < 0)
		return error_errno(err, "process.oomScoreAdj: cannot read our own");
	score = (int)strtol(text, NULL, 10);
	if (process->oom_score >= score)
		return 0;
	if (write_score(fd, process->oom_score) == 0) {
		write_score(fd, score);
		return 0;
	}
	if (errno != EACCES)
		return error_errno(err, "cannot set process.oomScoreAdj to %d", process->oom_score);
	message_warning(
		"config.json: process.oomScoreAdj: %d needs CAP_SYS_RESOURCE, going on with %d",
		process->oom_score, score);
	process->has_oom_score = false;
	return 0;
}

int oom_score_apply(const struct process_config *process, pid_t pid, struct error *err)
{
	autofree char *path = NULL;
	char text[16];

	if (!process->has_oom_score)
		return 0;
	path = pid ? xasprintf("%d/oom_score_adj", (int)pid) : xstrdup("self/oom_score_adj");
	/* While a process is not dumpable its files in /proc belong to the host's root. */
	if (!pid)
		prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
	snprintf(text, sizeof(text), "%d", process->oom_score);
	return procfs_write(path, text, err) < 0 ? error_prefix(err, "process.oomScoreAdj") : 0;
}
