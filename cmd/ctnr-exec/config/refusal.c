/* SPDX-License-Identifier: Apache-2.0 */
#include "config/refusal.h"

#include "config/cgroup.h"

#include "base/cleanup.h"
#include "base/message.h"

#include <stdbool.h>
#include <string.h>

/* Which values of a property ask for something. */
enum asks {
	ASKS_UNLESS_EMPTY,
	ASKS_UNLESS_ZERO, /* a number: 0 and -1 are no limit */
	ASKS_UNLESS_MINUS_ONE, /* a number: 0 is a value as others are */
	ASKS_WHEN_TRUE,
	ASKS_ELSEWHERE, /* a property that is read in another place */
};

enum fate {
	REFUSED,
	TOLD,
};

struct property {
	const char *key;
	enum asks asks;
	enum fate fate;
};

#define SECTION_DEPTH_MAX 3
#define SECTION_PROPERTIES_MAX 12

struct section {
	const char *path[SECTION_DEPTH_MAX]; /* of keys, from the root */
	const char *reason; /* what an error or a warning says */
	/* The properties are all that the specification has there: an unknown one is told of. */
	bool is_complete;
	struct property properties[SECTION_PROPERTIES_MAX]; /* until the first without a key */
};

#define NOT_SUPPORTED "this is not supported"
#define NO_LIMITS CGROUP_NEEDED
#define OTHER_PLATFORM "this is for another platform"

/* In a section of several lines that differ in their reason, the path is there more than once. */
static const struct section sections[] = {
	{ { NULL },
	  OTHER_PLATFORM,
	  false,
	  { { "freebsd", ASKS_UNLESS_EMPTY, REFUSED },
	    { "solaris", ASKS_UNLESS_EMPTY, REFUSED },
	    { "vm", ASKS_UNLESS_EMPTY, REFUSED },
	    { "windows", ASKS_UNLESS_EMPTY, REFUSED },
	    { "zos", ASKS_UNLESS_EMPTY, REFUSED } } },
	{ { "hooks" },
	  NOT_SUPPORTED,
	  true,
	  { { "prestart", ASKS_ELSEWHERE },
	    { "createRuntime", ASKS_ELSEWHERE },
	    { "createContainer", ASKS_ELSEWHERE },
	    { "startContainer", ASKS_ELSEWHERE },
	    { "poststart", ASKS_ELSEWHERE },
	    { "poststop", ASKS_ELSEWHERE } } },
	{ { "process" }, OTHER_PLATFORM, false, { { "commandLine", ASKS_UNLESS_EMPTY, REFUSED } } },
	{ { "process", "user" },
	  OTHER_PLATFORM,
	  false,
	  { { "username", ASKS_UNLESS_EMPTY, TOLD } } },
	{ { "linux" },
	  NOT_SUPPORTED,
	  false,
	  { { "intelRdt", ASKS_UNLESS_EMPTY, REFUSED },
	    { "netDevices", ASKS_UNLESS_EMPTY, REFUSED } } },
	{ { "linux", "resources" },
	  NO_LIMITS,
	  true,
	  { { "blockIO", ASKS_ELSEWHERE },
	    { "cpu", ASKS_ELSEWHERE },
	    { "devices", ASKS_ELSEWHERE },
	    { "memory", ASKS_ELSEWHERE },
	    { "network", ASKS_ELSEWHERE },
	    { "pids", ASKS_ELSEWHERE },
	    { "hugepageLimits", ASKS_UNLESS_EMPTY, REFUSED },
	    { "rdma", ASKS_UNLESS_EMPTY, REFUSED },
	    { "unified", ASKS_UNLESS_EMPTY, REFUSED } } },
	{ { "linux", "resources", "blockIO" },
	  NO_LIMITS,
	  true,
	  { { "weight", ASKS_UNLESS_ZERO, REFUSED },
	    { "leafWeight", ASKS_UNLESS_ZERO, REFUSED },
	    { "weightDevice", ASKS_UNLESS_EMPTY, REFUSED },
	    { "throttleReadBpsDevice", ASKS_UNLESS_EMPTY, REFUSED },
	    { "throttleWriteBpsDevice", ASKS_UNLESS_EMPTY, REFUSED },
	    { "throttleReadIOPSDevice", ASKS_UNLESS_EMPTY, REFUSED },
	    { "throttleWriteIOPSDevice", ASKS_UNLESS_EMPTY, REFUSED } } },
	{ { "linux", "resources", "cpu" },
	  NO_LIMITS,
	  true,
	  { { "shares", ASKS_UNLESS_ZERO, REFUSED },
	    { "quota", ASKS_UNLESS_ZERO, REFUSED },
	    { "burst", ASKS_UNLESS_ZERO, REFUSED },
	    { "period", ASKS_UNLESS_ZERO, REFUSED },
	    { "realtimeRuntime", ASKS_UNLESS_ZERO, REFUSED },
	    { "realtimePeriod", ASKS_UNLESS_ZERO, REFUSED },
	    { "cpus", ASKS_UNLESS_EMPTY, REFUSED },
	    { "mems", ASKS_UNLESS_EMPTY, REFUSED },
	    { "idle", ASKS_UNLESS_ZERO, REFUSED } } },
	{ { "linux", "resources", "memory" },
	  NO_LIMITS,
	  true,
	  { { "limit", ASKS_UNLESS_ZERO, REFUSED },
	    { "reservation", ASKS_UNLESS_ZERO, REFUSED },
	    { "swap", ASKS_UNLESS_ZERO, REFUSED },
	    { "kernel", ASKS_UNLESS_ZERO, REFUSED },
	    { "kernelTCP", ASKS_UNLESS_ZERO, REFUSED },
	    { "swappiness", ASKS_UNLESS_MINUS_ONE, REFUSED },
	    { "disableOOMKiller", ASKS_WHEN_TRUE, REFUSED },
	    /* They say how a limit counts and changes, and every limit is refused. */
	    { "useHierarchy", ASKS_WHEN_TRUE, TOLD },
	    { "checkBeforeUpdate", ASKS_WHEN_TRUE, TOLD } } },
	{ { "linux", "resources", "network" },
	  NO_LIMITS,
	  true,
	  { { "classID", ASKS_UNLESS_ZERO, REFUSED },
	    { "priorities", ASKS_UNLESS_EMPTY, REFUSED } } },
	{ { "linux", "resources", "pids" },
	  NO_LIMITS,
	  true,
	  { { "limit", ASKS_UNLESS_ZERO, REFUSED } } },
};

