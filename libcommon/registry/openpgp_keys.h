/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OpenPGP public keys as policy files name them: keyPath, keyPaths, keyData. Only what is put in here is
 * ever trusted; nobody's keyring is read.
 *
 *	autoopenpgp_keys struct openpgp_keys keys = OPENPGP_KEYS_INIT;
 *
 *	if (openpgp_keys_add(&keys, text, len, err) < 0)
 *		return error_prefix(err, "%s", key_path);
 *
 * Kept is the form that gpgv reads: the packets of the keys one behind the other (RFC 4880, 11.1), without
 * ASCII armor, which is decoded here, and without packets that belong to nobody's public key.
 */
#ifndef REGISTRY_OPENPGP_KEYS_H
#define REGISTRY_OPENPGP_KEYS_H

#include "base/cleanup.h"
#include "base/error.h"
#include "base/str.h"

#include <stddef.h>

#define OPENPGP_KEYS_MAX \
	(4U << 20) /* bytes of one source; Debian's whole archive keyring has 60 kB */

struct openpgp_keys {
	struct str packets;
	size_t len; /* primary keys */
};

#define OPENPGP_KEYS_INIT \
	{ \
		.packets = STR_INIT \
	}

void openpgp_keys_release(struct openpgp_keys *keys);
#define autoopenpgp_keys autocleanup(openpgp_keys_release)

/* Add the keys of one source: binary or armored, one or several blocks. ERROR_FAILED, with nothing added,
 * when it is no OpenPGP key, is cut off, or has a secret key in it. That the keys are bound to their user
 * IDs and subkeys, and are neither expired nor revoked, is looked at by gpgv for each signature. */
int openpgp_keys_add(struct openpgp_keys *keys, const void *data, size_t len, struct error *err);

#endif
