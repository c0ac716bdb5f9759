/* SPDX-License-Identifier: Apache-2.0 */
/* Payloads of signatures, of both types. */
#include "registry/signed_claim.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	for (int type = 0; type < SIGNED_CLAIM_TYPE_MAX; type++) {
		autosigned_claim struct signed_claim claim = SIGNED_CLAIM_INIT;
		struct error err = { 0 };

		if (signed_claim_parse((enum signed_claim_type)type, data, size, &claim, &err) ==
			    0 &&
		    !claim.docker_reference)
			abort();
	}
	return 0;
}
