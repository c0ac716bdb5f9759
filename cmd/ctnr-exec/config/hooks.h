/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hooks (runtime-spec config.md, "POSIX-platform Hooks"): programs that are executed at six points in the
 * life of a container. What executes them is launch/hook.h.
 */
#ifndef CTNR_EXEC_CONFIG_HOOKS_H
#define CTNR_EXEC_CONFIG_HOOKS_H

#include "base/error.h"
#include "base/str.h"
#include "format/json.h"

#include <stdbool.h>
#include <stddef.h>

/* In the order of a container's life. */
enum hook_point {
	HOOK_PRESTART, /* in the runtime namespace; the container has its namespaces and its mounts */
	HOOK_CREATE_RUNTIME, /* the same */
	HOOK_CREATE_CONTAINER, /* in the container's namespaces, before it gets its root directory */
	HOOK_START_CONTAINER, /* in the container, before its command is executed */
	HOOK_POSTSTART, /* in the runtime namespace; the command was executed */
	HOOK_POSTSTOP, /* the same; the container was deleted */
	HOOK_POINT_MAX,
};
extern const char *const hook_point_names[]; /* "prestart", ..., NULL */

struct hook_config {
	const char *path; /* absolute; borrowed from the document */
	struct strlist args; /* at least one: the path where the config has none */
	struct strlist env; /* NAME=VALUE: the whole environment */
	unsigned timeout; /* seconds; 0: none */
};

struct hook_list {
	struct hook_config *items;
	size_t len;
};

struct hooks_config {
	struct hook_list points[HOOK_POINT_MAX];
};

/* Are there hooks from that point of a container's life on? */
bool hooks_config_has_from(const struct hooks_config *hooks, enum hook_point first);

/* Accepts half-built objects. */
void hooks_config_release(struct hooks_config *hooks);

/* Read them from the root node of a config.json. */
int hooks_config_read(const struct jnode *root, struct hooks_config *ret, struct error *err);

#endif
