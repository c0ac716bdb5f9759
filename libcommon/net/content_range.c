/* SPDX-License-Identifier: Apache-2.0 */
#include "net/content_range.h"

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/number.h"

#include <string.h>
#include <strings.h>

bool content_range_start(const char *value, uint64_t *ret)
{
	static const char unit[] = "bytes ";
	autofree char *digits = NULL;

	if (!value || strncasecmp(value, unit, sizeof(unit) - 1) != 0)
		return false;
	value += sizeof(unit) - 1;
	digits = xstrndup(value, strspn(value, "0123456789"));
	return value[strlen(digits)] == '-' && number_parse(digits, UINT64_MAX, ret, NULL) == 0;
}
