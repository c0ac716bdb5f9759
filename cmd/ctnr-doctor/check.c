/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"

#include "base/alloc.h"
#include "system/fd.h"
#include "system/process.h"

#include <fcntl.h>
#include <stdarg.h>
#include <unistd.h>

const char *const check_state_names[CHECK_STATE_MAX] = {
	[CHECK_OK] = "ok",
	[CHECK_WARN] = "warn",
	[CHECK_FAIL] = "fail",
};

void checklist_release(struct checklist *list)
{
	if (!list)
		return;
	for (size_t i = 0; i < list->len; i++) {
		free(list->items[i].text);
		free(list->items[i].hint);
	}
	free(list->items);
	*list = (struct checklist)CHECKLIST_INIT;
}

void check_add(struct checklist *list, const char *name, enum check_state state, const char *format,
	       ...)
{
	va_list args;

	va_start(args, format);
	list->items = xrealloc(list->items, list->len + 1, sizeof(*list->items));
	list->items[list->len++] = (struct check) {
		.name = name,
		.state = state,
		.text = xvasprintf(format, args),
	};
	va_end(args);
}

void check_hint(struct checklist *list, const char *format, ...)
{
	struct check *last = &list->items[list->len - 1];
	va_list args;

	va_start(args, format);
	free(last->hint);
	last->hint = xvasprintf(format, args);
	va_end(args);
}

bool checklist_has_failed(const struct checklist *list)
{
	for (size_t i = 0; i < list->len; i++)
		if (list->items[i].state == CHECK_FAIL)
			return true;
	return false;
}

int check_in_child(int (*attempt)(const struct host *host, struct error *err),
		   const struct host *host, struct error *err)
{
	struct error child_error = { 0 };
	int report[2];
	ssize_t got;
	pid_t child;

	if (pipe2(report, O_CLOEXEC) < 0)
		return error_errno(err, "cannot create a pipe");
	autoclose int report_read = report[0];
	autoclose int report_write = report[1];

	child = fork();
	if (child < 0)
		return error_errno(err, "cannot fork");
	if (child == 0) {
		if (attempt(host, &child_error) == 0)
			_exit(0);
		_exit(fd_write_all(report_write, &child_error, sizeof(child_error)) < 0 ? 2 : 1);
	}
	fd_close(&report_write);
	got = fd_read_full(report_read, &child_error, sizeof(child_error));
	if (process_wait(child, err) == 0)
		return 0;
	if (got != sizeof(child_error))
		return error_set(err, ERROR_FAILED, "the attempt was killed");
	return error_move(err, &child_error);
}
