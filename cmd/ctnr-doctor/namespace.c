/* SPDX-License-Identifier: Apache-2.0 */
/* The rung of the identity ladder, tried and not only read, and what governs it. */
#include "check.h"
#include "refusal.h"
#include "sysctl.h"

#include "base/str.h"
#include "system/process.h"
#include "system/subid.h"

#include <errno.h>
#include <grp.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <unistd.h>

#define FEW_NAMESPACES 128 /* a machine with fewer runs out of them soon */
#define USUAL_RANGE 65536 /* images use IDs up to 65535 */

/* The restriction is there; whether it concerns us has been tried. */
static void add_apparmor(const struct host *host, struct checklist *list)
{
	autostr struct str hint = STR_INIT;

	check_add(list, "apparmor", host->can_enter ? CHECK_OK : CHECK_FAIL,
		  "restricts user namespaces to programs that have a profile with 'userns'%s",
		  host->can_enter ? ", which ctnr has" : "");
	refusal_append_apparmor_hint(&hint);
	check_hint(list, "%s", hint.data);
}

static void check_sysctls(const struct host *host, struct checklist *list)
{
	int64_t max = sysctl_number(SYSCTL_USERNS_MAX);
	int64_t clone = sysctl_number(SYSCTL_USERNS_CLONE);
	int64_t apparmor = sysctl_number(SYSCTL_APPARMOR_USERNS);
	bool privileged = host->identity.rung == IDENTITY_PRIVILEGED;
	enum check_state bad = privileged ? CHECK_WARN : CHECK_FAIL;

	if (max == 0) {
		check_add(list, "namespace limit", bad, "user.max_user_namespaces is 0");
		check_hint(list, "sysctl -w user.max_user_namespaces=15000");
	} else if (max > 0 && max < FEW_NAMESPACES) {
		check_add(list, "namespace limit", CHECK_WARN,
			  "user.max_user_namespaces is %" PRId64 ", one for each container", max);
		check_hint(list, "sysctl -w user.max_user_namespaces=15000");
	} else if (max > 0) {
		check_add(list, "namespace limit", CHECK_OK, "%" PRId64 " user namespaces", max);
	}
	if (clone == 0 && !privileged) {
		check_add(list, "namespace switch", CHECK_FAIL,
			  "kernel.unprivileged_userns_clone is 0");
		check_hint(list, "sysctl -w kernel.unprivileged_userns_clone=1");
	}
	if (apparmor == 1 && !privileged)
		add_apparmor(host, list);
}

int host_enter_namespaces(const struct host *host, struct error *err)
{
	if (identity_enter(&host->identity, err) < 0)
		return -1;
	if (unshare(CLONE_NEWNS) < 0)
		return error_errno(err, "cannot create a mount namespace");
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return error_errno(err, "cannot make mounts private");
	return 0;
}

static int attempt_enter(void *data, struct error *err)
{
	const struct host *host = data;

	return identity_enter(&host->identity, err);
}

/* No rung that was read off the machine's files holds when the namespace cannot be entered. */
static void explain_refusal(struct identity *id, const struct error *refusal)
{
	autostr struct str cause = STR_INIT;
	autostr struct str hint = STR_INIT;
	bool known = id->rung == IDENTITY_NONE;

	id->rung = IDENTITY_NONE;
	if (known && id->why[0])
		return;
	if (refusal->saved_errno == EPERM || refusal->saved_errno == EACCES) {
		refusal_explain(&cause, &hint);
		snprintf(id->why, sizeof(id->why), "%.120s: %.120s", refusal->message, cause.data);
		snprintf(id->grant, sizeof(id->grant), "%s", hint.data);
	} else {
		snprintf(id->why, sizeof(id->why), "%.255s", refusal->message);
		snprintf(id->grant, sizeof(id->grant), "%.255s", refusal->hint);
	}
}

