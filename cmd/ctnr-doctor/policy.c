/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"

#include "registry/policy_file.h"

/* The policy that counts where a command line names none. */
void check_policy(struct checklist *list)
{
	const struct policy_opts opts = { 0 };
	autopolicy struct policy policy = POLICY_INIT;
	struct error err = { 0 };

	if (policy_file_open(&opts, &policy, &err) < 0) {
		check_add(list, "policy", CHECK_WARN, "%s: no image can be fetched", err.message);
		if (err.hint[0])
			check_hint(list, "%s", err.hint);
		return;
	}
	if (policy.file) {
		check_add(list, "policy", CHECK_OK, "%s says which images are let in", policy.file);
		return;
	}
	check_add(list, "policy", CHECK_OK,
		  "none: images of all registries are let in, signed or not");
	check_hint(list, "write ~/.config/containers/policy.json; ctnr-policy(5) explains it");
}
