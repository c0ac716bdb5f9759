/* SPDX-License-Identifier: Apache-2.0 */
/* Files of OpenPGP keys, binary and armored. */
#include "registry/openpgp_keys.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autoopenpgp_keys struct openpgp_keys keys = OPENPGP_KEYS_INIT;
	autoopenpgp_keys struct openpgp_keys again = OPENPGP_KEYS_INIT;
	struct error err = { 0 };

	if (openpgp_keys_add(&keys, data, size, &err) < 0)
		return 0;
	/* What is kept is a keyring, and nothing is left to be taken out. */
	if (openpgp_keys_add(&again, keys.packets.data, keys.packets.len, &err) < 0 ||
	    again.packets.len != keys.packets.len || again.len != keys.len)
		abort();
	return 0;
}
