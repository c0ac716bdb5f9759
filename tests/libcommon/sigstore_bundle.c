/* SPDX-License-Identifier: Apache-2.0 */
/* Sigstore bundles: which count, and what they claim. */
#include "signer.h"
#include "tap.h"

#include "base/alloc.h"
#include "registry/sigstore_bundle.h"

#define MANIFEST "{\"schemaVersion\":2}"
/* Its sha256, the same in capitals, and another one. */
#define HEX "bafebd36189ad3688b7b3915ea55d461e0bfcfbdde11e54b0a123999fb6be50f"
#define CAPITAL_HEX "BAFEBD36189AD3688B7B3915EA55D461E0BFCFBDDE11E54B0A123999FB6BE50F"
#define OTHER_HEX "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
#define PAYLOAD_TYPE "application/vnd.in-toto+json"
#define KEY_MATERIAL "\"verificationMaterial\":{\"publicKey\":{\"hint\":\"x\"},\"tlogEntries\":[]}"
#define TYPE "\"mediaType\":\"" SIGSTORE_BUNDLE_TYPE "\""

#define STATEMENT_TYPE "\"_type\":\"https://in-toto.io/Statement/v1\""
#define PREDICATE_TYPE "\"predicateType\":\"" SIGSTORE_SIGN_PREDICATE "\""
#define DIGEST "\"digest\":{\"sha256\":\"" HEX "\"}"
#define SUBJECT(members) "\"subject\":[{" members "}]"
#define STATEMENT(members) "{" members "}"
#define GOOD STATEMENT(STATEMENT_TYPE "," SUBJECT(DIGEST) "," PREDICATE_TYPE ",\"predicate\":{}")

static const struct signed_manifest manifest = { MANIFEST, sizeof(MANIFEST) - 1 };