static void check_entry(struct host *host, struct checklist *list)
{
	struct error err = { 0 };

	host->can_enter = true;
	if (host->identity.rung == IDENTITY_PRIVILEGED) {
		check_add(list, "user namespace", CHECK_OK,
			  "not needed: this user has CAP_SYS_ADMIN");
		return;
	}
	if (process_call(attempt_enter, host, &err) == 0) {
		check_add(list, "user namespace", CHECK_OK, "created and mapped");
		return;
	}
	host->can_enter = false;
	explain_refusal(&host->identity, &err);
	check_add(list, "user namespace", CHECK_FAIL, "%s", host->identity.why);
	if (host->identity.grant[0])
		check_hint(list, "%s", host->identity.grant);
}

static void check_map_writer(const char *name, struct checklist *list)
{
	char path[SUBID_WRITER_PATH_MAX];

	switch (subid_find_writer(name, path)) {
	case SUBID_WRITER_READY:
		check_add(list, name, CHECK_OK, "%s", path);
		break;
	case SUBID_WRITER_MISSING:
		check_add(list, name, CHECK_WARN, "not installed: only one ID can be mapped");
		check_hint(list, "apt-get install uidmap");
		break;
	case SUBID_WRITER_POWERLESS:
		check_add(list, name, CHECK_WARN,
			  "%s is not set-uid root: only one ID can be mapped", path);
		check_hint(list, "chown root %s && chmod u+s %s", path, path);
		break;
	}
}

static uint64_t map_total(const struct idmap *map)
{
	uint64_t total = 0;

	for (size_t i = 0; i < map->len; i++)
		total += map->ranges[i].count;
	return total;
}

static void check_subordinate(const struct host *host, struct checklist *list)
{
	const struct identity *id = &host->identity;
	uint64_t uids = map_total(&id->uids) - 1; /* 0 is the caller */
	uint64_t gids = map_total(&id->gids) - 1;

	if (id->rung == IDENTITY_SUBORDINATE) {
		bool few = uids < USUAL_RANGE || gids < USUAL_RANGE;

		check_add(list, "subordinate IDs", few ? CHECK_WARN : CHECK_OK,
			  "%" PRIu64 " uids, %" PRIu64 " gids%s", uids, gids,
			  few ? ": images with higher IDs cannot be unpacked" : "");
		if (few)
			check_hint(list, "give this user %d of each in /etc/subuid and /etc/subgid",
				   USUAL_RANGE);
	} else if (id->rung == IDENTITY_SINGLE) {
		check_add(list, "subordinate IDs", CHECK_WARN, "%s: one ID stands for all",
			  id->why);
		if (id->grant[0])
			check_hint(list, "%s", id->grant);
	}
}

/* With one ID the kernel forbids setgroups(2), so a container keeps the caller's supplementary
 * groups. */
static void check_groups(const struct host *host, struct checklist *list)
{
	gid_t groups[256];
	int n = getgroups(256, groups);
	int supplementary = 0;

	for (int i = 0; i < n; i++)
		supplementary += groups[i] != host->identity.gid;
	if (host->identity.rung != IDENTITY_SINGLE || supplementary == 0)
		return;
	check_add(list, "groups", CHECK_WARN,
		  "%d supplementary groups cannot be dropped with one ID, containers keep them",
		  supplementary);
}

void check_namespaces(struct host *host, struct checklist *list)
{
	check_entry(host, list);
	check_sysctls(host, list);
	if (host->identity.rung == IDENTITY_PRIVILEGED)
		return;
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1) {
		check_add(list, "no_new_privs", CHECK_WARN,
			  "is set: newuidmap cannot work, only one ID can be mapped");
		check_hint(list,
			   "start ctnr outside of what sets it (systemd: NoNewPrivileges=no)");
	}
	check_map_writer("newuidmap", list);
	check_map_writer("newgidmap", list);
	check_subordinate(host, list);
	check_groups(host, list);
}
