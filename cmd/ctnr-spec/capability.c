/* SPDX-License-Identifier: Apache-2.0 */
#include "capability.h"

#include "opts.h"

#include "base/alloc.h"
#include "base/nearest.h"
#include "system/capability.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

const struct option capability_options[] = {
	{ "cap-add", 0, "CAP", "add a capability, or ALL", OPTION_LIST,
	  offsetof(struct capability_opts, add) },
	{ "cap-drop", 0, "CAP", "drop a capability, or ALL", OPTION_LIST,
	  offsetof(struct capability_opts, drop) },
	OPTION_END,
};

/* What a container gets when nobody says anything: the set that Docker made the custom, but without
 * NET_RAW. With the host's network, which is the default, that would show root's container all that the
 * machine's processes say to each other. "ping" works without (namespace.c, ping_group_range). */
static const uint64_t default_set =
	CAPABILITY_BIT(CHOWN) | CAPABILITY_BIT(DAC_OVERRIDE) | CAPABILITY_BIT(FOWNER) |
	CAPABILITY_BIT(FSETID) | CAPABILITY_BIT(KILL) | CAPABILITY_BIT(SETGID) |
	CAPABILITY_BIT(SETUID) | CAPABILITY_BIT(SETPCAP) | CAPABILITY_BIT(NET_BIND_SERVICE) |
	CAPABILITY_BIT(SYS_CHROOT) | CAPABILITY_BIT(MKNOD) | CAPABILITY_BIT(AUDIT_WRITE) |
	CAPABILITY_BIT(SETFCAP);

static int unknown_capability(const char *name, struct error *err)
{
	autofree char *upper =
		xasprintf("%s%s", strncasecmp(name, "CAP_", 4) == 0 ? "" : "CAP_", name);
	struct nearest nearest;

	for (char *p = upper; *p; p++)
		*p = (char)toupper((unsigned char)*p);
	nearest = nearest_to(upper);
	for (int i = 0; i < CAPABILITY_NAMES; i++)
		nearest_offer(&nearest, capability_name(i));
	error_set(err, ERROR_USAGE, "unknown capability '%s'", name);
	nearest_hint(&nearest, "", err);
	return error_default_hint(err, "capabilities(7) lists them; ALL means every one");
}

int capability_parse(const char *name, uint64_t *ret_bit, struct error *err)
{
	int number = capability_number(name);

	if (number < 0)
		return unknown_capability(name, err);
	*ret_bit = UINT64_C(1) << number;
	return 0;
}

/* The capabilities that the container can be given: all in a new user namespace, and without one
 * those that this process has itself. */
static uint64_t available_set(const struct spec *spec)
{
	struct capability_sets sets;
	uint64_t bounding;

	if (spec->has_user_namespace || !spec->image)
		return capability_known_set();
	bounding = capability_bounding_set();
	if (capability_get(&sets, NULL) < 0)
		return bounding;
	return bounding & sets.permitted;
}

/* A list of options: the capabilities that it names, all that are available among them for ALL. */
struct capability_list {
	uint64_t set;
	bool is_all;
};

static int parse_capability_list(const struct strlist *texts, uint64_t available,
				 struct capability_list *ret, struct error *err)
{
	*ret = (struct capability_list) { 0 };
	for (size_t i = 0; i < texts->len; i++) {
		uint64_t bit = available;

		if (strcasecmp(texts->items[i], "ALL") == 0)
			ret->is_all = true;
		else if (capability_parse(texts->items[i], &bit, err) < 0)
			return -1;
		ret->set |= bit;
	}
	return 0;
}

static int check_available(uint64_t wanted, uint64_t available, struct error *err)
{
	for (int i = 0; i < CAPABILITY_NAMES; i++) {
		if (!(wanted & ~available & UINT64_C(1) << i))
			continue;
		error_set(err, ERROR_FAILED, "option --cap-add: %s cannot be given",
			  capability_name(i));
		return error_hint(err, "this process does not have it itself, or the kernel does "
				       "not know it");
	}
	return 0;
}

static json_t *set_to_json(uint64_t set)
{
	json_t *array = json_array();

	for (int i = 0; i < CAPABILITY_NAMES; i++)
		if (set & UINT64_C(1) << i)
			json_array_append_new(array, json_string(capability_name(i)));
	return array;
}

