/* SPDX-License-Identifier: Apache-2.0 */
#include "verbs/start.h"

#include "verbs/select.h"

#include "system/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

const struct option start_options[] = {
	OPTION_INCLUDE(global_options, offsetof(struct start_opts, global)),
	OPTION_END,
};

/* Init has the FIFO open: without init there is no reader. */
static int write_fifo(const struct state_claim *container, struct error *err)
{
	autoclose int fifo =
		openat(container->fd, STATE_FIFO, O_WRONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);

	if (fifo >= 0 && fd_write_all(fifo, "", 1) == 0 &&
	    unlinkat(container->fd, STATE_FIFO, 0) == 0)
		return 0;
	if (errno == ENXIO)
		return error_set(err, ERROR_FAILED,
				 "cannot start container '%s': container not running",
				 container->id);
	return error_errno(err, "cannot start container '%s'", container->id);
}

int start_container(const void *opts_, const struct strlist *operands, struct error *err)
{
	const struct start_opts *opts = opts_;
	autostateroot struct state_root states = STATE_ROOT_INIT;
	autostateclaim struct state_claim container = STATE_CLAIM_INIT;
	const char *id = select_operand(operands, err);
	struct state state;

	if (!id || global_find_states(&opts->global, &states, err) < 0 ||
	    state_lock(&states, id, &container, &state, err) < 0)
		return -1;
	if (state.status != STATE_CREATED)
		return error_set(err, ERROR_FAILED,
				 "cannot start container '%s': it is %s, and not created", id,
				 state_status_names[state.status]);
	return write_fifo(&container, err);
}
