/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/sigstore_bundle.h"

#include "base/alloc.h"
#include "base/str.h"
#include "format/base64.h"
#include "format/hash.h"
#include "format/json.h"
#include "oci/reference.h"

#include <string.h>

#define STATEMENT_TYPE "https://in-toto.io/Statement/v1"
#define STATEMENT_PAYLOAD_TYPE "application/vnd.in-toto+json"

static const char *const statement_members[] = { "_type", "subject", "predicateType", "predicate",
						 NULL };
/* Of a ResourceDescriptor (in-toto attestation framework, resource_descriptor.md). */
static const char *const subject_members[] = {
	"name", "uri", "digest", "content", "downloadLocation", "mediaType", "annotations", NULL
};

/* A member that must be a given text. */
static int check_text(const struct jnode *object, const char *key, const char *wanted,
		      struct error *err)
{
	struct jnode node = jnode_member(object, key);
	const char *text;

	if (jnode_string(&node, &text, err) < 0)
		return -1;
	if (strcmp(text, wanted) != 0)
		return jnode_error(&node, err, "'%s' is not '%s'", text, wanted);
	return 0;
}

/* A member that must be base64. */
static int read_bytes(const struct jnode *object, const char *key, struct str *ret,
		      struct error *err)
{
	struct jnode node = jnode_member(object, key);
	struct error cause = { 0 };
	const char *text;

	if (jnode_string(&node, &text, err) < 0)
		return -1;
	if (base64_decode(text, strlen(text), ret, &cause) < 0)
		return jnode_error(&node, err, "%s", cause.message);
	return 0;
}

/* The one element of an array, which array borrows. */
static int read_only_element(const struct jnode *array, struct jnode *ret, struct error *err)
{
	size_t len = 0;

	if (jnode_array(array, &len, err) < 0)
		return -1;
	if (len != 1)
		return jnode_error(array, err, "has %zu elements, not one", len);
	*ret = jnode_element(array, 0);
	return 0;
}

/* {"sha256": HEX}: one digest, so that no other reader takes another one. */
static int read_digest(const struct jnode *subject, struct digest *ret, struct error *err)
{
	struct jnode node = jnode_member(subject, "digest");
	struct error cause = { 0 };
	autofree char *text = NULL;
	const char *algorithm;
	struct jnode hex;
	const char *digits;

	if (jnode_object(&node, err) < 0)
		return -1;
	if (json_object_size(node.value) != 1)
		return jnode_error(&node, err, "has %zu digests, not one",
				   json_object_size(node.value));
	algorithm = json_object_iter_key(json_object_iter((json_t *)node.value));
	hex = jnode_member(&node, algorithm);
	if (jnode_string(&hex, &digits, err) < 0)
		return -1;
	text = xasprintf("%s:%s", algorithm, digits);
	return digest_parse(text, ret, &cause) < 0 ? jnode_error(&hex, err, "%s", cause.message)
						   : 0;
}

/* The subject's name, if an image can have it. Others may be the name of a file. */
static int read_name(const struct jnode *subject, char **ret, struct error *err)
{
	struct jnode node = jnode_member(subject, "name");
	autoreference struct reference reference = REFERENCE_INIT;
	const char *name = NULL;

	if (jnode_string_opt(&node, &name, err) < 0)
		return -1;
	if (name && reference_has_registry(name) && reference_parse(name, &reference, NULL) == 0)
		*ret = xstrdup(name);
	return 0;
}

static int read_subject(const struct jnode *statement, struct signed_claim *ret, struct error *err)
{
	struct jnode subjects = jnode_member(statement, "subject");
	struct jnode subject;

	if (read_only_element(&subjects, &subject, err) < 0 ||
	    jnode_check_members(&subject, subject_members, err) < 0 ||
	    read_digest(&subject, &ret->manifest_digest, err) < 0)
		return -1;
	return read_name(&subject, &ret->docker_reference, err);
}

/* Read cosign's statement about an image. */
static int read_statement(const struct str *text, struct signed_claim *ret, struct error *err)
{
	autojson json_t *document = json_parse(text->data, text->len, "statement", err);
	struct jnode root = jnode_root(document, "statement");
	struct jnode predicate = jnode_member(&root, "predicate");

	if (!document || jnode_check_members(&root, statement_members, err) < 0 ||
	    check_text(&root, "_type", STATEMENT_TYPE, err) < 0 ||
	    check_text(&root, "predicateType", SIGSTORE_SIGN_PREDICATE, err) < 0 ||
	    jnode_object(&predicate, err) < 0)
		return -1;
	/* What a predicate of this type may say is not defined: it could limit what was signed. */
	if (json_object_size(predicate.value) > 0)
		return jnode_error(&predicate, err, "is not empty");
	return read_subject(&root, ret, err);
}

