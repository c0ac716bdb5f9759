/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether a policy lets an image in, which is asked before any of its blobs is fetched and before anything of
 * it is stored.
 *
 *	const struct policy_judge judge = { .policy = &policy, .options = &session_options };
 *	const struct policy_subject subject = { image, &document, repository, connection };
 *
 *	if (policy_judge(&judge, &subject, err) < 0) ...
 *	... refused by /etc/containers/policy.json:12: scope 'quay.io/ns' of docker: requirement 1 (signedBy,
 *	    line 13): none of 1 signatures counts: file:///sigs/...: it is for 'quay.io/ns/b:1', ...
 *
 *  - The decision is about the document that the name stands for: of an index, the index. What hangs below it
 *    has the digests that it says.
 *  - All requirements of the scope must be met; a signature meets one when it is by one of its keys, about
 *    this digest, and for the identity that the requirement wants.
 *  - What no image of a name can meet, such as a rule that refuses all, is found by policy_judge_name() before
 *    anything is asked: a registry that is refused gets neither a request nor a login.
 *  - Signatures are looked for only when a requirement wants one: for signedBy in the lookaside that
 *    registries.d names, for sigstoreSigned in the repository where registries.d says so. An image of a
 *    layout has none.
 */
#ifndef REGISTRY_POLICY_JUDGE_H
#define REGISTRY_POLICY_JUDGE_H

#include "oci/document.h"
#include "registry/policy.h"
#include "registry/repository.h"

/* Everything is borrowed. */
struct policy_judge {
	const struct policy *policy;
	const char *registries_d; /* folder; NULL: the user's or the system's */
	const struct session_options *options; /* how lookasides are reached */
};

/* What is asked about. Everything is borrowed. */
struct policy_subject {
	struct policy_image image;
	const struct document *document;
	struct repository *repository; /* NULL: the image is in none */
	struct repository_connection *connection;
};

/* ERROR_VERIFY when the policy refuses every image of that name, or wants of it what nothing can meet. */
int policy_judge_name(const struct policy *policy, const struct policy_image *image,
		      struct error *err);

/* ERROR_VERIFY when the image is refused; another failure when that could not be found out, as without the
 * network: then the image is not let in either. */
int policy_judge(const struct policy_judge *judge, const struct policy_subject *subject,
		 struct error *err);

#endif