void refusal_warn(const struct jnode *node, const char *what)
{
	struct error text;

	jnode_error(node, &text, "%s", what);
	message_warning("%s", text.message);
}

static bool is_empty(const json_t *value)
{
	return !value || json_is_null(value) ||
	       (json_is_string(value) && json_string_length(value) == 0) ||
	       (json_is_array(value) && json_array_size(value) == 0) ||
	       (json_is_object(value) && json_object_size(value) == 0);
}

/* A number that asks for something is above 0 (0 too: zero_asks); -1 is also written as 2^64-1. */
static int number_asks(const struct jnode *node, bool zero_asks, bool *ret, struct error *err)
{
	uint64_t number;

	if (!jnode_is_present(node) ||
	    (json_is_integer(node->value) && json_integer_value(node->value) == -1))
		return 0;
	if (jnode_unsigned(node, UINT64_MAX, &number, err) < 0)
		return -1;
	*ret = number != UINT64_MAX && (number > 0 || zero_asks);
	return 0;
}

/* Is anything asked for? Fails on a value that is no answer to that. */
static int asks_anything(const struct jnode *node, enum asks asks, bool *ret, struct error *err)
{
	switch (asks) {
	case ASKS_UNLESS_ZERO:
	case ASKS_UNLESS_MINUS_ONE:
		return number_asks(node, asks == ASKS_UNLESS_MINUS_ONE, ret, err);
	case ASKS_WHEN_TRUE:
		return jnode_bool_opt(node, ret, err);
	case ASKS_ELSEWHERE:
		break;
	case ASKS_UNLESS_EMPTY:
		*ret = !is_empty(node->value);
		break;
	}
	return 0;
}

