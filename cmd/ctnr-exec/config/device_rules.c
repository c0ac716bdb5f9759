/* SPDX-License-Identifier: Apache-2.0 */
#include "config/device_rules.h"

#include "config/refusal.h"

#include "base/alloc.h"
#include "base/str.h"
#include "oci/runtime.h"
#include "system/path.h"

#include <string.h>
#include <sys/stat.h>

#define ANY (-1) /* of a number: all */

enum access {
	ACCESS_READ = 1,
	ACCESS_WRITE = 2,
	ACCESS_MAKE = 4,
	ACCESS_OPEN = ACCESS_READ | ACCESS_WRITE,
	ACCESS_ALL = ACCESS_OPEN | ACCESS_MAKE,
};

struct device_rule {
	bool allow;
	mode_t type; /* S_IFCHR, S_IFBLK; 0: both */
	int64_t major; /* or ANY */
	int64_t minor;
	unsigned access; /* enum access */
};

struct device_rules {
	struct device_rule *items;
	size_t len;
};

static void device_rules_release(struct device_rules *rules)
{
	free(steal(&rules->items));
}
#define autodevicerules autocleanup(device_rules_release)

static int read_type(const struct jnode *node, mode_t *ret, struct error *err)
{
	const char *type = "a";

	if (jnode_string_opt(node, &type, err) < 0)
		return -1;
	if (strcmp(type, "c") == 0)
		*ret = S_IFCHR;
	else if (strcmp(type, "b") == 0)
		*ret = S_IFBLK;
	else if (*type && strcmp(type, "a") != 0)
		return jnode_error(node, err, "expected a, b or c, got '%s'", type);
	return 0;
}

/* A composition of r, w and m; absent: all of them. */
static int read_access(const struct jnode *node, unsigned *ret, struct error *err)
{
	static const char letters[] = "rwm";
	const char *text = letters;

	if (jnode_string_opt(node, &text, err) < 0)
		return -1;
	for (const char *p = text; *p; p++) {
		const char *letter = strchr(letters, *p);

		if (!letter)
			return jnode_error(node, err, "expected some of r, w and m, got '%s'",
					   text);
		*ret |= 1U << (letter - letters);
	}
	return 0;
}

static int read_rule(const struct jnode *entry, struct device_rule *ret, struct error *err)
{
	struct jnode allow = jnode_member(entry, "allow");
	struct jnode type = jnode_member(entry, "type");
	struct jnode major_node = jnode_member(entry, "major");
	struct jnode minor_node = jnode_member(entry, "minor");
	struct jnode access = jnode_member(entry, "access");

	ret->major = ANY;
	ret->minor = ANY;
	if (jnode_object(entry, err) < 0 || jnode_bool(&allow, &ret->allow, err) < 0 ||
	    read_type(&type, &ret->type, err) < 0 ||
	    jnode_integer_opt(&major_node, ANY, UINT32_MAX, &ret->major, err) < 0 ||
	    jnode_integer_opt(&minor_node, ANY, UINT32_MAX, &ret->minor, err) < 0)
		return -1;
	return read_access(&access, &ret->access, err);
}

static bool is_match(const struct device_rule *rule, mode_t type, int64_t major, int64_t minor)
{
	return (!rule->type || rule->type == type) &&
	       (rule->major == ANY || rule->major == major) &&
	       (rule->minor == ANY || rule->minor == minor || minor == ANY);
}

/* Later rules win. Is anything left that is denied? */
static bool is_denying(const struct device_rules *rules)
{
	bool result = false;

	for (size_t i = 0; i < rules->len; i++) {
		const struct device_rule *rule = &rules->items[i];
		bool is_all = !rule->type && rule->major == ANY && rule->minor == ANY &&
			      rule->access == ACCESS_ALL;

		if (!rule->allow)
			result |= rule->access != 0;
		else if (is_all)
			result = false;
	}
	return result;
}

/* May a device be read and written? A default device may, unless a rule names its numbers. */
static bool may_open(const struct device_rules *rules, mode_t type, unsigned major, unsigned minor,
		     bool is_default)
{
	unsigned access = ACCESS_OPEN;

	for (size_t i = 0; i < rules->len; i++) {
		const struct device_rule *rule = &rules->items[i];

		if (!is_match(rule, type, major, minor) ||
		    (is_default && (rule->major == ANY || rule->minor == ANY)))
			continue;
		access = rule->allow ? access | rule->access : access & ~rule->access;
	}
	return (access & ACCESS_OPEN) == ACCESS_OPEN;
}