static const struct {
	const char *title;
	const char *statement;
	const char *reason; /* NULL: it counts */
	const char *reference;
} statements[] = {
	{ "cosign's statement counts", GOOD, NULL, NULL },
	{ "... without a predicate",
	  STATEMENT(STATEMENT_TYPE "," SUBJECT(DIGEST) "," PREDICATE_TYPE), NULL, NULL },
	{ "... with annotations",
	  STATEMENT(STATEMENT_TYPE
		    "," SUBJECT(DIGEST ",\"annotations\":{\"a\":\"b\"}") "," PREDICATE_TYPE),
	  NULL, NULL },
	{ "... with the name of an image, which is its claim",
	  STATEMENT(STATEMENT_TYPE
		    "," SUBJECT("\"name\":\"index.docker.io/a/b:1\"," DIGEST) "," PREDICATE_TYPE),
	  NULL, "index.docker.io/a/b:1" },
	{ "... with another name, which is none",
	  STATEMENT(STATEMENT_TYPE "," SUBJECT("\"name\":\"app.tar\"," DIGEST) "," PREDICATE_TYPE),
	  NULL, NULL },
	{ "... or a name that no image can have",
	  STATEMENT(STATEMENT_TYPE
		    "," SUBJECT("\"name\":\"a.example/A B\"," DIGEST) "," PREDICATE_TYPE),
	  NULL, NULL },
	{ "an attestation does not count",
	  STATEMENT(STATEMENT_TYPE "," SUBJECT(
		  DIGEST) ",\"predicateType\":\"https://slsa.dev/provenance/v1\",\"predicate\":{}"),
	  "statement: predicateType: ", NULL },
	{ "nor a statement without a predicate's type",
	  STATEMENT(STATEMENT_TYPE "," SUBJECT(DIGEST)), "statement: predicateType: missing",
	  NULL },
	{ "nor one that says more",
	  STATEMENT(STATEMENT_TYPE "," SUBJECT(DIGEST) "," PREDICATE_TYPE
						       ",\"predicate\":{\"a\":1}"),
	  "statement: predicate: is not empty", NULL },
	{ "nor one whose predicate is no object",
	  STATEMENT(STATEMENT_TYPE "," SUBJECT(DIGEST) "," PREDICATE_TYPE ",\"predicate\":[]"),
	  "statement: predicate: ", NULL },
	{ "nor one with an unknown member",
	  STATEMENT(STATEMENT_TYPE "," SUBJECT(DIGEST) "," PREDICATE_TYPE ",\"x\":1"),
	  "statement: unknown member 'x'", NULL },
	{ "nor one whose subject has one",
	  STATEMENT(STATEMENT_TYPE "," SUBJECT(DIGEST ",\"x\":1") "," PREDICATE_TYPE),
	  "statement: subject[0]: unknown member 'x'", NULL },
	{ "nor one of another type",
	  STATEMENT("\"_type\":\"https://in-toto.io/Statement/v2\"," SUBJECT(
		  DIGEST) "," PREDICATE_TYPE),
	  "statement: _type: ", NULL },
	{ "nor one without a type", STATEMENT(SUBJECT(DIGEST) "," PREDICATE_TYPE),
	  "statement: _type: missing", NULL },
	{ "nor one without a subject", STATEMENT(STATEMENT_TYPE "," PREDICATE_TYPE),
	  "statement: subject: has 0 elements", NULL },
	{ "nor one with two",
	  STATEMENT(STATEMENT_TYPE ",\"subject\":[{" DIGEST "},{" DIGEST "}]," PREDICATE_TYPE),
	  "statement: subject: has 2 elements", NULL },
	{ "nor one whose subject is no object",
	  STATEMENT(STATEMENT_TYPE ",\"subject\":[\"x\"]," PREDICATE_TYPE),
	  "statement: subject[0]: ", NULL },
	{ "nor one without a digest",
	  STATEMENT(STATEMENT_TYPE "," SUBJECT("\"name\":\"x\"") "," PREDICATE_TYPE),
	  "statement: subject[0].digest: has 0 digests", NULL },
	{ "nor one with two digests",
	  STATEMENT(STATEMENT_TYPE
		    "," SUBJECT("\"digest\":{\"sha256\":\"" HEX "\",\"sha512\":\"" HEX HEX
				"\"}") "," PREDICATE_TYPE),
	  "statement: subject[0].digest: has 2 digests", NULL },
	{ "nor one with the same digest twice",
	  STATEMENT(STATEMENT_TYPE "," SUBJECT("\"digest\":{\"sha256\":\"" HEX
					       "\",\"sha256\":\"" HEX "\"}") "," PREDICATE_TYPE),
	  "duplicate", NULL },
	{ "nor one with a digest of another kind",
	  STATEMENT(STATEMENT_TYPE
		    "," SUBJECT("\"digest\":{\"gitCommit\":\"" HEX "\"}") "," PREDICATE_TYPE),
	  "statement: subject[0].digest.gitCommit: invalid digest", NULL },
	{ "nor one with a digest in capitals",
	  STATEMENT(STATEMENT_TYPE
		    "," SUBJECT("\"digest\":{\"sha256\":\"" CAPITAL_HEX "\"}") "," PREDICATE_TYPE),
	  "statement: subject[0].digest.sha256: invalid digest", NULL },
	{ "nor one about another manifest",
	  STATEMENT(STATEMENT_TYPE
		    "," SUBJECT("\"digest\":{\"sha256\":\"" OTHER_HEX "\"}") "," PREDICATE_TYPE),
	  "it is for 'sha256:" OTHER_HEX "'", NULL },
	{ "nor one whose name is no text",
	  STATEMENT(STATEMENT_TYPE "," SUBJECT("\"name\":1," DIGEST) "," PREDICATE_TYPE),
	  "statement: subject[0].name: ", NULL },
	{ "nor what is no JSON", "x", "statement: ", NULL },
	{ "nor nothing", "", "statement: is empty", NULL },
};