/* What a DSSE signature is over: the pre-authentication encoding (DSSE, protocol.md). */
static void append_encoding(const char *type, const struct str *payload, struct str *ret)
{
	str_appendf(ret, "DSSEv1 %zu %s %zu ", strlen(type), type, payload->len);
	str_append_bytes(ret, payload->data, payload->len);
}

static int verify_envelope(const struct public_keys *keys, const struct jnode *envelope,
			   struct signed_claim *ret, struct error *err)
{
	struct jnode signatures = jnode_member(envelope, "signatures");
	autostr struct str signature = STR_INIT;
	autostr struct str encoded = STR_INIT;
	autostr struct str payload = STR_INIT;
	struct jnode only;

	if (check_text(envelope, "payloadType", STATEMENT_PAYLOAD_TYPE, err) < 0 ||
	    read_bytes(envelope, "payload", &payload, err) < 0 ||
	    read_only_element(&signatures, &only, err) < 0 ||
	    read_bytes(&only, "sig", &signature, err) < 0)
		return -1;
	append_encoding(STATEMENT_PAYLOAD_TYPE, &payload, &encoded);
	if (public_keys_verify(keys, encoded.data, encoded.len, signature.data, signature.len,
			       err) < 0)
		return -1;
	return read_statement(&payload, ret, err);
}

/* messageDigest only helps to find the message, which is at hand. */
static int verify_message(const struct public_keys *keys, const struct jnode *message,
			  const struct signed_manifest *manifest, struct signed_claim *ret,
			  struct error *err)
{
	autostr struct str signature = STR_INIT;

	if (read_bytes(message, "signature", &signature, err) < 0 ||
	    public_keys_verify(keys, manifest->data, manifest->len, signature.data, signature.len,
			       err) < 0)
		return -1;
	return hash_buffer(DIGEST_SHA256, manifest->data, manifest->len, &ret->manifest_digest,
			   err);
}

/* Fulcio's signatures are by a key that only their certificate names. */
static int refuse_certificate(const struct jnode *bundle, struct error *err)
{
	static const char *const keys[] = { "certificate", "x509CertificateChain" };
	struct jnode material = jnode_member(bundle, "verificationMaterial");

	for (size_t i = 0; i < array_size(keys); i++) {
		struct jnode node = jnode_member(&material, keys[i]);

		if (jnode_is_present(&node))
			return jnode_error(
				&node, err,
				"signatures by a certificate (Fulcio) are not supported");
	}
	return jnode_object(&material, err);
}

static int verify_content(const struct public_keys *keys, const struct jnode *bundle,
			  const struct signed_manifest *manifest, struct signed_claim *ret,
			  struct error *err)
{
	struct jnode envelope = jnode_member(bundle, "dsseEnvelope");
	struct jnode message = jnode_member(bundle, "messageSignature");

	if (jnode_is_present(&envelope) == jnode_is_present(&message))
		return jnode_error(bundle, err,
				   "has not one of 'dsseEnvelope' and 'messageSignature'");
	return jnode_is_present(&envelope) ? verify_envelope(keys, &envelope, ret, err)
					   : verify_message(keys, &message, manifest, ret, err);
}

int sigstore_bundle_verify(const struct public_keys *keys, const void *bundle, size_t len,
			   const struct signed_manifest *manifest, struct signed_claim *ret,
			   struct error *err)
{
	autosigned_claim struct signed_claim claim = SIGNED_CLAIM_INIT;
	autojson json_t *document = NULL;
	struct jnode root;

	if (len > SIGSTORE_BUNDLE_MAX)
		return error_set(err, ERROR_VERIFY, "bundle: is longer than %u bytes",
				 SIGSTORE_BUNDLE_MAX);
	document = json_parse(bundle, len, "bundle", err);
	root = jnode_root(document, "bundle");
	if (!document || check_text(&root, "mediaType", SIGSTORE_BUNDLE_TYPE, err) < 0 ||
	    refuse_certificate(&root, err) < 0 ||
	    verify_content(keys, &root, manifest, &claim, err) < 0 ||
	    signed_claim_check_manifest(&claim, manifest, err) < 0)
		return error_recode(err, ERROR_VERIFY);
	*ret = claim;
	claim = (struct signed_claim)SIGNED_CLAIM_INIT;
	return 0;
}
