/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/policy_file.h"

#include "system/config_path.h"

#include <string.h>

#define USER_POLICY "containers/policy.json"
#define SYSTEM_POLICY "/etc/containers/policy.json"

/* Read the user's file, or the system's. */
static int open_default(struct policy *ret, struct error *err)
{
	autofree char *user = config_path_of_user(USER_POLICY);
	const char *const paths[] = { user, SYSTEM_POLICY };

	for (size_t i = 0; i < array_size(paths); i++) {
		struct error cause = { 0 };

		if (!paths[i])
			continue;
		if (policy_read(paths[i], ret, &cause) == 0)
			return 0;
		if (cause.code != ERROR_NOT_FOUND)
			return error_move(err, &cause);
	}
	policy_of_rule(POLICY_ACCEPT, ret);
	return 0;
}

/* A file that somebody named has to be there. podman's option of that name says when to pull. */
static int named_error(const char *name, struct error *err)
{
	static const char *const moments[] = { "always", "missing", "never", "newer" };

	if (error_is(err, ERROR_NOT_FOUND))
		for (size_t i = 0; i < array_size(moments); i++)
			if (strcmp(name, moments[i]) == 0)
				error_hint(
					err, "%s",
					"a policy says whose images are let in; only what is missing is "
					"pulled with --if-missing");
	return error_recode(err, ERROR_FAILED);
}

int policy_file_open(const struct policy_opts *opts, struct policy *ret, struct error *err)
{
	if (!opts->policy)
		return open_default(ret, err);
	if (strcmp(opts->policy, "insecure") == 0)
		policy_of_rule(POLICY_ACCEPT, ret);
	else if (strcmp(opts->policy, "reject") == 0)
		policy_of_rule(POLICY_REJECT, ret);
	else if (policy_read(opts->policy, ret, err) < 0)
		return named_error(opts->policy, err);
	return 0;
}
