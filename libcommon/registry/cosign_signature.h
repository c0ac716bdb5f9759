/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A cosign signature as it is attached by a tag "sha256-HEX.sig" (cosign's SIGNATURE_SPEC.md): a payload,
 * which is a layer of media type COSIGN_PAYLOAD_TYPE, and an annotation of that layer's descriptor.
 *
 *	const struct cosign_signature signature = {
 *		.payload = blob, .payload_len = len,
 *		.signature = annotation(descriptor, COSIGN_SIGNATURE_ANNOTATION),
 *	};
 *
 *	if (cosign_signature_verify(&keys, &signature, &manifest, &claim, err) < 0) ...
 *
 * Signatures by a certificate (Fulcio) have the same form, and none counts here but by a given key.
 * Entries of a transparency log (Rekor) are not looked at; a policy that asks for them cannot be
 * satisfied here.
 */
#ifndef REGISTRY_COSIGN_SIGNATURE_H
#define REGISTRY_COSIGN_SIGNATURE_H

#include "registry/public_keys.h"
#include "registry/signed_claim.h"

#include <stddef.h>

#define COSIGN_PAYLOAD_TYPE "application/vnd.dev.cosign.simplesigning.v1+json"
#define COSIGN_SIGNATURE_ANNOTATION "dev.cosignproject.cosign/signature"
#define COSIGN_SIGNATURE_MAX (8U << 10) /* characters of base64; RSA with 16384 bits has 2732 */

struct cosign_signature { /* borrowed */
	const void *payload;
	size_t payload_len;
	const char *signature; /* base64; NULL: the annotation is missing */
};

/* Verify a signature. ret is new. ERROR_VERIFY when it does not count: not by one of the keys, not base64
 * with its padding and nothing else, a payload that signed_claim_parse() refuses, or about another
 * manifest. */
int cosign_signature_verify(const struct public_keys *keys,
			    const struct cosign_signature *signature,
			    const struct signed_manifest *manifest, struct signed_claim *ret,
			    struct error *err);

#endif
