/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/profile/profile_facts.h"

#include "workers/profile/profile.h"

#include "base/cleanup.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV /* headers older than Linux 5.19 */
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif

static const struct {
	const char *name;
	uint32_t flag;
	bool of_notification;
} flags[] = {
	{ "SECCOMP_FILTER_FLAG_TSYNC", 0, false }, /* there is one thread */
	{ "SECCOMP_FILTER_FLAG_LOG", SECCOMP_FILTER_FLAG_LOG, false },
	{ "SECCOMP_FILTER_FLAG_SPEC_ALLOW", SECCOMP_FILTER_FLAG_SPEC_ALLOW, false },
	/* Where nothing is notified, there is nothing to wait for, and the kernel takes no such flag. */
	{ "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV", SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, true },
};

/* Does the kernel know the flag? It looks at the filter, which is none, only then. */
static bool flag_is_available(uint32_t flag)
{
	return !flag ||
	       (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flag, NULL) < 0 && errno == EFAULT);
}

json_t *profile_flag_names(bool only_available)
{
	json_t *names = json_array();

	for (size_t i = 0; i < array_size(flags); i++) {
		uint32_t listener = flags[i].of_notification ? SECCOMP_FILTER_FLAG_NEW_LISTENER : 0;

		if (!only_available || flag_is_available(flags[i].flag | listener))
			json_array_append_new(names, json_string(flags[i].name));
	}
	return names;
}

static int read_flag(const struct jnode *node, bool notifies, uint32_t *ret, struct error *err)
{
	const char *name;

	if (jnode_string(node, &name, err) < 0)
		return -1;
	for (size_t i = 0; i < array_size(flags); i++) {
		if (strcmp(name, flags[i].name) != 0)
			continue;
		*ret |= flags[i].of_notification && !notifies ? 0 : flags[i].flag;
		return 0;
	}
	return jnode_error(node, err, "unknown flag '%s'", name);
}

static int read_flags(const struct jnode *profile, bool notifies, uint32_t *ret, struct error *err)
{
	struct jnode list = jnode_member(profile, "flags");
	uint32_t result = notifies ? SECCOMP_FILTER_FLAG_NEW_LISTENER : 0;
	size_t len;

	if (jnode_array(&list, &len, err) < 0)
		return -1;
	for (size_t i = 0; i < len; i++) {
		struct jnode item = jnode_element(&list, i);

		if (read_flag(&item, notifies, &result, err) < 0)
			return -1;
	}
	*ret = result;
	return 0;
}

static bool action_is_notify(const struct jnode *node)
{
	const char *name = json_text(node->value);

	return name && strcmp(name, PROFILE_NOTIFY) == 0;
}

/* The listener's path, where anything is notified; else *path stays. */
static int check_listener(const struct jnode *action, const char *given, const char **path,
			  struct error *err)
{
	if (!action_is_notify(action))
		return 0;
	if (!given)
		return jnode_error(action, err, PROFILE_NOTIFY " needs linux.seccomp.listenerPath");
	*path = given;
	return 0;
}

/* A text that is not empty, or NULL. */
static int read_text(const struct jnode *node, const char **ret, struct error *err)
{
	const char *text = "";

	if (jnode_string_opt(node, &text, err) < 0)
		return -1;
	*ret = *text ? text : NULL;
	return 0;
}

static int read_listener(const struct jnode *profile, struct profile_facts *ret, struct error *err)
{
	struct jnode path = jnode_member(profile, "listenerPath");
	struct jnode metadata = jnode_member(profile, "listenerMetadata");
	struct jnode action = jnode_member(profile, "defaultAction");
	struct jnode list = jnode_member(profile, "syscalls");
	const char *given;
	size_t len;

	if (read_text(&path, &given, err) < 0 ||
	    read_text(&metadata, &ret->listener_metadata, err) < 0 ||
	    jnode_array(&list, &len, err) < 0)
		return -1;
	if (ret->listener_metadata && !given)
		return jnode_error(&metadata, err, "it needs linux.seccomp.listenerPath");
	if (check_listener(&action, given, &ret->listener_path, err) < 0)
		return -1;
	for (size_t i = 0; i < len; i++) {
		struct jnode entry = jnode_element(&list, i);
		struct jnode rule_action = jnode_member(&entry, "action");

		if (check_listener(&rule_action, given, &ret->listener_path, err) < 0)
			return -1;
	}
	return 0;
}

int profile_read_facts(const struct jnode *profile, struct profile_facts *ret, struct error *err)
{
	struct profile_facts facts = { 0 };

	if (read_listener(profile, &facts, err) < 0 ||
	    read_flags(profile, facts.listener_path, &facts.flags, err) < 0)
		return -1;
	*ret = facts;
	return 0;
}
