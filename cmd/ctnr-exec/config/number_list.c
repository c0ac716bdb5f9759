/* SPDX-License-Identifier: Apache-2.0 */
#include "config/number_list.h"

#include "base/alloc.h"
#include "base/number.h"

#include <string.h>

/* One element: "7" or "0-3". */
static int add_range(const char *text, size_t len, struct number_list *ret, struct error *err)
{
	const size_t word = sizeof(unsigned long) * CHAR_BIT;
	autofree char *first = xstrndup(text, len);
	char *dash = strchr(first, '-');
	uint64_t from, to;

	if (dash)
		*dash++ = '\0';
	if (number_parse(first, NUMBER_LIST_MAX - 1, &from, err) < 0)
		return -1;
	to = from;
	if (dash && number_parse(dash, NUMBER_LIST_MAX - 1, &to, err) < 0)
		return -1;
	if (to < from)
		return error_set(err, ERROR_FAILED, "'%s-%s' ends before it begins", first, dash);
	for (; from <= to; from++)
		ret->bits[from / word] |= 1UL << from % word;
	ret->is_stated = true;
	return 0;
}

int number_list_read(const struct jnode *node, struct number_list *ret, struct error *err)
{
	struct error cause = { 0 };
	const char *text = "";

	if (jnode_string_opt(node, &text, err) < 0)
		return -1;
	if (!*text)
		return 0;
	for (;;) {
		size_t len = strcspn(text, ",");

		if (add_range(text, len, ret, &cause) < 0)
			return jnode_error(node, err, "%s", cause.message);
		if (!text[len])
			return 0;
		text += len + 1;
	}
}
