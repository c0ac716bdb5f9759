/* SPDX-License-Identifier: Apache-2.0 */
/* Headers that say when and what: Retry-After and Content-Range, as a registry sends them. */
#include "base/alloc.h"
#include "base/cleanup.h"
#include "net/content_range.h"
#include "registry/retry.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The number that was read is the one that stands there. */
static void check_range(const char *value)
{
	autofree char *digits = NULL;
	uint64_t start;

	if (!content_range_start(value, &start))
		return;
	value = strchr(value, ' ') + 1;
	while (value[0] == '0' && value[1] != '-')
		value++;
	digits = xasprintf("%llu-", (unsigned long long)start);
	if (strncmp(value, digits, strlen(digits)) != 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autofree char *value = xstrndup((const char *)data, size);
	const struct retry_advice advice = { .retry_after = value,
					     .date = value,
					     .now = 1800000000 };
	unsigned byte = size ? data[0] : 0;
	int delay = retry_delay(byte, &advice, byte << 24 | byte);

	if (delay < 0 || delay > RETRY_DELAY_MAX)
		abort();
	check_range(value);
	return 0;
}