/* What every container has beside runtime_devices: the console, and the terminals of its devpts. */
static const struct {
	int64_t major;
	int64_t minor;
} terminals[] = { { 5, 1 }, { 5, 2 }, { 136, ANY } };

static bool is_default_number(const struct device_config *d)
{
	for (size_t i = 0; i < RUNTIME_DEVICES; i++)
		if (d->type == runtime_devices[i].type && d->major == runtime_devices[i].major &&
		    d->minor == runtime_devices[i].minor)
			return true;
	return false;
}

static void tell_if_denied(const struct jnode *list, const struct device_rules *rules,
			   const struct device_config *d)
{
	autostr struct str what = STR_INIT;

	if (d->type == S_IFIFO ||
	    may_open(rules, d->type, d->major, d->minor, is_default_number(d)))
		return;
	str_appendf(&what, "'%s' is in the container and can be opened, whatever the rules deny",
		    d->path);
	refusal_warn(list, what.data);
}

static bool is_there(const struct device_rule *rule, const struct devices_config *devices)
{
	for (size_t i = 0; i < devices->len; i++)
		if (is_match(rule, devices->items[i].type, devices->items[i].major,
			     devices->items[i].minor))
			return true;
	for (size_t i = 0; i < RUNTIME_DEVICES; i++)
		if (is_match(rule, runtime_devices[i].type, runtime_devices[i].major,
			     runtime_devices[i].minor))
			return true;
	for (size_t i = 0; i < array_size(terminals); i++)
		if (is_match(rule, S_IFCHR, terminals[i].major, terminals[i].minor))
			return true;
	return false;
}

/* Nodes come with bind mounts too, and are then what a rule allows. */
static bool has_bound_devices(const struct mounts_config *mounts)
{
	for (size_t i = 0; i < mounts->len; i++) {
		const struct mount_config *m = &mounts->items[i];

		if (mount_config_is_bind(m) && path_is_below(m->source, "/dev"))
			return true;
	}
	return false;
}

/* A rule for whole classes of devices allows to make nodes: a container without CAP_MKNOD makes none.
 * A rule that allows making alone lets nobody open what was made, and loses nothing. */
static void tell_if_absent(const struct jnode *entry, const struct device_rule *rule,
			   const struct devices_config *devices)
{
	bool is_class = rule->major == ANY && rule->access & ACCESS_MAKE;

	if (!rule->allow || !(rule->access & ACCESS_OPEN) || (!is_class && is_there(rule, devices)))
		return;
	refusal_warn(entry, "the container has no such device and can make none, ignoring");
}

static void tell_of_rules(const struct jnode *list, const struct device_rules *rules,
			  const struct devices_config *devices, const struct mounts_config *mounts)
{
	for (size_t i = 0; i < devices->len; i++)
		tell_if_denied(list, rules, &devices->items[i]);
	for (size_t i = 0; i < RUNTIME_DEVICES; i++) {
		const struct device_config device = { .path = runtime_devices[i].path,
						      .type = runtime_devices[i].type,
						      .major = runtime_devices[i].major,
						      .minor = runtime_devices[i].minor };

		tell_if_denied(list, rules, &device);
	}
	if (has_bound_devices(mounts))
		return;
	for (size_t i = 0; i < rules->len; i++) {
		struct jnode entry = jnode_element(list, i);

		tell_if_absent(&entry, &rules->items[i], devices);
	}
}

int device_rules_read(const struct jnode *linux_node, const struct devices_config *devices,
		      const struct mounts_config *mounts, bool *ret_deny, struct error *err)
{
	struct jnode resources = jnode_member(linux_node, "resources");
	struct jnode list = jnode_member(&resources, "devices");
	autodevicerules struct device_rules rules = { NULL, 0 };
	size_t len;

	if (jnode_array(&list, &len, err) < 0)
		return -1;
	if (len > RUNTIME_DEVICE_RULES_MAX)
		return jnode_error(&list, err, "more than %d rules", RUNTIME_DEVICE_RULES_MAX);
	rules.items = len ? xcalloc(len, sizeof(*rules.items)) : NULL;
	for (; rules.len < len; rules.len++) {
		struct jnode entry = jnode_element(&list, rules.len);

		if (read_rule(&entry, &rules.items[rules.len], err) < 0)
			return -1;
	}
	*ret_deny = is_denying(&rules);
	if (*ret_deny)
		tell_of_rules(&list, &rules, devices, mounts);
	return 0;
}
