/* SPDX-License-Identifier: Apache-2.0 */
#include "verbs/kill.h"

#include "members.h"
#include "verbs/select.h"

#include "system/fd.h"
#include "system/process_mark.h"
#include "system/signal_name.h"

#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

const struct option kill_options[] = {
	{ "all", 'a', NULL, "every process of the container; one that is stopped is no error",
	  OPTION_BOOL, offsetof(struct kill_opts, all), NULL },
	{ "regex", 'r', NULL, "the operand is a regular expression that IDs match", OPTION_BOOL,
	  offsetof(struct kill_opts, regex), NULL },
	OPTION_INCLUDE(global_options, offsetof(struct kill_opts, global)),
	OPTION_END,
};

/* What is to be sent, and to whom. */
struct kill_request {
	const struct state_root *states;
	int signal;
	bool all;
};

static int signal_process(const char *id, const char *mark, int number, struct error *err)
{
	autoclose int pidfd = process_mark_open(mark);

	if (pidfd >= 0 && syscall(SYS_pidfd_send_signal, pidfd, number, NULL, 0) == 0)
		return 0;
	if (errno == ESRCH)
		return error_set(err, ERROR_FAILED, "container '%s': process already finished", id);
	if (errno == EXDEV)
		return error_set(err, ERROR_FAILED,
				 "container '%s' is of another pid namespace, and is killed there",
				 id);
	return error_errno(err, "cannot signal container '%s'", id);
}

static int kill_one(const char *id, void *data, struct error *err)
{
	const struct kill_request *request = data;
	struct state state;

	if (state_read(request->states->fd, id, &state, err) < 0)
		return -1;
	if (state.status == STATE_CREATED || state.status == STATE_RUNNING)
		return request->all ? members_signal(state.mark, request->signal, err)
				    : signal_process(id, state.mark, request->signal, err);
	if (request->all)
		return 0;
	return error_set(err, ERROR_FAILED, "'%s': container not running", id);
}

int kill_container(const void *opts_, const struct strlist *operands, struct error *err)
{
	const struct kill_opts *opts = opts_;
	autostateroot struct state_root states = STATE_ROOT_INIT;
	struct kill_request request = { .states = &states, .all = opts->all };

	if (operands->len < 1 || operands->len > 2)
		return error_set(err, ERROR_USAGE,
				 operands->len ? "more than an ID and a signal"
					       : "no container given");
	request.signal = operands->len == 2 ? signal_name_parse(operands->items[1], err) : SIGTERM;
	if (request.signal < 0 || global_find_states(&opts->global, &states, err) < 0)
		return -1;
	return select_containers(&states, operands->items[0], opts->regex, kill_one, &request, err);
}
