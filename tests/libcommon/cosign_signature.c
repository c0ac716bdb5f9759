/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures in cosign's form: what counts, and for which manifest. (Payloads: signed_claim.c; keys: public_keys.c.) */
#include "signer.h"
#include "tap.h"

#include "base/alloc.h"
#include "format/hash.h"
#include "registry/cosign_signature.h"

#define MANIFEST "{\"schemaVersion\":2}"
#define PAYLOAD \
	"{\"critical\":{\"identity\":{\"docker-reference\":\"a.example/x\"}," \
	"\"image\":{\"docker-manifest-digest\":\"%s\"}," \
	"\"type\":\"cosign container image signature\"},\"optional\":null}"

static const struct signed_manifest manifest = { MANIFEST, sizeof(MANIFEST) - 1 };

/* The payload for these bytes. */
static char *make_payload(const char *bytes)
{
	struct digest digest;

	hash_buffer(DIGEST_SHA256, bytes, strlen(bytes), &digest, NULL);
	return xasprintf(PAYLOAD, digest.text);
}

static char *make_annotation(EVP_PKEY *signer, const char *payload)
{
	autostr struct str signature = STR_INIT;
	autostr struct str base64 = STR_INIT;

	signer_sign(signer, "SHA256", payload, strlen(payload), &signature);
	signer_append_base64(signature.data, signature.len, &base64);
	return str_steal(&base64);
}

static void refuses(const struct public_keys *keys, const char *payload, const char *annotation,
		    const char *reason, const char *title)
{
	autosigned_claim struct signed_claim claim = SIGNED_CLAIM_INIT;
	const struct cosign_signature signature = { payload, strlen(payload), annotation };
	struct error err = { 0 };

	ok(cosign_signature_verify(keys, &signature, &manifest, &claim, &err) < 0, title);
	is_int(err.code, ERROR_VERIFY, "... as what does not count");
	if (!ok(error_mentions(&err, reason), "... for this reason"))
		printf("# got: %s\n", err.message);
	ok(!claim.docker_reference, "... and nothing is claimed");
}

static void test_annotations(const struct public_keys *keys, const char *payload, const char *good)
{
	autofree char *spaced = xasprintf("%s ", good);
	autofree char *longer = xasprintf("%sAAAA", good);
	autofree char *cut = xstrndup(good, strlen(good) - 1);
	autofree char *url = xstrdup(good);
	autofree char *endless = xmalloc(COSIGN_SIGNATURE_MAX + 2);

	memset(endless, 'A', COSIGN_SIGNATURE_MAX + 1);
	endless[COSIGN_SIGNATURE_MAX + 1] = '\0';
	url[0] = '-';
	refuses(keys, payload, NULL, "has no annotation", "a missing annotation is refused");
	refuses(keys, payload, "", "it is not by the key", "an empty one is no signature");
	refuses(keys, payload, "!", "it is not base64", "one that is no base64 is refused");
	refuses(keys, payload, spaced, "it is not base64", "... with a blank behind it");
	refuses(keys, payload, longer, "it is not ", "... with more behind it");
	refuses(keys, payload, cut, "it is not base64", "... without its padding");
	refuses(keys, payload, url, "it is not base64", "... with the alphabet of URLs");
	refuses(keys, payload, endless, "is longer than", "... without an end");
}

int main(void)
{
	autosigner EVP_PKEY *signer = signer_make("EC", "P-256");
	autosigner EVP_PKEY *other = signer_make("EC", "P-256");
	autopublic_keys struct public_keys keys = PUBLIC_KEYS_INIT;
	autopublic_keys struct public_keys foreign = PUBLIC_KEYS_INIT;
	autosigned_claim struct signed_claim claim = SIGNED_CLAIM_INIT;
	autofree char *payload = make_payload(MANIFEST);
	autofree char *altered = xasprintf("%s ", payload);
	autofree char *annotation = make_annotation(signer, payload);
	autofree char *other_payload = make_payload("{}");
	autofree char *other_annotation = make_annotation(signer, other_payload);
	autofree char *text_annotation = make_annotation(signer, MANIFEST);
	const struct cosign_signature signature = { payload, strlen(payload), annotation };

	signer_trust(signer, &keys);
	signer_trust(other, &foreign);
	ok(cosign_signature_verify(&keys, &signature, &manifest, &claim, NULL) == 0,
	   "a signature by the key for this manifest counts");
	is_str(claim.docker_reference, "a.example/x", "... and claims what was signed");
	refuses(&foreign, payload, annotation, "it is not by the key",
		"one by another key does not");
	refuses(&keys, altered, annotation, "it is not by the key", "nor one of another payload");
	refuses(&keys, payload, other_annotation, "it is not by the key", "nor another payload's");
	refuses(&keys, other_payload, other_annotation,
		"it is for 'sha256:", "nor another manifest's");
	refuses(&keys, MANIFEST, text_annotation, "payload: ", "nor one of what is no payload");
	test_annotations(&keys, payload, annotation);
	return done_testing();
}
