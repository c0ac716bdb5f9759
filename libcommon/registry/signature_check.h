/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether one of an image's signatures meets a requirement of a policy: by one of its keys, about the image's
 * very bytes, and for the identity that it wants.
 *
 *	const struct signature_check check = { &requirement, &reference, { bytes, len }, &interrupt };
 *
 *	if (signature_check(&check, &signatures, err) < 0) ...
 */
#ifndef REGISTRY_SIGNATURE_CHECK_H
#define REGISTRY_SIGNATURE_CHECK_H

#include "registry/image_signature.h"
#include "registry/policy_requirement.h"
#include "registry/signed_claim.h"
#include "system/interrupt.h"

/* Everything is borrowed. */
struct signature_check {
	const struct policy_requirement
		*requirement; /* POLICY_SIGNED_BY or POLICY_SIGSTORE_SIGNED */
	const struct reference *reference; /* the image's; NULL: it has none */
	struct signed_manifest manifest;
	const struct interrupt *interrupt; /* or NULL */
};

/* Does one of the signatures count? ERROR_VERIFY says why each does not; another failure, as of a key file
 * that is missing, that it could not be found out. */
int signature_check(const struct signature_check *check,
		    const struct image_signature_list *signatures, struct error *err);

#endif