/* The base64 of a signature over DSSE's encoding of that type and payload. */
static char *sign_encoded(EVP_PKEY *signer, const char *type, const char *payload)
{
	autofree char *encoded =
		xasprintf("DSSEv1 %zu %s %zu %s", strlen(type), type, strlen(payload), payload);
	autostr struct str signature = STR_INIT;
	autostr struct str base64 = STR_INIT;

	signer_sign(signer, "SHA256", encoded, strlen(encoded), &signature);
	signer_append_base64(signature.data, signature.len, &base64);
	return str_steal(&base64);
}

/* dsseEnvelope's value. */
static char *make_envelope(EVP_PKEY *signer, const char *type, const char *payload)
{
	autofree char *signature = sign_encoded(signer, type, payload);
	autostr struct str base64 = STR_INIT;

	signer_append_base64(payload, strlen(payload), &base64);
	return xasprintf(
		"{\"payload\":\"%s\",\"payloadType\":\"%s\",\"signatures\":[{\"sig\":\"%s\",\"keyid\":\"x\"}]}",
		base64.data, type, signature);
}

static char *make_bundle(const char *material, const char *content)
{
	return xasprintf("{" TYPE ",%s,%s}", material, content);
}

static void check(const struct public_keys *keys, const char *bundle, const char *reason,
		  const char *reference, const char *title)
{
	autosigned_claim struct signed_claim claim = SIGNED_CLAIM_INIT;
	struct error err = { 0 };
	bool counts =
		sigstore_bundle_verify(keys, bundle, strlen(bundle), &manifest, &claim, &err) == 0;

	ok(counts == !reason, title);
	is_str(claim.docker_reference, reference, "... with this reference");
	if (!reason) {
		is_str(claim.manifest_digest.text, "sha256:" HEX, "... and the manifest's digest");
		return;
	}
	is_int(err.code, ERROR_VERIFY, "... as what does not count");
	if (!ok(error_mentions(&err, reason), "... for this reason"))
		printf("# got: %s\n", err.message);
}

static void test_statements(EVP_PKEY *signer, const struct public_keys *keys)
{
	for (size_t i = 0; i < array_size(statements); i++) {
		autofree char *envelope =
			make_envelope(signer, PAYLOAD_TYPE, statements[i].statement);
		autofree char *content = xasprintf("\"dsseEnvelope\":%s", envelope);
		autofree char *bundle = make_bundle(KEY_MATERIAL, content);

		check(keys, bundle, statements[i].reason, statements[i].reference,
		      statements[i].title);
	}
}

