/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bundles, and the statements in them: an input that begins with 's' is a statement, which is signed and
 * put into a bundle here, so that it is read.
 */
#include "signer.h"

#include "base/alloc.h"
#include "registry/sigstore_bundle.h"

#include <stdint.h>

#define PAYLOAD_TYPE "application/vnd.in-toto+json"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct signed_manifest manifest = { "{}", 2 };

static char *make_bundle(EVP_PKEY *signer, const uint8_t *statement, size_t len)
{
	autostr struct str encoded = STR_INIT;
	autostr struct str signature = STR_INIT;
	autostr struct str sig = STR_INIT;
	autostr struct str payload = STR_INIT;

	str_appendf(&encoded, "DSSEv1 %zu %s %zu ", strlen(PAYLOAD_TYPE), PAYLOAD_TYPE, len);
	str_append_bytes(&encoded, statement, len);
	signer_sign(signer, "SHA256", encoded.data, encoded.len, &signature);
	signer_append_base64(signature.data, signature.len, &sig);
	signer_append_base64(statement, len, &payload);
	return xasprintf(
		"{\"mediaType\":\"" SIGSTORE_BUNDLE_TYPE "\",\"dsseEnvelope\":"
		"{\"payloadType\":\"%s\",\"payload\":\"%s\",\"signatures\":[{\"sig\":\"%s\"}]}}",
		PAYLOAD_TYPE, payload.data, sig.data);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static EVP_PKEY *signer;
	autopublic_keys struct public_keys keys = PUBLIC_KEYS_INIT;
	autosigned_claim struct signed_claim claim = SIGNED_CLAIM_INIT;
	autofree char *bundle = NULL;
	struct error err = { 0 };

	if (!signer)
		signer = signer_make("EC", "P-256");
	signer_trust(signer, &keys);
	if (size > 0 && data[0] == 's')
		bundle = make_bundle(signer, data + 1, size - 1);
	/* Nobody but us has the key. */
	if (sigstore_bundle_verify(&keys, bundle ? bundle : (const char *)data,
				   bundle ? strlen(bundle) : size, &manifest, &claim, &err) == 0 &&
	    !bundle)
		abort();
	return 0;
}
