/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/signature_check.h"

#include "registry/cosign_signature.h"
#include "registry/openpgp_keys.h"
#include "registry/public_keys.h"
#include "registry/sigstore_bundle.h"
#include "registry/simple_signing.h"
#include "system/fd.h"

#include <fcntl.h>

#define KEY_FILE_MAX OPENPGP_KEYS_MAX

/* The keys of a requirement; one of the two kinds stays empty. */
struct signature_keys {
	struct openpgp_keys openpgp;
	struct public_keys sigstore;
};

static void signature_keys_release(struct signature_keys *keys)
{
	openpgp_keys_release(&keys->openpgp);
	public_keys_release(&keys->sigstore);
}

static int add_key(const struct policy_requirement *requirement, const struct str *key,
		   struct signature_keys *ret, struct error *err)
{
	return requirement->rule == POLICY_SIGNED_BY
		       ? openpgp_keys_add(&ret->openpgp, key->data, key->len, err)
		       : public_keys_add(&ret->sigstore, key->data, key->len, err);
}

static int add_key_file(const struct policy_requirement *requirement, const char *path,
			struct signature_keys *ret, struct error *err)
{
	autostr struct str key = STR_INIT;

	/* That the image does not exist would be another matter. */
	if (file_read_linked_at(AT_FDCWD, path, KEY_FILE_MAX, &key, err) < 0)
		return error_recode(err, ERROR_FAILED);
	return add_key(requirement, &key, ret, err) < 0 ? error_prefix(err, "%s", path) : 0;
}

static int read_keys(const struct policy_requirement *requirement, struct signature_keys *ret,
		     struct error *err)
{
	for (size_t i = 0; i < requirement->key_paths.len; i++)
		if (add_key_file(requirement, requirement->key_paths.items[i], ret, err) < 0)
			return -1;
	for (size_t i = 0; i < requirement->n_key_texts; i++)
		if (add_key(requirement, &requirement->key_texts[i], ret, err) < 0)
			return error_prefix(err, "key %zu of the policy", i + 1);
	return 0;
}

static int verify_signature(const struct signature_check *check, const struct signature_keys *keys,
			    const struct image_signature *signature, struct signed_claim *ret,
			    struct error *err)
{
	const struct cosign_signature cosign = { signature->bytes.data, signature->bytes.len,
						 signature->annotation };

	if (signature->flaw)
		return error_set(err, ERROR_VERIFY, "%s", signature->flaw);
	switch (signature->form) {
	case IMAGE_SIGNATURE_SIMPLE:
		return simple_signing_verify(&keys->openpgp, signature->bytes.data,
					     signature->bytes.len, &check->manifest,
					     check->interrupt, ret, err);
	case IMAGE_SIGNATURE_COSIGN:
		return cosign_signature_verify(&keys->sigstore, &cosign, &check->manifest, ret,
					       err);
	default:
		return sigstore_bundle_verify(&keys->sigstore, signature->bytes.data,
					      signature->bytes.len, &check->manifest, ret, err);
	}
}

static int check_one(const struct signature_check *check, const struct signature_keys *keys,
		     const struct image_signature *signature, struct error *err)
{
	autosigned_claim struct signed_claim claim = SIGNED_CLAIM_INIT;

	if (verify_signature(check, keys, signature, &claim, err) < 0)
		return -1;
	return signed_identity_check(&check->requirement->identity, check->reference,
				     claim.docker_reference, err);
}

int signature_check(const struct signature_check *check,
		    const struct image_signature_list *signatures, struct error *err)
{
	autocleanup(signature_keys_release) struct signature_keys keys = { OPENPGP_KEYS_INIT,
									   PUBLIC_KEYS_INIT };
	autostr struct str reasons = STR_INIT;

	if (read_keys(check->requirement, &keys, err) < 0)
		return -1;
	for (size_t i = 0; i < signatures->len; i++) {
		const struct image_signature *signature = &signatures->items[i];
		struct error cause = { 0 };

		if (check_one(check, &keys, signature, &cause) == 0)
			return 0;
		if (cause.code != ERROR_VERIFY)
			return error_move(err, &cause);
		str_appendf(&reasons, "%s%s: %s", i ? "; " : "", signature->origin, cause.message);
	}
	return error_set(err, ERROR_VERIFY, "%zu signature%s, and none counts: %s", signatures->len,
			 signatures->len == 1 ? "" : "s", reasons.data);
}
