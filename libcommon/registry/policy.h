/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an administrator says about which images may be had (containers-policy.json(5)): a file read into
 * lists of requirements, one list for each scope, and the list that is about an image.
 *
 *	autopolicy struct policy policy = POLICY_INIT;
 *	const struct policy_image image = { .transport = "docker", .reference = &reference };
 *	const struct policy_scope *scope;
 *
 *	if (policy_read("/etc/containers/policy.json", &policy, err) < 0) ...
 *	scope = policy_find_scope(&policy, &image);
 *	... scope->requirements[0].rule is POLICY_SIGNED_BY
 *
 *  - The list of the most specific scope counts, alone; its requirements must all be met. Whether they are
 *    is decided by registry/policy_judge.h.
 *  - Unknown keys, types and transports are errors with their line, and so is a list without a requirement.
 */
#ifndef REGISTRY_POLICY_H
#define REGISTRY_POLICY_H

#include "registry/policy_requirement.h"

#define POLICY_MAX (16U << 20) /* bytes of a policy file */

struct policy_scope {
	const char *transport; /* "docker"; NULL: the default of all. Borrowed from the policy */
	char *name; /* as registry/scope.h has them; "": the default of the transport */
	unsigned line;
	bool is_folded; /* the file has its host with capitals */
	struct policy_requirement *requirements;
	size_t n_requirements; /* at least 1 */
};

struct policy {
	char *file; /* NULL: no file says so */
	struct config_node root; /* what the scopes borrow from */
	struct policy_scope *scopes; /* scopes[0] is the default of all */
	size_t n_scopes;
};

#define POLICY_INIT \
	{ \
		.root = CONFIG_NODE_INIT \
	}

void policy_release(struct policy *policy);
#define autopolicy autocleanup(policy_release)

/* Read a file. ERROR_NOT_FOUND when it does not exist. */
int policy_read(const char *path, struct policy *ret, struct error *err);

/* The same of a text; path names it in messages. */
int policy_parse(const char *text, size_t len, const char *path, struct policy *ret,
		 struct error *err);

/* The policy of one rule for all images, POLICY_ACCEPT or POLICY_REJECT, which no file says. */
void policy_of_rule(enum policy_rule rule, struct policy *ret);

/* An image, as a policy speaks of it. Everything is borrowed. */
struct policy_image {
	const char *transport; /* "docker" or "oci" */
	const struct reference *reference; /* docker: the image's own, not that of a mirror */
	const char *path; /* oci: the directory, absolute and without symlinks */
	const char *name; /* oci: the image in it, or NULL */
};

/* The scope whose requirements are about the image, borrowed. */
const struct policy_scope *policy_find_scope(const struct policy *policy,
					     const struct policy_image *image);

#endif
