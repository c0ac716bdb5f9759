/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The state of containers: one directory for each, ROOT/ID, where ROOT is RUNDIR/exec.
 *
 *	ROOT/ID/             locked (flock(2)) while the container is made, started or removed
 *	ROOT/ID/config.json  the text of the config.json that it was made from
 *	ROOT/ID/exec.fifo    from before its first process exists until start, where it is created for start
 *	ROOT/ID/state.json   of a run as soon as its first process exists; else once that has looked its
 *	                     command up
 *
 * Theory of operation
 * ===================
 *
 * What a container does is decided by the process mark (process_mark.h) of its first process, which
 * state.json has, and by nothing else:
 *
 *	creating   no state.json, and the directory is locked
 *	created    the process counts as living, and exec.fifo is there
 *	running    the process counts as living. One of another pid namespace does: nobody here can tell
 *	stopped    the process has ended: there is none, it is a zombie, or the boot is another
 *	(none)     no state.json, and no lock: a command was killed that had claimed the ID
 *
 * A directory that holds anything else, or the state.json of another program, is no container's: the
 * directory of states may be one that is used for other things (ctnr-exec --root), and nothing of these
 * is ever removed.
 *
 * Locks are held by commands for the length of one change, and say nothing about the container. Two
 * of them matter: the bundle's (bundle_lock.h) first, then the state's. A command that finds one
 * held waits for about a second. Locks end with the last process that has them, so that a killed
 * command keeps nobody waiting.
 *
 * The same mark is in the bundle's file "lock", with the path of the state. So a bundle finds its
 * container whatever ID and state directory that was run with, also where the state directory is
 * out of sight or was deleted by a logout. Nothing else records processes. Both records are written
 * under both locks, the bundle's first.
 *
 * A run, by its three processes (caller, keeper, init):
 *
 *  1. The caller locks the bundle, claims the ID (mkdir decides who has it) and locks the state.
 *  2. The keeper clones init, writes both records and unlocks both, for itself and the caller, which
 *     share the open files. An init that has ended before that leaves nothing to write.
 *  3. When init has ended, the keeper locks the state. If ROOT/ID is still the directory that this
 *     run has made, the state is removed. Then it locks the bundle. If no other container runs from
 *     it, the bundle's record is emptied, and the bundle of --rm is removed.
 *
 * A container that is created, or run detached:
 *
 *  1. The caller does as in 1 above. The keeper clones init and ends.
 *  2. When init says that it is ready, the caller writes both records and unlocks both, and then lets init
 *     go on.
 *  3. start and delete lock the state alone, kill and exec nothing. start removes the FIFO under the lock, so that a second
 *     start finds a container that runs. delete removes the state of a container that has ended; the bundle,
 *     whose record then names a process that is gone, stays.
 *
 * In 3 of a run nothing is taken for granted: between the end of init and the lock, another run may have
 * taken the ID (it has removed the directory of the stopped container, and made its own) or the
 * bundle (whose record then names a living process), and another command may have removed the
 * bundle (whose path then leads elsewhere, or nowhere).
 *
 * What is killed, and what follows:
 *
 *  - The caller, before 2: the locks are the keeper's too, until it has killed init and cleaned up.
 *  - The caller, after 2: the keeper kills init and cleans up as in 3.
 *  - The keeper: the caller kills init, waits for it and cleans up as in 3.
 *  - Both: init gets SIGKILL as its parent dies. Until it is dead its mark lives, and nobody touches
 *    its state and its bundle. Then the state is stopped and goes away with its run ("foreground"):
 *    the next command of any kind removes it (state_reclaim()), or takes its ID. The bundle of --rm
 *    is orphaned (ephemeral.h), stopped and not locked: the next command reclaims it.
 *  - Both, before the records are written: init, which dies, has the locks until it executes the
 *    payload. A directory without state.json is then left, and removed as above.
 *  - The caller of a container that is created, before init is recorded: init hears it and ends. The
 *    directory without state.json is then left, and removed as above.
 *  - The same, after that: the container is created, or runs.
 *  - Init: the ordinary end. A container that was created or is detached stays, stopped, until delete.
 *  - Any command that removes: what it has not renamed or deleted yet is as it was.
 *
 * Races, each decided by a lock and a second look under it:
 *
 *  - Two commands that reclaim: the second finds ROOT/ID gone, or the bundle's path.
 *  - rm and a keeper that cleans up: the second finds the bundle's path gone, which is what it
 *    wanted.
 *  - A run and a command that reclaims its stopped bundle: if the run has the lock, the other does
 *    not wait. If the run is behind, the bundle is not there any more.
 *  - Two runs of one bundle: the second waits for the first's lock, and then finds a living mark.
 *  - A reader and any of them: readers take no lock. Only where there is no state.json they try it
 *    for an instant, and look again when they have got it.
 *
 * A process of another pid namespace is never taken for gone within one boot, so that what it runs
 * is never reclaimed from outside of it. (An ID that it leaves behind is free after the boot.) The
 * user namespace of a reader makes no difference: pids and start times are the same in each.
 */
#ifndef STORE_STATE_H
#define STORE_STATE_H

#include "base/error.h"
#include "format/json.h"
#include "store/store.h"
#include "system/process_mark.h"

#include <errno.h>
#include <stdbool.h>
#include <sys/types.h>

