/* SPDX-License-Identifier: Apache-2.0 */
#include "process/rlimit.h"

#include "base/message.h"

#include <errno.h>

static int raise_limit(struct rlimit_config *r, struct error *err)
{
	__rlimit_resource_t resource = (__rlimit_resource_t)r->resource;
	struct rlimit have, raised;

	if (getrlimit(resource, &have) < 0)
		return error_errno(err, "cannot read limit '%s'", r->name);
	if (r->limit.rlim_max <= have.rlim_max)
		return 0;
	raised = (struct rlimit) { have.rlim_cur, r->limit.rlim_max };
	if (setrlimit(resource, &raised) == 0)
		return 0;
	if (errno != EPERM)
		return error_errno(err, "cannot set limit '%s'", r->name);
	message_warning("config.json: process.rlimits: %s: more than %llu is not ours to grant, "
			"going on with that",
			r->name, (unsigned long long)have.rlim_max);
	r->limit.rlim_max = have.rlim_max;
	if (r->limit.rlim_cur > have.rlim_max)
		r->limit.rlim_cur = have.rlim_max;
	return 0;
}

int rlimits_prepare(struct rlimits_config *rlimits, struct error *err)
{
	for (size_t i = 0; i < rlimits->len; i++)
		if (raise_limit(&rlimits->items[i], err) < 0)
			return -1;
	return 0;
}

int rlimits_apply(const struct rlimits_config *rlimits, struct error *err)
{
	for (size_t i = 0; i < rlimits->len; i++) {
		const struct rlimit_config *r = &rlimits->items[i];

		if (setrlimit((__rlimit_resource_t)r->resource, &r->limit) < 0)
			return error_errno(err, "cannot set limit '%s'", r->name);
	}
	return 0;
}
