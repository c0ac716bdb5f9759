/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/hook.h"

#include "base/message.h"
#include "oci/runtime.h"
#include "store/state_json.h"
#include "system/process.h"

#include <linux/close_range.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

/* What a hook is told that the container does. */
static const enum state_status statuses[] = {
	[HOOK_PRESTART] = STATE_CREATING,         [HOOK_CREATE_RUNTIME] = STATE_CREATING,
	[HOOK_CREATE_CONTAINER] = STATE_CREATING, [HOOK_START_CONTAINER] = STATE_CREATED,
	[HOOK_POSTSTART] = STATE_RUNNING,         [HOOK_POSTSTOP] = STATE_STOPPED,
};

/* The last line of what a hook said, as it can stand in a message. */
static const char *last_line(struct str *said)
{
	const char *line;

	while (said->len && said->data[said->len - 1] == '\n')
		said->data[--said->len] = '\0';
	line = strrchr(said->data, '\n');
	return line ? line + 1 : said->data;
}

static int run_hook(const struct hook_config *hook, const char *state, const int *stop,
		    struct error *err)
{
	autostr struct str said = STR_INIT;
	char *const empty[] = { NULL };
	const struct process_exchange x = {
		.path = hook->path,
		.argv = hook->args.items,
		.env = hook->env.items ? hook->env.items : empty,
		.in = state,
		.in_len = strlen(state),
		.tail = &said,
		.timeout_ms = hook->timeout * 1000,
		.stop = stop,
		.leads_group = true,
	};
	int status = process_exchange(&x, NULL, err);
	const char *line = last_line(&said);

	if (status <= 0)
		return status;
	return error_set(err, ERROR_FAILED, "%s: it ended with status %d%s%s", hook->path, status,
			 *line ? ": " : "", line);
}

/* What stopped one hook is over: it does not stop the next. */
static void forget_stop(const int *stop)
{
	struct signalfd_siginfo info;

	if (stop && read(*stop, &info, sizeof(info)) < 0)
		return;
}

int hook_withhold_descriptors(struct error *err)
{
	return close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC) < 0
		       ? error_errno(err, "cannot keep our descriptors from hooks")
		       : 0;
}

/* What the hooks get on their stdin: new. */
static char *format_state(const struct hook_run *run)
{
	const struct state_view view = { run->subject.id, statuses[run->point], run->pid,
					 run->subject.bundle, run->subject.annotations };
	autojson json_t *state = state_to_json(&view);

	return json_format(state);
}

int hook_run_point(const struct hook_run *run, struct error *err)
{
	const struct hook_list *list = &run->subject.hooks->points[run->point];
	bool goes_on = run->point == HOOK_POSTSTART || run->point == HOOK_POSTSTOP;
	autofree char *text = list->len ? format_state(run) : NULL;

	for (size_t i = 0; i < list->len; i++) {
		struct error cause = { 0 };

		if (run_hook(&list->items[i], text, run->stop, &cause) == 0)
			continue;
		error_prefix(&cause, RUNTIME_CONFIG_FILE ": hooks.%s[%zu]",
			     hook_point_names[run->point], i);
		if (!goes_on)
			return error_move(err, &cause);
		message_warning("%s, going on", cause.message);
		forget_stop(run->stop);
	}
	return 0;
}

void hook_run_after(const struct hook_subject *subject, enum hook_point point, pid_t pid)
{
	const struct hook_run run = { .subject = *subject, .point = point, .pid = pid };

	if (!subject->hooks->points[point].len)
		return;
	/* A bundle that was deleted is no place to work in. */
	if (hook_withhold_descriptors(NULL) == 0 &&
	    (chdir(subject->bundle) == 0 || chdir("/") == 0))
		hook_run_point(&run, NULL);
}
