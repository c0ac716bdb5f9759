/* SPDX-License-Identifier: Apache-2.0 */
#include "process/rlimit.h"

#include <errno.h>

static int set_rlimit(const struct rlimit_config *r, struct error *err)
{
	struct rlimit have;

	if (setrlimit((__rlimit_resource_t)r->resource, &r->limit) == 0)
		return 0;
	error_errno(err, "cannot set limit '%s'", r->name);
	if (error_errno_is(err, EPERM) && getrlimit((__rlimit_resource_t)r->resource, &have) == 0)
		error_hint(err, "this user may go up to %llu", (unsigned long long)have.rlim_max);
	return -1;
}

int rlimits_apply(const struct rlimits_config *rlimits, struct error *err)
{
	for (size_t i = 0; i < rlimits->len; i++)
		if (set_rlimit(&rlimits->items[i], err) < 0)
			return -1;
	return 0;
}
