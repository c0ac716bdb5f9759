/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"

#include "base/alloc.h"

#include <stdarg.h>

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
