/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/retry.h"

#include "base/number.h"

#include <stddef.h>
#include <stdint.h>

bool retry_is_temporary(long status)
{
	return status == 408 || status == 429 || (status >= 500 && status != 501);
}

int retry_delay(unsigned attempt, const char *retry_after)
{
	int delay = RETRY_DELAY_FIRST;
	uint64_t seconds;

	if (retry_after && number_parse(retry_after, UINT32_MAX, &seconds, NULL) == 0)
		return seconds < RETRY_DELAY_MAX / 1000 ? (int)seconds * 1000 : RETRY_DELAY_MAX;
	while (attempt-- > 0 && delay < RETRY_DELAY_MAX)
		delay *= 4;
	return delay < RETRY_DELAY_MAX ? delay : RETRY_DELAY_MAX;
}
