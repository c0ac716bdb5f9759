/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who we are and what we may become: the identity ladder (ctnr(7), IDENTITY), and entering a user
 * namespace by it.
 *
 * The rung is probed at each call and never remembered. Probing has no side effects.
 */
#ifndef SYSTEM_IDENTITY_H
#define SYSTEM_IDENTITY_H

#include "base/error.h"
#include "system/idmap.h"
#include "system/subid.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum identity_rung {
	IDENTITY_PRIVILEGED, /* CAP_SYS_ADMIN in the present user namespace: no new one */
	IDENTITY_SUBORDINATE, /* /etc/subuid, /etc/subgid and newuidmap, newgidmap */
	IDENTITY_SINGLE, /* one ID */
	IDENTITY_NONE, /* no user namespaces */
	IDENTITY_RUNG_MAX,
};

struct identity {
	enum identity_rung rung;
	uid_t uid; /* effective, outside */
	gid_t gid;
	bool real_root; /* privileged, and the maps of the present namespace are the identity */
	struct idmap uids; /* privileged: the present namespace's; else what a new one gets */
	struct idmap gids;
	char newuidmap[SUBID_WRITER_PATH_MAX]; /* full paths; subordinate only */
	char newgidmap[SUBID_WRITER_PATH_MAX];
	char why[256]; /* why not a higher rung, for doctor; empty on the first */
	char grant[256]; /* the line that would grant it, or empty */
};

/* Find the rung. Fails only when the system cannot be read. */
int identity_probe(struct identity *ret, struct error *err);

/* The effective uid as it is outside of the present user namespace, which may be one that this
 * program has entered. -1 when /proc cannot be read. */
int identity_outside_uid(uid_t *ret, struct error *err);

/* Is this uid 0 of a user namespace that maps every ID to itself? False when /proc cannot be read.
 * (identity.real_root also asks for CAP_SYS_ADMIN.) */
bool identity_is_real_root(void);

/* With one ID, the caller appears inside as these (0, 0 by default): rewrites the maps. */
void identity_map_single(struct identity *identity, uid_t inside_uid, gid_t inside_gid);

/* The name of the ID mapping in the store: "0" real root, "1" one ID, else 12 hex digits of a
 * digest of the maps. name has room for 13. */
#define IDMAP_NAME_MAX 13
void identity_idmap_name(const struct identity *identity, char name[IDMAP_NAME_MAX]);

/* Is there no more than one ID, so that owners are kept as data? True on the rung of that name, and
 * in a user namespace with one ID, for a process that is privileged there. */
bool identity_has_one_id(const struct identity *identity);

/*
 * Write the maps of a child that was cloned with CLONE_NEWUSER and waits; from outside, by
 * newuidmap and newgidmap (both run at once) or directly with one ID. Error with a hint when the
 * system refuses.
 */
int identity_write_maps(const struct identity *identity, pid_t child, struct error *err);

/*
 * Enter a new user namespace in this process: the rung's maps, uid 0 and gid 0 inside (with one
 * ID whatever identity_map_single() said), all capabilities in it. Nothing to do when
 * privileged. Only while single-threaded. On IDENTITY_NONE it fails with why and grant as hint.
 */
int identity_enter(const struct identity *identity, struct error *err);

/*
 * Call work(data) where the identity's IDs are ours: in a child that enters the user namespace, so
 * that this process stays outside, or right here when privileged. What a child changes in memory is
 * lost; failures come back in err.
 */
int identity_run(const struct identity *identity, int (*work)(void *data, struct error *err),
		 void *data, struct error *err);

/*
 * Open something whose owner may be any of the identity's IDs. open(data), which returns a
 * descriptor, is called as ourselves; when it fails for want of permission (EACCES), it is called
 * once more where the identity's IDs are ours, and the descriptor comes back from there. identity
 * NULL: as ourselves alone. The caller owns the descriptor; -1 on failure.
 */
int identity_open(const struct identity *identity, int (*open)(void *data, struct error *err),
		  void *data, struct error *err);

#endif
