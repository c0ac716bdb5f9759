/* SPDX-License-Identifier: Apache-2.0 */
/* YAML, and what registries.d makes of it. */
#include "registry/registries_d.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autoregistriesd struct registries_d registries = REGISTRIES_D_INIT;
	autoreference struct reference reference = REFERENCE_INIT;
	struct signature_places places;
	struct error err = { 0 };

	reference_parse("quay.io/ns/app:1", &reference, &err);
	registries_d_add(&registries, (const char *)data, size, "fuzz", &err);
	registries_d_find(&registries, &reference, &places);
	return 0;
}
