/* SPDX-License-Identifier: Apache-2.0 */
#include "verbs/start.h"

#include "verbs/kept_hooks.h"
#include "verbs/select.h"

#include "base/alloc.h"
#include "system/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <unistd.h>

const struct option start_options[] = {
	OPTION_INCLUDE(global_options, offsetof(struct start_opts, global)),
	OPTION_END,
};

/* Init has the FIFO open: without init there is no reader. Returns the FIFO, which has no name any more. */
static int write_fifo(const struct state_claim *container, struct error *err)
{
	autoclose int fifo =
		openat(container->fd, STATE_FIFO, O_WRONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);

	if (fifo >= 0 && fd_write_all(fifo, "", 1) == 0 &&
	    unlinkat(container->fd, STATE_FIFO, 0) == 0)
		return fd_steal(&fifo);
	if (errno == ENXIO)
		return error_set(err, ERROR_FAILED,
				 "cannot start container '%s': container not running",
				 container->id);
	return error_errno(err, "cannot start container '%s'", container->id);
}

/* Init holds the FIFO until it executes the command, or ends. What it leaves in the FIFO says why it has
 * ended (launch/detached.h). */
static int await_execution(const char *id, int fifo, struct error *err)
{
	autofree char *path = xasprintf("/proc/self/fd/%d", fifo);
	struct pollfd end = { .fd = fifo };
	autoclose int reader = -EBADF;
	char text[PIPE_BUF + 1];
	ssize_t len;

	while (poll(&end, 1, -1) < 0)
		if (errno != EINTR)
			return error_errno(err, "cannot wait for container '%s'", id);
	reader = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	len = reader < 0 ? -1 : read(reader, text, PIPE_BUF);
	if (len <= 0)
		return 0;
	text[len] = '\0';
	/* The byte of this start is there still. */
	if (!text[0])
		return error_set(err, ERROR_FAILED,
				 "cannot start container '%s': container not running", id);
	return error_set(err, ERROR_FAILED, "%s", text);
}

/* Start a container that has hooks. Other commands may change it while those are executed. */
static int start_with_hooks(const struct state_root *states, const struct state_claim *container,
			    pid_t pid, struct error *err)
{
	autokepthooks struct kept_hooks hooks = { 0 };
	autoclose int fifo = -EBADF;

	if (kept_hooks_read(states, container, &hooks, err) < 0)
		return error_prefix(err, "cannot start container '%s'", container->id);
	fifo = write_fifo(container, err);
	if (fifo < 0)
		return -1;
	state_unlock(container);
	if (!hooks.config.points[HOOK_START_CONTAINER].len &&
	    !hooks.config.points[HOOK_POSTSTART].len)
		return 0;
	if (await_execution(container->id, fifo, err) < 0)
		return -1;
	hook_run_after(&hooks.subject, HOOK_POSTSTART, pid);
	return 0;
}

int start_container(const void *opts_, const struct strlist *operands, struct error *err)
{
	const struct start_opts *opts = opts_;
	autostateroot struct state_root states = STATE_ROOT_INIT;
	autostateclaim struct state_claim container = STATE_CLAIM_INIT;
	const char *id = select_operand(operands, err);
	autoclose int fifo = -EBADF;
	struct state state;

	if (!id || global_find_states(&opts->global, &states, err) < 0 ||
	    state_lock(&states, id, &container, &state, err) < 0)
		return -1;
	if (state.status != STATE_CREATED)
		return error_set(err, ERROR_FAILED,
				 "cannot start container '%s': it is %s, and not created", id,
				 state_status_names[state.status]);
	if (state.has_hooks)
		return start_with_hooks(&states, &container, state.pid, err);
	fifo = write_fifo(&container, err);
	return fifo < 0 ? -1 : 0;
}
