/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a signer said about an image: the text that a signature is over, once that is verified.
 *
 * Three functions make one: simple_signing_verify() (OpenPGP), cosign_signature_verify() and
 * sigstore_bundle_verify() (public keys). A claim that they return was signed by one of the given keys,
 * and is about the very manifest that the caller has: the signed digest was compared with the manifest's
 * bytes. What is left to the caller is the identity: which image the signer meant. A key that signs many
 * images says nothing else about which of them may be served under a name.
 *
 *	autosigned_claim struct signed_claim claim = SIGNED_CLAIM_INIT;
 *	const struct signed_manifest manifest = { bytes, len };
 *
 *	if (cosign_signature_verify(&keys, &signature, &manifest, &claim, err) < 0 ||
 *	    identity_check(rule, claim.docker_reference, err) < 0) ...
 *
 * A signature that does not count is ERROR_VERIFY, whatever the reason; another code says that it could
 * not be tried (no gpgv, a signal). Neither lets an image in.
 *
 * Who names what in docker_reference:
 *  - simple signing (skopeo, podman): the name that the image was pushed to, nearly always with a tag;
 *  - cosign before 3: the repository alone, "index.docker.io/library/x" for Docker Hub's, so that only
 *    rules about the repository can be satisfied by it;
 *  - cosign 3: nothing. Its statement has the digest alone (sigstore/cosign issue 5014), and cosign asks
 *    for no more. Other signers may write the statement's subject.name; when it is the name of an image
 *    it is taken.
 *
 * docker_reference NULL satisfies no rule about identity, since every rule of policy.json compares with a
 * reference that was signed: with such a claim whoever can write to the registry may serve any image that
 * the key ever signed under any name of the key's scope. To accept it nevertheless is for the owner of
 * the policy to say, not for a default.
 */
#ifndef REGISTRY_SIGNED_CLAIM_H
#define REGISTRY_SIGNED_CLAIM_H

#include "base/cleanup.h"
#include "base/error.h"
#include "format/digest.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SIGNED_PAYLOAD_MAX (256U << 10) /* bytes; real ones have about 300 */

struct signed_claim {
	struct digest
		manifest_digest; /* as signed: may be sha512 where the image is called by sha256 */
	char *docker_reference; /* verbatim, not normalized; NULL: the signer named none */
	char *creator; /* the program that signed, or NULL; for messages alone */
	bool has_timestamp;
	int64_t timestamp; /* seconds since 1970, when it was signed: as the signer says */
};

#define SIGNED_CLAIM_INIT \
	{ \
		.docker_reference = NULL \
	}

void signed_claim_release(struct signed_claim *claim);
#define autosigned_claim autocleanup(signed_claim_release)

/* The bytes that the registry gave as index or manifest: all of them, borrowed. */
struct signed_manifest {
	const void *data;
	size_t len;
};

enum signed_claim_type {
	SIGNED_CLAIM_ATOMIC, /* "atomic container signature": simple signing */
	SIGNED_CLAIM_COSIGN, /* "cosign container image signature" */
	SIGNED_CLAIM_TYPE_MAX,
};

/* Read the payload of that type (containers-signature(5), "JSON data format"; cosign's
 * SIGNATURE_SPEC.md). ret is new. ERROR_VERIFY for everything else than: "critical" with exactly type,
 * image.docker-manifest-digest and identity.docker-reference; "optional", an object (null: cosign's
 * payload alone), where creator is a string and timestamp a whole number and other members are not looked
 * at; nothing beside these two. A member that is not known may limit what was signed. Nothing is verified
 * here. */
int signed_claim_parse(enum signed_claim_type type, const void *payload, size_t len,
		       struct signed_claim *ret, struct error *err);

/* Is the claim about these bytes? ERROR_VERIFY when their digest is another one. */
int signed_claim_check_manifest(const struct signed_claim *claim,
				const struct signed_manifest *manifest, struct error *err);

#endif