/* Envelopes whose signature is not that of what they say. */
static void test_envelopes(EVP_PKEY *signer, const struct public_keys *keys)
{
	autofree char *good = sign_encoded(signer, PAYLOAD_TYPE, GOOD);
	autostr struct str plain = STR_INIT;
	autostr struct str plain_base64 = STR_INIT;
	autostr struct str payload = STR_INIT;
	autostr struct str other = STR_INIT;

	signer_sign(signer, "SHA256", GOOD, strlen(GOOD), &plain);
	signer_append_base64(plain.data, plain.len, &plain_base64);
	signer_append_base64(GOOD, strlen(GOOD), &payload);
	signer_append_base64(GOOD " ", strlen(GOOD " "), &other);

	const struct {
		const char *title;
		const char *payload;
		const char *type;
		const char *signatures;
		const char *reason;
	} envelopes[] = {
		{ "a changed statement does not count", other.data, PAYLOAD_TYPE,
		  "[{\"sig\":\"@\"}]", "it is not by the key" },
		{ "nor another type", payload.data, "application/x", "[{\"sig\":\"@\"}]",
		  "bundle: dsseEnvelope.payloadType: " },
		{ "nor no signature", payload.data, PAYLOAD_TYPE, "[]",
		  "bundle: dsseEnvelope.signatures: has 0 elements" },
		{ "nor two", payload.data, PAYLOAD_TYPE, "[{\"sig\":\"@\"},{\"sig\":\"@\"}]",
		  "bundle: dsseEnvelope.signatures: has 2 elements" },
		{ "nor one that is missing", payload.data, PAYLOAD_TYPE, "[{}]",
		  "bundle: dsseEnvelope.signatures[0].sig: missing" },
		{ "nor one that is no text", payload.data, PAYLOAD_TYPE, "[{\"sig\":1}]",
		  "bundle: dsseEnvelope.signatures[0].sig: " },
		{ "nor one that is no base64", payload.data, PAYLOAD_TYPE, "[{\"sig\":\"@ \"}]",
		  "bundle: dsseEnvelope.signatures[0].sig: it is not base64" },
		{ "nor one of the statement without its type", payload.data, PAYLOAD_TYPE,
		  "[{\"sig\":\"#\"}]", "it is not by the key" },
		{ "nor a payload that is no base64", "!", PAYLOAD_TYPE, "[{\"sig\":\"@\"}]",
		  "bundle: dsseEnvelope.payload: it is not base64" },
	};

	for (size_t i = 0; i < array_size(envelopes); i++) {
		autostr struct str bundle = STR_INIT;

		str_appendf(&bundle,
			    "{" TYPE "," KEY_MATERIAL ",\"dsseEnvelope\":{\"payload\":\"%s\","
			    "\"payloadType\":\"%s\",\"signatures\":",
			    envelopes[i].payload, envelopes[i].type);
		for (const char *at = envelopes[i].signatures; *at; at++)
			if (*at == '@' || *at == '#')
				str_append(&bundle, *at == '@' ? good : plain_base64.data);
			else
				str_append_char(&bundle, *at);
		str_append(&bundle, "}}");
		check(keys, bundle.data, envelopes[i].reason, NULL, envelopes[i].title);
	}
}

static void test_bundles(EVP_PKEY *signer, const struct public_keys *keys)
{
	autofree char *envelope = make_envelope(signer, PAYLOAD_TYPE, GOOD);
	const struct {
		const char *title;
		const char *begin;
		const char *end;
		const char *reason;
	} bundles[] = {
		{ "a hint is not needed", "{" TYPE ",\"dsseEnvelope\":", "}", NULL },
		{ "unknown members beside what is signed are not looked at",
		  "{" TYPE "," KEY_MATERIAL ",\"x\":[1],\"dsseEnvelope\":", "}", NULL },
		{ "a bundle without a type does not count",
		  "{" KEY_MATERIAL ",\"dsseEnvelope\":", "}", "bundle: mediaType: missing" },
		{ "nor one of another version",
		  "{\"mediaType\":\"application/vnd.dev.sigstore.bundle.v0.4+json\",\"dsseEnvelope\":",
		  "}",
		  "bundle: mediaType: 'application/vnd.dev.sigstore.bundle.v0.4+json' is not" },
		{ "nor one by a certificate",
		  "{" TYPE ",\"verificationMaterial\":{\"certificate\":{\"rawBytes\":\"AAAA\"}},"
		  "\"dsseEnvelope\":",
		  "}",
		  "bundle: verificationMaterial.certificate: signatures by a certificate (Fulcio)" },
		{ "nor one by a chain of them",
		  "{" TYPE
		  ",\"verificationMaterial\":{\"x509CertificateChain\":{}},\"dsseEnvelope\":",
		  "}", "signatures by a certificate (Fulcio)" },
		{ "nor one whose material is no object",
		  "{" TYPE ",\"verificationMaterial\":1,\"dsseEnvelope\":", "}",
		  "bundle: verificationMaterial: " },
		{ "nor one with two contents",
		  "{" TYPE ",\"messageSignature\":{\"signature\":\"AAAA\"},\"dsseEnvelope\":", "}",
		  "bundle: has not one of" },
		{ "nor one with two envelopes",
		  "{" TYPE ",\"dsseEnvelope\":{},\"dsseEnvelope\":", "}", "duplicate" },
		{ "nor one with none", "{" TYPE ",\"x\":", "}", "bundle: has not one of" },
		{ "nor one that is cut", "{" TYPE ",\"dsseEnvelope\":", "", "bundle: " },
		{ "nor one in an array", "[{" TYPE ",\"dsseEnvelope\":", "}]",
		  "bundle: mediaType: " },
	};

	for (size_t i = 0; i < array_size(bundles); i++) {
		autofree char *bundle =
			xasprintf("%s%s%s", bundles[i].begin, envelope, bundles[i].end);

		check(keys, bundle, bundles[i].reason, NULL, bundles[i].title);
	}
	check(keys, "", "bundle: is empty", NULL, "nor an empty one");
}

