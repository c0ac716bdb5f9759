/* SPDX-License-Identifier: Apache-2.0 */
#include "check/part.h"

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/number.h"

#include <stdlib.h>
#include <string.h>

#define DIGITS 8 /* of a digest that decide */

static int parse_numbers(const char *text, struct part *ret)
{
	const char *slash = strchr(text, '/');
	autofree char *number = xstrndup(text, strcspn(text, "/"));

	if (!slash || number_parse(number, PART_MAX, &ret->number, NULL) < 0 ||
	    number_parse(slash + 1, PART_MAX, &ret->of, NULL) < 0)
		return -1;
	return ret->number && ret->number <= ret->of ? 0 : -1;
}

int part_parse(const char *text, struct part *ret, struct error *err)
{
	struct part part = { 1, 1 };

	if (text && parse_numbers(text, &part) < 0) {
		error_set(err, ERROR_USAGE, "expected N/M, got '%s'", text);
		return error_hint(err, "3/7 is the third of seven parts; at most %d", PART_MAX);
	}
	*ret = part;
	return 0;
}

bool part_has(const struct part *part, const struct digest *digest)
{
	char digits[DIGITS + 1];
	uint64_t value;

	memcpy(digits, digest_hex(digest), DIGITS);
	digits[DIGITS] = '\0';
	value = strtoull(digits, NULL, 16);
	return ((value * part->of) >> (4 * DIGITS)) + 1 == part->number;
}