static int check_property(const struct section *section, const struct property *property,
			  const struct jnode *node, struct error *err)
{
	autostr struct str what = STR_INIT;
	bool asks = false;

	if (asks_anything(node, property->asks, &asks, err) < 0)
		return -1;
	if (!asks)
		return 0;
	if (property->fate == REFUSED)
		return jnode_error(node, err, "%s", section->reason);
	str_appendf(&what, "%s, ignoring", section->reason);
	refusal_warn(node, what.data);
	return 0;
}

static bool has_property(const struct section *section, const char *key)
{
	for (const struct property *p = section->properties; p->key; p++)
		if (strcmp(p->key, key) == 0)
			return true;
	return false;
}

/* The specification wants unknown properties to be ignored. Among hooks and limits they most likely
 * want something to be done. */
static void tell_unknown(const struct section *section, const struct jnode *node)
{
	const char *key;
	json_t *value;

	json_object_foreach ((json_t *)(uintptr_t)node->value, key, value) {
		struct jnode member = jnode_member(node, key);

		if (!has_property(section, key) && !is_empty(value))
			refusal_warn(&member, "the specification has no such property, ignoring");
	}
}

static int check_section(const struct section *section, const struct jnode *root, struct error *err)
{
	struct jnode nodes[SECTION_DEPTH_MAX + 1] = { *root };
	const struct jnode *node = nodes;

	for (size_t i = 0; i < SECTION_DEPTH_MAX && section->path[i]; i++, node++) {
		nodes[i + 1] = jnode_member(&nodes[i], section->path[i]);
		if (jnode_object(&nodes[i + 1], err) < 0)
			return -1;
		if (!jnode_is_present(&nodes[i + 1]))
			return 0;
	}
	for (const struct property *p = section->properties; p->key; p++) {
		struct jnode member = jnode_member(node, p->key);

		if (check_property(section, p, &member, err) < 0)
			return -1;
	}
	if (section->is_complete)
		tell_unknown(section, node);
	return 0;
}

int refusal_check(const struct jnode *root, struct error *err)
{
	for (size_t i = 0; i < array_size(sections); i++)
		if (check_section(&sections[i], root, err) < 0)
			return -1;
	return 0;
}

/* What is left of a dotted name behind the path of a section; NULL where that is another's. */
static const char *name_within(const struct section *section, const char *name)
{
	for (size_t i = 0; i < SECTION_DEPTH_MAX && section->path[i]; i++) {
		size_t len = strlen(section->path[i]);

		if (strncmp(name, section->path[i], len) != 0 || (name[len] && name[len] != '.'))
			return NULL;
		name += len + (name[len] == '.');
	}
	return name;
}

bool refusal_is_refused(const char *name)
{
	for (size_t i = 0; i < array_size(sections); i++) {
		const char *key = name_within(&sections[i], name);

		for (const struct property *p = sections[i].properties; key && p->key; p++)
			if (strcmp(p->key, key) == 0 && p->asks != ASKS_ELSEWHERE &&
			    p->fate == REFUSED)
				return true;
	}
	return false;
}

void refusal_list_accepted(const char *name, struct strlist *ret)
{
	for (size_t i = 0; i < array_size(sections); i++) {
		const char *rest = name_within(&sections[i], name);

		if (!sections[i].path[0] || !rest || *rest)
			continue;
		for (const struct property *p = sections[i].properties; p->key; p++)
			if (p->asks == ASKS_ELSEWHERE || p->fate != REFUSED)
				strlist_append(ret, p->key);
	}
}

int refusal_check_process(const struct jnode *root, struct error *err)
{
	for (size_t i = 0; i < array_size(sections); i++)
		if (sections[i].path[0] && strcmp(sections[i].path[0], "process") == 0 &&
		    check_section(&sections[i], root, err) < 0)
			return -1;
	return 0;
}
