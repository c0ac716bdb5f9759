/* SPDX-License-Identifier: Apache-2.0 */
#include "verbs/select.h"

#include "base/message.h"

#include <regex.h>

const char *select_operand(const struct strlist *operands, struct error *err)
{
	if (operands->len == 1)
		return operands->items[0];
	error_set(err, ERROR_USAGE, operands->len ? "more than one operand" : "no container given");
	return NULL;
}

static int compile_regex(const char *text, regex_t *ret, struct error *err)
{
	char why[128];
	int fault = regcomp(ret, text, REG_EXTENDED | REG_NOSUB);

	if (!fault)
		return 0;
	regerror(fault, ret, why, sizeof(why));
	return error_set(err, ERROR_USAGE, "'%s' is no regular expression: %s", text, why);
}

/* The IDs that match, in order. */
static int match_ids(const struct state_root *states, const char *text, struct strlist *ret,
		     struct error *err)
{
	autostrlist struct strlist ids = STRLIST_INIT;
	regex_t regex;

	if (compile_regex(text, &regex, err) < 0)
		return -1;
	if (state_list(states->fd, &ids, err) < 0) {
		regfree(&regex);
		return -1;
	}
	for (size_t i = 0; i < ids.len; i++)
		if (regexec(&regex, ids.items[i], 0, NULL, 0) == 0)
			strlist_append(ret, ids.items[i]);
	regfree(&regex);
	return 0;
}

int select_containers(const struct state_root *states, const char *word, bool is_regex,
		      int (*each)(const char *id, void *data, struct error *err), void *data,
		      struct error *err)
{
	autostrlist struct strlist ids = STRLIST_INIT;
	int result = 0;

	if (!is_regex)
		return each(word, data, err);
	if (match_ids(states, word, &ids, err) < 0)
		return -1;
	for (size_t i = 0; i < ids.len; i++) {
		struct error cause = { 0 };

		/* A container that went away since the listing is none that was meant. */
		if (each(ids.items[i], data, &cause) == 0 || cause.code == ERROR_NOT_FOUND)
			continue;
		if (result < 0)
			message_error(&cause);
		else
			result = error_move(err, &cause);
	}
	return result;
}
