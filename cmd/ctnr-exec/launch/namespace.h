/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The container's namespaces in the making: who makes the user namespace and writes its maps, what
 * init is cloned into, what it joins, and what belongs into new ones.
 */
#ifndef CTNR_EXEC_LAUNCH_NAMESPACE_H
#define CTNR_EXEC_LAUNCH_NAMESPACE_H

#include "config/config.h"

#include "base/error.h"
#include "system/identity.h"

#include <stdint.h>
#include <sys/types.h>

/* Who makes the user namespace, and who writes its maps. */
enum userns_mode {
	USERNS_NONE, /* the present one is kept */
	USERNS_SELF, /* the keeper enters it and writes its own maps: one ID */
	USERNS_HELPED, /* the keeper enters it, newuidmap and newgidmap write the maps */
	USERNS_INNER, /* privileged: the keeper stays outside, init enters it */
	USERNS_PATH, /* the keeper joins one that exists */
};

struct namespaces {
	const struct namespaces_config *config; /* borrowed */
	enum userns_mode userns;
	struct identity identity; /* the maps, for USERNS_SELF, _HELPED and _INNER */
	int fds[NAMESPACE_TYPE_MAX]; /* of those given by path (namespace_path.h), else -EBADF */
};

/* Accepts what was never prepared. */
void namespaces_release(struct namespaces *n);

/* Decide how this caller can have what the config asks for; an error when it cannot. The config is
 * borrowed. */
int namespaces_prepare(const struct config *config, struct namespaces *ret, struct error *err);

/* CLONE_NEW* of the namespaces that init is cloned into. */
uint64_t namespaces_clone_flags(const struct namespaces *n);

/* In a process just cloned into a new user namespace of one ID: write /proc/self/uid_map. */
int namespaces_map_self(const struct namespaces *n, struct error *err);

/* With privilege: write the maps of a child that was cloned into a new user namespace and waits. The
 * error names the property that the kernel refuses. */
int namespaces_map_child(const struct namespaces *n, pid_t child, struct error *err);

/* Give the error of a clone(2) that made no namespaces the hint at what forbids them. Returns -1. */
int namespaces_hint_refusal(struct error *err);

/* Write the map of a child in a user namespace of its own; file is the map's in /proc/PID: "uid_map". */
int namespaces_write_map(pid_t child, const char *file, const struct idmap *map, struct error *err);

/* Become user and group 0 of the user namespace where it maps them and our own IDs are not 0. */
int namespaces_become_root(const struct namespaces *n, struct error *err);

/* hostname and domainname. */
int namespaces_set_names(const struct namespaces *n, struct error *err);

/* Bring lo up in a new network namespace. */
int namespaces_raise_loopback(const struct namespaces *n, struct error *err);

#endif
