/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/cosign_signature.h"

#include "base/str.h"
#include "format/base64.h"

#include <string.h>

/* The bytes of the annotation. */
static int decode_annotation(const char *text, struct str *ret, struct error *err)
{
	if (!text)
		return error_set(err, ERROR_VERIFY, "has no annotation '%s'",
				 COSIGN_SIGNATURE_ANNOTATION);
	if (strlen(text) > COSIGN_SIGNATURE_MAX)
		return error_set(err, ERROR_VERIFY, "annotation '%s': is longer than %u bytes",
				 COSIGN_SIGNATURE_ANNOTATION, COSIGN_SIGNATURE_MAX);
	if (base64_decode(text, strlen(text), ret, err) < 0) {
		error_prefix(err, "annotation '%s'", COSIGN_SIGNATURE_ANNOTATION);
		return error_recode(err, ERROR_VERIFY);
	}
	return 0;
}

int cosign_signature_verify(const struct public_keys *keys,
			    const struct cosign_signature *signature,
			    const struct signed_manifest *manifest, struct signed_claim *ret,
			    struct error *err)
{
	autosigned_claim struct signed_claim claim = SIGNED_CLAIM_INIT;
	autostr struct str bytes = STR_INIT;

	/* First the signature: what nobody trusted wrote is not read. */
	if (decode_annotation(signature->signature, &bytes, err) < 0 ||
	    public_keys_verify(keys, signature->payload, signature->payload_len, bytes.data,
			       bytes.len, err) < 0 ||
	    signed_claim_parse(SIGNED_CLAIM_COSIGN, signature->payload, signature->payload_len,
			       &claim, err) < 0 ||
	    signed_claim_check_manifest(&claim, manifest, err) < 0)
		return -1;
	*ret = claim;
	claim = (struct signed_claim)SIGNED_CLAIM_INIT;
	return 0;
}
