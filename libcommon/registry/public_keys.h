/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Public keys of sigstore signatures, in PEM (keyPath, keyPaths, keyData of sigstoreSigned), and
 * signatures by them.
 *
 *	autopublic_keys struct public_keys keys = PUBLIC_KEYS_INIT;
 *
 *	if (public_keys_add(&keys, pem, len, err) < 0)
 *		return error_prefix(err, "%s", key_path);
 *	if (public_keys_verify(&keys, message, message_len, signature, signature_len, err) < 0) ...
 *
 * The algorithm follows from the key, never from what is verified:
 *
 *	ECDSA P-256, P-384, P-521	DER; SHA-256, and for the larger curves also their own SHA-384, SHA-512:
 *					skopeo and cosign 2 use SHA-256 for all, cosign 3 the curve's own
 *	RSA, 2048 bits or more		PKCS #1 v1.5 with SHA-256
 *	Ed25519				over the message itself
 *
 * This is what containers/image and cosign make and take. Smaller RSA keys, other curves, curves given by
 * their parameters, DSA and PSS are refused.
 */
#ifndef REGISTRY_PUBLIC_KEYS_H
#define REGISTRY_PUBLIC_KEYS_H

#include "base/cleanup.h"
#include "base/error.h"

#include <stddef.h>

#define PUBLIC_KEY_MAX (64U << 10) /* bytes of PEM */

struct public_keys {
	void **items; /* EVP_PKEY, owned */
	size_t len;
};

#define PUBLIC_KEYS_INIT \
	{ \
		NULL, 0 \
	}

void public_keys_release(struct public_keys *keys);
#define autopublic_keys autocleanup(public_keys_release)

/* Add the key of one source: exactly one PEM block "PUBLIC KEY" (text around it is allowed). ERROR_FAILED
 * for anything else: a private key, a certificate, a key of a kind that does not count, several keys. */
int public_keys_add(struct public_keys *keys, const void *pem, size_t len, struct error *err);

/* Is it a signature over the message by one of the keys? Else ERROR_VERIFY; also when there are no keys. */
int public_keys_verify(const struct public_keys *keys, const void *message, size_t message_len,
		       const void *signature, size_t signature_len, struct error *err);

#endif
