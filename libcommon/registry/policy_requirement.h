/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One requirement of a policy (registry/policy.h), as containers-policy.json(5) has them.
 *
 *	autorequirement struct policy_requirement requirement = POLICY_REQUIREMENT_INIT;
 *
 *	if (policy_requirement_read(node, &requirement, err) < 0) ...
 *	... requirement.rule is POLICY_SIGNED_BY, requirement.key_paths.items[0] "/etc/keys/vendor.gpg"
 *
 * A requirement that ctnr cannot check, as one with fulcio, is read: the policy stays of use for what it says
 * about other images, and no image meets the requirement.
 */
#ifndef REGISTRY_POLICY_REQUIREMENT_H
#define REGISTRY_POLICY_REQUIREMENT_H

#include "base/str.h"
#include "registry/signed_identity.h"

enum policy_rule {
	POLICY_ACCEPT, /* insecureAcceptAnything */
	POLICY_REJECT,
	POLICY_SIGNED_BY, /* by simple signing, with a key of a GPG keyring */
	POLICY_SIGNED_BASE_LAYER, /* no image meets it */
	POLICY_SIGSTORE_SIGNED, /* by a sigstore key pair */
	POLICY_RULE_MAX,
};

struct policy_requirement {
	enum policy_rule rule;
	unsigned line;
	const char
		*unsupported; /* what ctnr cannot check, or NULL; borrowed from the configuration */
	struct strlist key_paths; /* files; any of their keys will do */
	struct str *key_texts; /* n_key_texts keys that stand in the policy itself, decoded */
	size_t n_key_texts;
	struct signed_identity identity;
};

#define POLICY_REQUIREMENT_INIT \
	{ \
		.identity = SIGNED_IDENTITY_INIT \
	}

void policy_requirement_release(struct policy_requirement *requirement);
#define autorequirement autocleanup(policy_requirement_release)

/* "signedBy". */
const char *policy_rule_name(enum policy_rule rule);

/* Read an object, from which ret borrows. */
int policy_requirement_read(const struct config_node *node, struct policy_requirement *ret,
			    struct error *err);

#endif
