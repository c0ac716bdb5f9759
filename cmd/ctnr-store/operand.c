/* SPDX-License-Identifier: Apache-2.0 */
#include "operand.h"

#include "base/message.h"

int operand_each(const struct strlist *operands,
		 int (*act)(const char *word, void *data, struct error *err), void *data,
		 struct error *err)
{
	int status = 0;

	if (operands->len == 1)
		return act(operands->items[0], data, err);
	for (size_t i = 0; i < operands->len; i++) {
		struct error cause = { 0 };

		if (act(operands->items[i], data, &cause) == 0)
			continue;
		message_error(&cause);
		if (!status)
			status = cause.code;
	}
	return status;
}
