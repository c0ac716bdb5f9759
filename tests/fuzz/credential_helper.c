/* SPDX-License-Identifier: Apache-2.0 */
/* Answers of credential helpers. */
#include "registry/credential_helper.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autocredentials struct credentials found = CREDENTIALS_INIT;
	autostr struct str answer = STR_INIT;
	struct error err = { 0 };

	str_append_bytes(&answer, data, size);
	if (credential_helper_read_answer(&answer, &found, &err) > 0 &&
	    (!found.user || (!found.password && !found.identity_token)))
		__builtin_trap();
	return 0;
}
