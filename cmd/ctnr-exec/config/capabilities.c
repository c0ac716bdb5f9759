/* SPDX-License-Identifier: Apache-2.0 */
#include "config/capabilities.h"

#include "base/alloc.h"
#include "base/message.h"
#include "base/str.h"
#include "system/capability.h"

#include <string.h>

/* One walk over the five sets. */
struct capability_reading {
	uint64_t known; /* by the kernel */
	json_t *unknown; /* a set of the names of which nothing is known here */
};

/* The bit of "CAP_NAME", written so (runtime-spec); -1 when there is no such capability here. */
static int find_capability(const char *name, uint64_t known)
{
	int number = capability_number(name);

	if (number < 0 || strcmp(name, capability_name(number)) != 0)
		return -1;
	return known >> number & 1 ? number : -1;
}

static int read_set(const struct jnode *object, const char *key, struct capability_reading *reading,
		    uint64_t *ret, struct error *err)
{
	struct jnode list = jnode_member(object, key);
	size_t len;

	if (jnode_array(&list, &len, err) < 0)
		return -1;
	for (size_t i = 0; i < len; i++) {
		struct jnode item = jnode_element(&list, i);
		const char *name;
		int bit;

		if (jnode_string(&item, &name, err) < 0)
			return -1;
		bit = find_capability(name, reading->known);
		if (bit >= 0)
			*ret |= UINT64_C(1) << bit;
		else
			json_object_set_new(reading->unknown, name, json_true());
	}
	return 0;
}

static int read_sets(const struct jnode *object, struct capability_reading *reading,
		     struct capabilities *ret, struct error *err)
{
	if (read_set(object, "bounding", reading, &ret->bounding, err) < 0 ||
	    read_set(object, "effective", reading, &ret->effective, err) < 0 ||
	    read_set(object, "permitted", reading, &ret->permitted, err) < 0 ||
	    read_set(object, "inheritable", reading, &ret->inheritable, err) < 0)
		return -1;
	return read_set(object, "ambient", reading, &ret->ambient, err);
}

/* Append the names of a set, in quotes. */
static void append_names(struct str *names, uint64_t set)
{
	for (int i = 0; i < CAPABILITY_NAMES; i++)
		if (set >> i & 1)
			str_appendf(names, "%s'%s'", names->len ? ", " : "", capability_name(i));
}

static void tell_unknown(const json_t *unknown)
{
	autostr struct str names = STR_INIT;
	const char *name;
	json_t *value;

	json_object_foreach ((json_t *)(uintptr_t)unknown, name, value)
		str_appendf(&names, "%s'%s'", names.len ? ", " : "", name);
	if (names.len)
		message_warning("config.json: process.capabilities: %s: not known here, ignoring",
				names.data);
}

/* Take what is not allowed out of a set, and tell of it. */
static void withhold(uint64_t *set, uint64_t allowed, const char *key, const char *reason)
{
	uint64_t excess = *set & ~allowed;
	autostr struct str names = STR_INIT;

	if (!excess)
		return;
	append_names(&names, excess);
	message_warning("config.json: process.capabilities.%s: %s: %s, ignoring", key, names.data,
			reason);
	*set &= allowed;
}

/* What capset(2) and prctl(2) refuse: sets that are larger than those which they must be part of. */
static void withhold_excess(struct capabilities *c)
{
	withhold(&c->inheritable, c->bounding, "inheritable", "not in the bounding set");
	withhold(&c->effective, c->permitted, "effective", "not permitted");
	/* Engines that give up every inheritable capability (CVE-2022-29162) may still write the ambient ones. */
	if (!c->inheritable)
		c->ambient = 0;
	withhold(&c->ambient, c->permitted & c->inheritable, "ambient",
		 "not permitted and inheritable");
}

int capabilities_read(const struct jnode *process, struct capabilities *ret, struct error *err)
{
	struct jnode object = jnode_member(process, "capabilities");
	autojson json_t *unknown = json_object();
	struct capability_reading reading = { .unknown = unknown };

	if (jnode_object(&object, err) < 0)
		return -1;
	if (!jnode_is_present(&object))
		return 0;
	reading.known = capability_known_set();
	if (read_sets(&object, &reading, ret, err) < 0)
		return -1;
	tell_unknown(unknown);
	withhold_excess(ret);
	return 0;
}

void capabilities_tell_denied(const struct capabilities *c, uint64_t bounding, uint64_t permitted)
{
	uint64_t denied = (c->bounding & ~bounding) |
			  ((c->effective | c->permitted | c->inheritable) & ~permitted);
	autostr struct str names = STR_INIT;

	append_names(&names, denied);
	if (names.len)
		message_warning(
			"config.json: process.capabilities: %s: not held by this user, going on without",
			names.data);
}
