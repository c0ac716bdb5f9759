/* SPDX-License-Identifier: Apache-2.0 */
#include "capability.h"

#include "base/alloc.h"
#include "system/capability.h"

#include <string.h>
#include <strings.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

/* What a container gets when nobody says anything: the set that Docker made the custom. */
static const uint64_t default_set =
	CAPABILITY_BIT(CHOWN) | CAPABILITY_BIT(DAC_OVERRIDE) | CAPABILITY_BIT(FOWNER) |
	CAPABILITY_BIT(FSETID) | CAPABILITY_BIT(KILL) | CAPABILITY_BIT(SETGID) |
	CAPABILITY_BIT(SETUID) | CAPABILITY_BIT(SETPCAP) | CAPABILITY_BIT(NET_BIND_SERVICE) |
	CAPABILITY_BIT(NET_RAW) | CAPABILITY_BIT(SYS_CHROOT) | CAPABILITY_BIT(MKNOD) |
	CAPABILITY_BIT(AUDIT_WRITE) | CAPABILITY_BIT(SETFCAP);

int capability_parse(const char *name, uint64_t *ret_bit, struct error *err)
{
	int number = capability_number(name);

	if (number < 0) {
		error_set(err, ERROR_USAGE, "unknown capability '%s'", name);
		return error_hint(err, "capabilities(7) lists them; ALL means every one");
	}
	*ret_bit = UINT64_C(1) << number;
	return 0;
}

/* What can be given: a new user namespace has everything, without one nobody gives what he has
 * not. */
static uint64_t available_set(const struct spec *spec)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { 0 };
	uint64_t known = capability_known_set();
	uint64_t bounding = 0;

	if (spec->has_user_namespace || !spec->image)
		return known;
	for (int i = 0; i < CAPABILITY_NAMES; i++)
		if (prctl(PR_CAPBSET_READ, i, 0, 0, 0) == 1)
			bounding |= UINT64_C(1) << i;
	if (syscall(SYS_capget, &header, data) < 0)
		return bounding;
	return bounding & (data[0].permitted | (uint64_t)data[1].permitted << 32);
}

static int parse_list(const struct strlist *list, uint64_t all, uint64_t *ret, bool *ret_is_all,
		      struct error *err)
{
	*ret = 0;
	*ret_is_all = false;
	for (size_t i = 0; i < list->len; i++) {
		uint64_t bit = 0;

		if (strcasecmp(list->items[i], "ALL") == 0) {
			*ret_is_all = true;
			bit = all;
		} else if (capability_parse(list->items[i], &bit, err) < 0) {
			return -1;
		}
		*ret |= bit;
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
 * The five sets. An ordinary user inside has none (as after setuid(2)), but for those that somebody
 * asked for by name: these come through the ambient set, which an execve(2) keeps. For root,
 * inheritable and ambient are always empty (runc 2022-29162).
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

int capability_apply(struct spec *spec, struct error *err)
{
	const struct spec_opts *o = spec->opts;
	uint64_t available = available_set(spec);
	uint64_t add, drop, asked, set = capability_bounding(spec->config);
	bool add_all, drop_all;
	json_t *process, *capabilities;

	spec->capabilities = set;
	if (!spec->image && !o->privileged && !o->cap_add.len && !o->cap_drop.len && !o->user)
		return 0;
	if (parse_list(&o->cap_add, available, &add, &add_all, err) < 0)
		return error_prefix(err, "option --cap-add");
	if (parse_list(&o->cap_drop, available, &drop, &drop_all, err) < 0)
		return error_prefix(err, "option --cap-drop");
	if (check_available(add, available, err) < 0)
		return -1;
	if (spec->image)
		set = default_set & available;
	if (o->privileged)
		set = available;
	/* "--cap-drop ALL --cap-add X" is X alone; "--cap-add ALL --cap-drop X" all but X. */
	if (drop_all && !add_all)
		set = add;
	else
		set = (set | add) & ~(drop_all ? 0 : drop);
	asked = (add | config_set(spec->config, "ambient")) & set;
	process = spec_member(spec->config, "config.json", "process", JSON_OBJECT, err);
	capabilities =
		process ? spec_member(process, "process", "capabilities", JSON_OBJECT, err) : NULL;
	if (!capabilities)
		return -1;
	write_sets(capabilities, set, asked,
		   json_integer_value(json_object_get(json_object_get(process, "user"), "uid")) ==
			   0);
	spec->capabilities = set;
	return 0;
}
