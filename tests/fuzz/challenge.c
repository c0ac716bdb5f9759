/* SPDX-License-Identifier: Apache-2.0 */
/* WWW-Authenticate headers, as a registry sends them. */
#include "base/alloc.h"
#include "net/challenge.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const schemes[] = { "Bearer", "Basic", "x" };
	autofree char *value = xstrndup((const char *)data, size);
	struct error err = { 0 };

	for (size_t i = 0; i < array_size(schemes); i++) {
		autochallenge struct challenge challenge = CHALLENGE_INIT;

		challenge_find(value, schemes[i], &challenge, &err);
	}
	return 0;
}
