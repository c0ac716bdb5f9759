/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which name a signature must be for: the member signedIdentity of a requirement (containers-policy.json(5)).
 *
 *	autosignedidentity struct signed_identity identity = SIGNED_IDENTITY_INIT;
 *
 *	if (signed_identity_read(node, &identity, err) < 0 ||
 *	    signed_identity_check(&identity, &reference, "quay.io/ns/app:1", err) < 0) ...
 *
 * What is compared with the signature is the image's reference as it was asked for, never the name of a
 * mirror.
 */
#ifndef REGISTRY_SIGNED_IDENTITY_H
#define REGISTRY_SIGNED_IDENTITY_H

#include "base/cleanup.h"
#include "format/config_node.h"
#include "oci/reference.h"

enum signed_identity_match {
	MATCH_REPO_DIGEST_OR_EXACT, /* the default: the same tag; of a digest the same repository */
	MATCH_EXACT, /* the same tag, or the same digest */
	MATCH_REPOSITORY,
	MATCH_EXACT_REFERENCE, /* the one that the policy names */
	MATCH_EXACT_REPOSITORY,
	MATCH_REMAP_IDENTITY, /* as the default, after the beginning of the name was replaced */
	MATCH_DIGEST, /* whatever the name, and without one: ctnr's own (ctnr-policy(5)) */
	MATCH_MAX,
};

struct signed_identity {
	enum signed_identity_match match;
	struct reference reference; /* of MATCH_EXACT_*; without a tag for a repository */
	char *prefix; /* of MATCH_REMAP_IDENTITY, like the next */
	char *signed_prefix;
};

#define SIGNED_IDENTITY_INIT \
	{ \
		.reference = REFERENCE_INIT \
	}

void signed_identity_release(struct signed_identity *identity);
#define autosignedidentity autocleanup(signed_identity_release)

/* Read the object. */
int signed_identity_read(const struct config_node *table, struct signed_identity *ret,
			 struct error *err);

/* Is a signature for the name that it claims ("quay.io/ns/app:1"; NULL: it claims none) one for the image?
 * reference is the image's; NULL: it has none, and only what the policy itself names can match. ERROR_VERIFY
 * when it is not. */
int signed_identity_check(const struct signed_identity *identity, const struct reference *reference,
			  const char *claimed, struct error *err);

#endif
