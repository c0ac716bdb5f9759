/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A sigstore bundle, version 0.3 (protobuf-specs, sigstore_bundle.proto; cosign's BUNDLE_SPEC.md): the
 * form that cosign 3 writes, attached as a referrer whose artifactType, and whose one layer's media type,
 * is SIGSTORE_BUNDLE_TYPE.
 *
 *	if (sigstore_bundle_verify(&keys, blob, len, &manifest, &claim, err) < 0) ...
 *
 * Its content is one of
 *  - dsseEnvelope: an in-toto statement, signed together with its type (DSSE's PAE). It counts when it is
 *    cosign's signature of an image: _type in-toto Statement/v1, predicateType SIGSTORE_SIGN_PREDICATE,
 *    an empty predicate, one subject with one digest. Attestations (provenance, SBOMs) are bundles of the
 *    same media type by the same keys, and are no signatures of the image: the annotation
 *    SIGSTORE_PREDICATE_ANNOTATION of the referrer tells them apart before they are fetched;
 *  - messageSignature: a signature over the manifest's bytes themselves.
 *
 * The key is one that the caller gives. The hint in verificationMaterial.publicKey names a key that the
 * signer chose and decides nothing. A certificate there (Fulcio) is refused by name. Entries of a
 * transparency log and timestamps are not looked at.
 *
 * The claim's docker_reference is the subject's name when that is the name of an image, else NULL
 * (signed_claim.h says what that means); a messageSignature has none.
 */
#ifndef REGISTRY_SIGSTORE_BUNDLE_H
#define REGISTRY_SIGSTORE_BUNDLE_H

#include "registry/public_keys.h"
#include "registry/signed_claim.h"

#include <stddef.h>

#define SIGSTORE_BUNDLE_TYPE "application/vnd.dev.sigstore.bundle.v0.3+json"
#define SIGSTORE_PREDICATE_ANNOTATION "dev.sigstore.bundle.predicateType"
#define SIGSTORE_SIGN_PREDICATE "https://sigstore.dev/cosign/sign/v1"
#define SIGSTORE_BUNDLE_MAX (1U << 20) /* bytes; with certificate and log entry about 12,000 */

/* Verify a bundle. ret is new. ERROR_VERIFY when it does not count. */
int sigstore_bundle_verify(const struct public_keys *keys, const void *bundle, size_t len,
			   const struct signed_manifest *manifest, struct signed_claim *ret,
			   struct error *err);

#endif
