/* SPDX-License-Identifier: Apache-2.0 */
#include "config/rlimits.h"

#include "base/alloc.h"

#include <stdbool.h>
#include <string.h>

static const struct {
	const char *name;
	int resource;
} limits[] = {
	{ "RLIMIT_AS", RLIMIT_AS },
	{ "RLIMIT_CORE", RLIMIT_CORE },
	{ "RLIMIT_CPU", RLIMIT_CPU },
	{ "RLIMIT_DATA", RLIMIT_DATA },
	{ "RLIMIT_FSIZE", RLIMIT_FSIZE },
	{ "RLIMIT_LOCKS", RLIMIT_LOCKS },
	{ "RLIMIT_MEMLOCK", RLIMIT_MEMLOCK },
	{ "RLIMIT_MSGQUEUE", RLIMIT_MSGQUEUE },
	{ "RLIMIT_NICE", RLIMIT_NICE },
	{ "RLIMIT_NOFILE", RLIMIT_NOFILE },
	{ "RLIMIT_NPROC", RLIMIT_NPROC },
	{ "RLIMIT_RSS", RLIMIT_RSS },
	{ "RLIMIT_RTPRIO", RLIMIT_RTPRIO },
	{ "RLIMIT_RTTIME", RLIMIT_RTTIME },
	{ "RLIMIT_SIGPENDING", RLIMIT_SIGPENDING },
	{ "RLIMIT_STACK", RLIMIT_STACK },
};

void rlimits_config_release(struct rlimits_config *rlimits)
{
	free(steal(&rlimits->items));
	rlimits->len = 0;
}

/* Limits are 64 bits without a sign; "unlimited" is written as 2^64-1, which some JSON libraries
 * write as a real number, or as -1. */
static int read_value(const struct jnode *node, rlim_t *ret, struct error *err)
{
	uint64_t value;
	double real;

	if ((json_is_integer(node->value) && json_integer_value(node->value) == -1) ||
	    (jnode_is_real(node, &real) && real >= 9223372036854775808.0)) {
		*ret = RLIM_INFINITY;
		return 0;
	}
	if (jnode_unsigned(node, UINT64_MAX, &value, err) < 0)
		return -1;
	*ret = value;
	return 0;
}

static int read_rlimit(const struct jnode *entry, struct rlimit_config *ret, struct error *err)
{
	struct jnode type = jnode_member(entry, "type");
	struct jnode soft = jnode_member(entry, "soft");
	struct jnode hard = jnode_member(entry, "hard");
	const char *name;

	if (jnode_string(&type, &name, err) < 0 ||
	    read_value(&soft, &ret->limit.rlim_cur, err) < 0 ||
	    read_value(&hard, &ret->limit.rlim_max, err) < 0)
		return -1;
	if (ret->limit.rlim_cur > ret->limit.rlim_max)
		return jnode_error(&soft, err, "it is above the hard limit");
	for (size_t i = 0; i < array_size(limits); i++) {
		if (strcmp(name, limits[i].name) != 0)
			continue;
		ret->name = limits[i].name;
		ret->resource = limits[i].resource;
		return 0;
	}
	return jnode_error(&type, err, "unknown limit '%s'", name);
}

static bool has_resource(const struct rlimits_config *rlimits, int resource)
{
	for (size_t i = 0; i < rlimits->len; i++)
		if (rlimits->items[i].resource == resource)
			return true;
	return false;
}

int rlimits_config_read(const struct jnode *process, struct rlimits_config *ret, struct error *err)
{
	struct jnode list = jnode_member(process, "rlimits");
	size_t len;

	if (jnode_array(&list, &len, err) < 0)
		return -1;
	ret->items = len ? xcalloc(len, sizeof(*ret->items)) : NULL;
	for (; ret->len < len; ret->len++) {
		struct jnode entry = jnode_element(&list, ret->len);
		struct rlimit_config *item = &ret->items[ret->len];

		if (read_rlimit(&entry, item, err) < 0)
			return -1;
		if (has_resource(ret, item->resource))
			return jnode_error(&entry, err, "'%s' is listed twice", item->name);
	}
	return 0;
}