static uint64_t set_from_json(const json_t *array)
{
	uint64_t set = 0;

	for (size_t i = 0; i < json_array_size(array); i++) {
		const char *name = json_string_value(json_array_get(array, i));
		uint64_t bit = 0;

		if (name && capability_parse(name, &bit, NULL) == 0)
			set |= bit;
	}
	return set;
}

static uint64_t config_set(const json_t *config, const char *which)
{
	const json_t *process = json_object_get(config, "process");

	return set_from_json(json_object_get(json_object_get(process, "capabilities"), which));
}

uint64_t capability_bounding(const json_t *config)
{
	return config_set(config, "bounding");
}

/*
 * The five sets. An ordinary user has no capabilities in the container (as after setuid(2)), but for
 * those that were asked for by name: they come through the ambient set, which execve(2) keeps. For
 * root, inheritable and ambient are always empty (runc 2022-29162).
 */
static void write_sets(json_t *capabilities, uint64_t bounding, uint64_t asked, bool is_root)
{
	json_object_set_new(capabilities, "bounding", set_to_json(bounding));
	json_object_set_new(capabilities, "effective", set_to_json(is_root ? bounding : asked));
	json_object_set_new(capabilities, "permitted", set_to_json(is_root ? bounding : asked));
	if (!is_root && asked) {
		json_object_set_new(capabilities, "inheritable", set_to_json(asked));
		json_object_set_new(capabilities, "ambient", set_to_json(asked));
	} else {
		json_object_del(capabilities, "inheritable");
		json_object_del(capabilities, "ambient");
	}
}

static int parse_capability_options(const struct capability_opts *opts, uint64_t available,
				    struct capability_list *ret_add,
				    struct capability_list *ret_drop, struct error *err)
{
	if (parse_capability_list(&opts->add, available, ret_add, err) < 0)
		return error_prefix(err, "option --cap-add");
	if (parse_capability_list(&opts->drop, available, ret_drop, err) < 0)
		return error_prefix(err, "option --cap-drop");
	return 0;
}

int capability_check(const struct capability_opts *opts, struct error *err)
{
	struct capability_list add, drop;

	return parse_capability_options(opts, capability_known_set(), &add, &drop, err);
}

/* The bounding set: "--cap-drop ALL --cap-add X" is X alone, "--cap-add ALL --cap-drop X" is all but
 * X. */
static uint64_t choose_bounding(uint64_t before, const struct capability_list *add,
				const struct capability_list *drop)
{
	if (drop->is_all)
		return add->is_all ? before | add->set : add->set;
	return (before | add->set) & ~drop->set;
}

/* What the options start from. */
static uint64_t initial_set(const struct spec *spec, uint64_t available)
{
	if (spec->opts->privileged)
		return available;
	return spec->image ? default_set & available : capability_bounding(spec->config);
}

static bool user_is_root(const json_t *process)
{
	const json_t *user = json_object_get(process, "user");

	return json_integer_value(json_object_get(user, "uid")) == 0;
}

static int set_capabilities(struct spec *spec, uint64_t bounding, uint64_t asked, struct error *err)
{
	json_t *process = spec_config_member(spec, "process", JSON_OBJECT, err);
	json_t *capabilities =
		process ? spec_member(process, "process", "capabilities", JSON_OBJECT, err) : NULL;

	if (!capabilities)
		return -1;
	write_sets(capabilities, bounding, asked, user_is_root(process));
	spec->capabilities = bounding;
	return 0;
}

/* An edit that says nothing of capabilities, nor of the user that they depend on. */
static bool is_unconcerned(const struct spec *spec)
{
	const struct capability_opts *opts = &spec->opts->capability;

	return !spec->image && !spec->opts->privileged && !opts->add.len && !opts->drop.len &&
	       !spec->opts->process.user;
}

int capability_apply(struct spec *spec, struct error *err)
{
	uint64_t available = available_set(spec);
	struct capability_list add, drop;
	uint64_t bounding;

	if (is_unconcerned(spec)) {
		spec->capabilities = capability_bounding(spec->config);
		return 0;
	}
	if (parse_capability_options(&spec->opts->capability, available, &add, &drop, err) < 0 ||
	    check_available(add.set, available, err) < 0)
		return -1;
	bounding = choose_bounding(initial_set(spec, available), &add, &drop);
	return set_capabilities(spec, bounding,
				(add.set | config_set(spec->config, "ambient")) & bounding, err);
}
