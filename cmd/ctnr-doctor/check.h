/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the doctor found: a list of checks, each with a state, a sentence and perhaps a hint.
 *
 *	check_add(list, "landlock", CHECK_WARN, "not in this kernel, layers are unpacked without it");
 *	check_hint(list, "boot with lsm=landlock,...");
 *
 * A failed check means that containers cannot run; a warning that something works less well.
 */
#ifndef CTNR_DOCTOR_CHECK_H
#define CTNR_DOCTOR_CHECK_H

#include "ability.h"

#include "base/cleanup.h"
#include "base/error.h"
#include "system/identity.h"

#include <stdbool.h>
#include <stddef.h>

enum check_state {
	CHECK_OK,
	CHECK_WARN,
	CHECK_FAIL,
	CHECK_STATE_MAX,
};
extern const char *const check_state_names[CHECK_STATE_MAX];

struct check {
	const char *name; /* static text: one or two words */
	enum check_state state;
	char *text; /* owned: what is so, and what follows from it */
	char *hint; /* owned: what the reader can do; NULL: nothing */
};

struct checklist {
	struct check *items; /* owned */
	size_t len;
};

#define CHECKLIST_INIT \
	{ \
		NULL, 0 \
	}

void checklist_release(struct checklist *list);
#define autochecklist autocleanup(checklist_release)

void check_add(struct checklist *list, const char *name, enum check_state state, const char *format,
	       ...) __attribute__((format(printf, 4, 5)));
/* The hint of the check that was added last. */
void check_hint(struct checklist *list, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
bool checklist_has_failed(const struct checklist *list);

/* What is examined: this user on this machine. */
struct host {
	struct identity identity;
	char *store; /* absolute path, there or not; owned */
	char *store_parent; /* the store, or its nearest parent that is there; owned */
	const char *run_dir; /* what --run-dir said, or NULL; borrowed */
	struct abilities abilities; /* of the store's filesystem */
	bool can_enter; /* a user namespace can be entered, or none is needed */
};

/* In a child: enter the identity's user namespace and a mount namespace whose mounts are private,
 * as a container has them. */
int host_enter_namespaces(const struct host *host, struct error *err);

/* namespace.c: the rung, user namespaces and what governs them. Comes first: sets can_enter. */
void check_namespaces(struct host *host, struct checklist *list);
/* kernel.c: version, system calls, confinement. */
void check_kernel(const struct host *host, struct checklist *list);
/* filesystem.c: overlay, the store, the run directory. */
void check_filesystem(const struct host *host, struct checklist *list);
/* store_filesystem.c: what the filesystem of the store can. Sets abilities. */
void check_store_filesystem(struct host *host, struct checklist *list);
/* cgroup.c: may limits be set? */
void check_cgroup(const struct host *host, struct checklist *list);

/* policy.c: which images are let in. */
void check_policy(struct checklist *list);

/* program.c: other programs that are used where present. */
struct program {
	const char *name;
	const char *use; /* what for */
	const char *device; /* that it needs to open, or NULL */
};
extern const struct program programs[]; /* ends with a NULL name */
void check_programs(struct checklist *list);

#endif