static char *make_message_bundle(EVP_PKEY *signer, const char *text)
{
	autostr struct str signature = STR_INIT;
	autostr struct str base64 = STR_INIT;

	signer_sign(signer, "SHA256", text, strlen(text), &signature);
	signer_append_base64(signature.data, signature.len, &base64);
	return xasprintf("{" TYPE "," KEY_MATERIAL ",\"messageSignature\":{\"messageDigest\":"
			 "{\"algorithm\":\"SHA2_256\",\"digest\":\"AAAA\"},\"signature\":\"%s\"}}",
			 base64.data);
}

static void test_messages(EVP_PKEY *signer, const struct public_keys *keys)
{
	autofree char *good = make_message_bundle(signer, MANIFEST);
	autofree char *other = make_message_bundle(signer, "{}");

	check(keys, good, NULL, NULL, "a signature of the manifest itself counts");
	check(keys, other, "it is not by the key", NULL, "one of something else does not");
	check(keys, "{" TYPE ",\"messageSignature\":{}}", "messageSignature.signature: missing",
	      NULL, "nor one that is missing");
}

static void test_strangers(EVP_PKEY *signer)
{
	autosigner EVP_PKEY *other = signer_make("EC", "P-256");
	autopublic_keys struct public_keys keys = PUBLIC_KEYS_INIT;
	autofree char *envelope = make_envelope(signer, PAYLOAD_TYPE, GOOD);
	autofree char *content = xasprintf("\"dsseEnvelope\":%s", envelope);
	autofree char *bundle = make_bundle(KEY_MATERIAL, content);
	autofree char *message = make_message_bundle(signer, MANIFEST);

	signer_trust(other, &keys);
	check(&keys, bundle, "it is not by the key", NULL,
	      "a bundle by another key does not count");
	check(&keys, message, "it is not by the key", NULL, "... in whichever form");
}

static void test_long(const struct public_keys *keys)
{
	autosigned_claim struct signed_claim claim = SIGNED_CLAIM_INIT;
	autofree char *blanks = xmalloc(SIGSTORE_BUNDLE_MAX + 1);
	struct error err = { 0 };

	memset(blanks, ' ', SIGSTORE_BUNDLE_MAX + 1);
	ok(sigstore_bundle_verify(keys, blanks, SIGSTORE_BUNDLE_MAX + 1, &manifest, &claim, &err) <
		   0,
	   "a very long bundle does not count");
	ok(error_mentions(&err, "is longer than"), "... for that reason");
	is_int(err.code, ERROR_VERIFY, "... as what does not count");
}

int main(void)
{
	autosigner EVP_PKEY *signer = signer_make("EC", "P-256");
	autopublic_keys struct public_keys keys = PUBLIC_KEYS_INIT;

	signer_trust(signer, &keys);
	test_statements(signer, &keys);
	test_envelopes(signer, &keys);
	test_bundles(signer, &keys);
	test_messages(signer, &keys);
	test_strangers(signer);
	test_long(&keys);
	return done_testing();
}
