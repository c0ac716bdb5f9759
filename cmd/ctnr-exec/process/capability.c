/* SPDX-License-Identifier: Apache-2.0 */
#include "process/capability.h"

#include "system/capability.h"

#include <errno.h>
#include <linux/prctl.h>
#include <sys/prctl.h>

/* Those of a set that this process's bounding set holds. */
static uint64_t held_in_bounding(uint64_t set)
{
	uint64_t held = 0;

	for (int i = 0; i < CAPABILITY_NAMES; i++)
		if (set >> i & 1 && prctl(PR_CAPBSET_READ, i, 0, 0, 0) == 1)
			held |= UINT64_C(1) << i;
	return held;
}

int capabilities_check(const struct capabilities *c, struct error *err)
{
	struct capability_sets have;

	if (!(c->bounding | c->effective | c->permitted | c->inheritable))
		return 0;
	if (capability_get(&have, err) < 0)
		return -1;
	capabilities_tell_denied(c, held_in_bounding(c->bounding), have.permitted);
	return 0;
}

int capabilities_narrow(const struct capabilities *c, struct capability_sets *ret_before,
			struct error *err)
{
	struct capability_sets narrow;

	if (capability_get(ret_before, err) < 0)
		return -1;
	narrow = *ret_before;
	narrow.effective &= c->bounding;
	return capability_set(&narrow, err);
}

int capabilities_bound(const struct capabilities *c, struct error *err)
{
	for (int i = 0; i < 64; i++) {
		if (c->bounding >> i & 1)
			continue;
		if (prctl(PR_CAPBSET_DROP, i, 0, 0, 0) == 0)
			continue;
		if (errno == EINVAL && i >= CAPABILITY_NAMES)
			break; /* the kernel's last one was before */
		return error_errno(err, "cannot drop capability %d from the bounding set", i);
	}
	if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0)
		return error_errno(err, "cannot keep capabilities");
	return 0;
}

int capabilities_apply(const struct capabilities *c, uint64_t keep, struct error *err)
{
	struct capability_sets sets;
	uint64_t have;

	if (capability_get(&sets, err) < 0)
		return -1;
	/* What the caller does not have cannot be given, and no more than that. */
	have = sets.permitted;
	sets.permitted = (c->permitted | keep) & have;
	sets.effective = c->effective & c->permitted & have;
	sets.inheritable = c->inheritable & have;
	if (capability_set(&sets, err) < 0)
		return -1;
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0)
		return error_errno(err, "cannot clear ambient capabilities");
	for (int i = 0; i < CAPABILITY_NAMES; i++) {
		if (!(c->ambient & sets.inheritable & sets.permitted & UINT64_C(1) << i))
			continue;
		if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, i, 0, 0) < 0)
			return error_errno(err, "cannot raise ambient capability '%s'",
					   capability_name(i));
	}
	return 0;
}

int capabilities_raise(uint64_t set, struct error *err)
{
	struct capability_sets sets;

	if (capability_get(&sets, err) < 0)
		return -1;
	sets.effective |= set & sets.permitted;
	return capability_set(&sets, err);
}
