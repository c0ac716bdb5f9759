/* SPDX-License-Identifier: Apache-2.0 */
#include "config/scheduler.h"

#include "config/flag_list.h"

#include "base/cleanup.h"

#include <linux/ioprio.h>
#include <linux/sched.h>
#include <string.h>

/* Which of the other members mean anything to a policy. */
enum policy_kind {
	POLICY_NICE,
	POLICY_PRIORITY,
	POLICY_DEADLINE,
};

static const struct policy {
	const char *name;
	uint32_t number;
	enum policy_kind kind;
} policies[] = {
	{ "SCHED_OTHER", SCHED_NORMAL, POLICY_NICE },
	{ "SCHED_FIFO", SCHED_FIFO, POLICY_PRIORITY },
	{ "SCHED_RR", SCHED_RR, POLICY_PRIORITY },
	{ "SCHED_BATCH", SCHED_BATCH, POLICY_NICE },
	{ "SCHED_IDLE", SCHED_IDLE, POLICY_NICE },
	{ "SCHED_DEADLINE", SCHED_DEADLINE, POLICY_DEADLINE },
};

static const struct flag_name flag_names[] = {
	{ "SCHED_FLAG_RESET_ON_FORK", SCHED_FLAG_RESET_ON_FORK },
	{ "SCHED_FLAG_RECLAIM", SCHED_FLAG_RECLAIM },
	{ "SCHED_FLAG_DL_OVERRUN", SCHED_FLAG_DL_OVERRUN },
	{ "SCHED_FLAG_KEEP_POLICY", SCHED_FLAG_KEEP_POLICY },
	{ "SCHED_FLAG_KEEP_PARAMS", SCHED_FLAG_KEEP_PARAMS },
	{ "SCHED_FLAG_UTIL_CLAMP_MIN", SCHED_FLAG_UTIL_CLAMP_MIN },
	{ "SCHED_FLAG_UTIL_CLAMP_MAX", SCHED_FLAG_UTIL_CLAMP_MAX },
};

static const struct {
	const char *name;
	int number;
} io_classes[] = {
	{ "IOPRIO_CLASS_RT", IOPRIO_CLASS_RT },
	{ "IOPRIO_CLASS_BE", IOPRIO_CLASS_BE },
	{ "IOPRIO_CLASS_IDLE", IOPRIO_CLASS_IDLE },
};

/* The specification has SCHED_ISO too, a policy that Linux has reserved and never had. */
static const struct policy *find_policy(const char *name)
{
	for (size_t i = 0; i < array_size(policies); i++)
		if (strcmp(name, policies[i].name) == 0)
			return &policies[i];
	return NULL;
}

/* A member that means something to policies of that kind alone. */
static int read_number(const struct jnode *scheduler, const char *key, const struct policy *policy,
		       enum policy_kind kind, uint64_t *ret, struct error *err)
{
	struct jnode node = jnode_member(scheduler, key);

	if (!jnode_is_present(&node))
		return 0;
	if (jnode_unsigned(&node, kind == POLICY_PRIORITY ? 99 : UINT64_MAX, ret, err) < 0)
		return -1;
	if (*ret && policy->kind != kind)
		return jnode_error(&node, err, "%s has none", policy->name);
	return 0;
}

static int read_nice(const struct jnode *scheduler, const struct policy *policy, int32_t *ret,
		     struct error *err)
{
	struct jnode node = jnode_member(scheduler, "nice");
	int64_t nice = 0;

	if (jnode_integer_opt(&node, -20, 19, &nice, err) < 0)
		return -1;
	if (nice && policy->kind != POLICY_NICE)
		return jnode_error(&node, err, "%s has none", policy->name);
	*ret = (int32_t)nice;
	return 0;
}

static int read_parameters(const struct jnode *scheduler, const struct policy *policy,
			   struct scheduler_config *ret, struct error *err)
{
	struct jnode priority_node = jnode_member(scheduler, "priority");
	uint64_t priority = 0;

	if (read_nice(scheduler, policy, &ret->nice, err) < 0 ||
	    read_number(scheduler, "priority", policy, POLICY_PRIORITY, &priority, err) < 0 ||
	    read_number(scheduler, "runtime", policy, POLICY_DEADLINE, &ret->runtime, err) < 0 ||
	    read_number(scheduler, "deadline", policy, POLICY_DEADLINE, &ret->deadline, err) < 0 ||
	    read_number(scheduler, "period", policy, POLICY_DEADLINE, &ret->period, err) < 0)
		return -1;
	if (!priority && policy->kind == POLICY_PRIORITY)
		return jnode_error(&priority_node, err, "%s needs one from 1 to 99", policy->name);
	ret->priority = (uint32_t)priority;
	return 0;
}

/* Is an object with anything in it there? */
static int is_asked(const struct jnode *object, bool *ret, struct error *err)
{
	if (jnode_object(object, err) < 0)
		return -1;
	*ret = jnode_is_present(object) && json_object_size(object->value) > 0;
	return 0;
}

int scheduler_config_read(const struct jnode *process, struct scheduler_config *ret,
			  struct error *err)
{
	struct jnode scheduler = jnode_member(process, "scheduler");
	struct jnode name_node = jnode_member(&scheduler, "policy");
	struct jnode flags = jnode_member(&scheduler, "flags");
	const struct policy *policy;
	const char *name;

	if (is_asked(&scheduler, &ret->is_asked, err) < 0)
		return -1;
	if (!ret->is_asked)
		return 0;
	if (jnode_string(&name_node, &name, err) < 0)
		return -1;
	policy = find_policy(name);
	if (!policy)
		return jnode_error(&name_node, err, "Linux has no policy '%s'", name);
	ret->name = policy->name;
	ret->policy = policy->number;
	if (flag_list_read(&flags, flag_names, array_size(flag_names), &ret->flags, err) < 0)
		return -1;
	return read_parameters(&scheduler, policy, ret, err);
}

int io_priority_config_read(const struct jnode *process, struct io_priority_config *ret,
			    struct error *err)
{
	struct jnode object = jnode_member(process, "ioPriority");
	struct jnode class_node = jnode_member(&object, "class");
	struct jnode priority_node = jnode_member(&object, "priority");
	const char *name;
	int64_t priority;

	if (is_asked(&object, &ret->is_asked, err) < 0)
		return -1;
	if (!ret->is_asked)
		return 0;
	if (jnode_string(&class_node, &name, err) < 0 ||
	    jnode_integer(&priority_node, 0, 7, &priority, err) < 0)
		return -1;
	for (size_t i = 0; i < array_size(io_classes); i++) {
		if (strcmp(name, io_classes[i].name) != 0)
			continue;
		ret->name = io_classes[i].name;
		ret->class = io_classes[i].number;
		ret->priority = (int)priority;
		return 0;
	}
	return jnode_error(&class_node, err, "unknown class '%s'", name);
}
