/* SPDX-License-Identifier: Apache-2.0 */
/* policy.json, and which of its requirements are about an image. */
#include "registry/policy.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A signature that names an image counts or not by every requirement there is. */
static void check_identities(const struct policy_scope *scope, const struct reference *reference)
{
	struct error err = { 0 };

	for (size_t i = 0; i < scope->n_requirements; i++) {
		const struct signed_identity *identity = &scope->requirements[i].identity;

		signed_identity_check(identity, reference, "quay.io/ns/app:1", &err);
		signed_identity_check(identity, reference, "quay.io/ns/app", &err);
		signed_identity_check(identity, NULL, NULL, &err);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autopolicy struct policy policy = POLICY_INIT;
	autoreference struct reference reference = REFERENCE_INIT;
	const struct policy_image image = { .transport = "docker", .reference = &reference };
	struct error err = { 0 };

	reference_parse("quay.io/ns/app:1", &reference, &err);
	if (policy_parse((const char *)data, size, "fuzz", &policy, &err) == 0)
		check_identities(policy_find_scope(&policy, &image), &reference);
	return 0;
}
