/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Simple signing: a signature as an OpenPGP message that contains what it signs
 * (containers-signature(5)), as skopeo and podman write it and lookaside servers keep it. Verified by
 * gpgv.
 *
 *	if (simple_signing_verify(&keys, blob, len, &manifest, interrupt, &claim, err) < 0) ...
 *
 * gpgv, not gpg, because it does this and nothing else: it has no home, agent, trust database,
 * configuration or network to be kept away from, reads keys from the file that it is given, and reports
 * expired and revoked keys all the same. It is what apt verifies Debian with. The keys and the report are
 * files in memory, so nothing is written and nothing is left behind by a signal.
 */
#ifndef REGISTRY_SIMPLE_SIGNING_H
#define REGISTRY_SIMPLE_SIGNING_H

#include "registry/openpgp_keys.h"
#include "registry/signed_claim.h"
#include "system/interrupt.h"

#include <stddef.h>

#define SIMPLE_SIGNING_MAX (256U << 10) /* bytes of a signature; real ones have about 600 */

/* Verify a signature. ret is new.
 *
 * ERROR_VERIFY, each with its reason: an armored, cleartext, encrypted, detached or unsigned message; not
 * exactly one signature; one by another key; an expired or revoked key, an expired signature; SHA-1 or
 * weaker; a payload that signed_claim_parse() refuses, or about another manifest. ERROR_FAILED with a
 * hint when there is no gpgv; ERROR_FAILED "interrupted" after a signal (interrupt may be NULL);
 * ERROR_TEMPORARY when gpgv takes too long. */
int simple_signing_verify(const struct openpgp_keys *keys, const void *signature, size_t len,
			  const struct signed_manifest *manifest, const struct interrupt *interrupt,
			  struct signed_claim *ret, struct error *err);

#endif