#define STATE_ID_MAX 255 /* characters, without NUL */
#define STATE_FIFO "exec.fifo" /* what the first process waits at until start comes */
#define STATE_CONFIG "config.json" /* what it was made from: the bundle's may have changed since */

enum state_status {
	STATE_CREATING,
	STATE_CREATED,
	STATE_RUNNING,
	STATE_STOPPED,
	STATE_STATUS_MAX,
};
extern const char
	*const state_status_names[]; /* of runtime-spec runtime.md: "creating", ..., NULL */

/* An ID is of [A-Za-z0-9_+.-], and neither "." nor "..": the IDs that other runtimes take. (Names of
 * bundles are narrower: bundle_id_is_valid().) */
bool state_id_is_valid(const char *id);

/* The directory of all states. */
struct state_root {
	char *path; /* absolute */
	int fd;
};

#define STATE_ROOT_INIT \
	{ \
		NULL, -EBADF \
	}

/* Open RUNDIR/exec, made where it is not there. run_dir is the option, or NULL (run_dir_open()). */
int state_root_open(const char *run_dir, const struct store *store, struct state_root *ret,
		    struct error *err);

/* Open a directory that was chosen for states (ctnr-exec --root), made 0700 where it is not there, with
 * its parents. ERROR_FAILED when it belongs to another user, or others can write to it. */
int state_root_open_at(const char *path, struct state_root *ret, struct error *err);
void state_root_release(struct state_root *root);
#define autostateroot autocleanup(state_root_release)

/* A container's directory that this process, or the one that it was forked from, has made (state_claim()) or
 * locked (state_lock()). */
struct state_claim {
	char *path; /* ROOT/ID, absolute */
	const char *id; /* within path */
	int fd; /* ROOT/ID; has the lock */
};

#define STATE_CLAIM_INIT \
	{ \
		NULL, NULL, -EBADF \
	}

/* Is the ID another container's? ERROR_FAILED "container 'ID' already exists". A look alone: state_claim()
 * decides. */
int state_check_free(const struct state_root *root, const char *id, struct error *err);

/* Take an ID: make its directory, and lock it. What a killed run has left there is removed first.
 * ERROR_FAILED "container 'ID' already exists" when it is another's, ERROR_TEMPORARY when another command
 * keeps the lock. */
int state_claim(const struct state_root *root, const char *id, struct state_claim *ret,
		struct error *err);
void state_claim_release(struct state_claim *claim);
#define autostateclaim autocleanup(state_claim_release)

/* Keep the text of the config.json that the container is made from. The caller holds the lock. */
int state_write_config(const struct state_claim *claim, const struct str *text, struct error *err);

/* What state.json says. */
struct state_facts {
	const char *mark; /* of the container's first process */
	pid_t pid; /* the same process, as seen from here */
	const char *bundle; /* absolute path */
	const char *rootfs; /* absolute path of the root filesystem */
	const json_t *annotations; /* an object; anything else counts as none */
	bool foreground; /* the state goes away with its run */
	bool has_hooks; /* that other commands execute: they look into STATE_CONFIG for them */
};

/* Write state.json. The caller holds the lock. */
int state_write(const struct state_claim *claim, const struct state_facts *facts,
		struct error *err);

/* Is state.json there: did a first process exist? */
bool state_is_written(const struct state_claim *claim);

/* Let other commands go on, in all processes that have inherited the claim. */
void state_unlock(const struct state_claim *claim);

/* The container has ended: lock the state where it is not locked, and remove it, unless the ID is
 * another's by now. Best effort: a state that stays is stopped, and is reclaimed. */
void state_remove(const struct state_root *root, const struct state_claim *claim);

struct state {
	enum state_status status;
	pid_t pid; /* 0: none, or of another pid namespace */
	bool foreground;
	bool has_hooks;
	char mark[PROCESS_MARK_MAX]; /* of the first process; "": none yet */
};

/* Lock the state of a container that is there, in order to change it, and read it. Waits for another
 * command for about a second, then ERROR_TEMPORARY. ERROR_NOT_FOUND when there is none; what a command has
 * left that was killed before there was a state.json is removed then. */
int state_lock(const struct state_root *root, const char *id, struct state_claim *ret,
	       struct state *ret_state, struct error *err);

/* Remove a state that state_lock() has locked. */
int state_delete(const struct state_root *root, const struct state_claim *claim, struct error *err);

/* What is known of a container. ERROR_NOT_FOUND when there is none with that ID. A state.json that
 * cannot be understood names no process: stopped. */
int state_read(int root, const char *id, struct state *ret, struct error *err);

/* Remove the states that runs have left which were killed with all their processes. Best effort,
 * and a limited number at a time, not always the same. */
void state_reclaim(int root);

/* The same with the document of state.json: *ret_document is new; NULL where there is none yet, or a damaged
 * one. A caller that reads several passes the same scope each time; it may be NULL. */
int state_load(int root, const char *id, struct process_scope *scope, struct state *ret,
	       json_t **ret_document, struct error *err);

/* The IDs in a directory of states, in order. Some may be no containers (state_read() tells). */
int state_list(int root, struct strlist *ret, struct error *err);

/* ERROR_TEMPORARY: "container 'ID' is being created, updated or removed by another command". */
int state_busy_error(const char *id, struct error *err);

#endif
