/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A further process in a container that was created or runs.
 *
 * Theory of operation. Three processes:
 *
 *  - caller: ctnr-exec as it was started. Finds the container's first process, reads its config, passes
 *    signals and streams on as the caller of run does (watch.c, streams.c), or leaves as soon as the command
 *    was executed (joined.c).
 *  - joiner: its child. Enters the namespaces and the root of the container, gives up all of the host, clones
 *    the third process and ends (joiner.c).
 *  - payload: the caller's child (CLONE_PARENT), for setns(2) changes the pid namespace of children alone. When
 *    the caller leaves, its parent is the caller's subreaper, with nothing of ours between.
 *
 * The container is hostile: it may do what its rights allow while it is being joined.
 *
 *  - Which process it is. The process mark of the state is compared once more when the pidfd is open; the
 *    namespaces are joined by that pidfd. Root directory and namespaces are looked at through /proc/PID of
 *    the host, and count only if the pidfd shows afterwards that the process lived all the time. So does
 *    config.json of the state, which is removed after the process. No lock is held: a container that ends
 *    meanwhile is an error of setns(2) or clone(2), and a process that was cloned into it is killed with it.
 *  - When. A container is recorded as soon as its first process exists, which then still has the host's root.
 *    It is joined once that process was executed (or waits to be, its root made), which /proc/PID/stat tells.
 *  - What it sees. Before the clone makes us visible to it, every descriptor is closed but the payload's own,
 *    a socket to the caller and a pidfd of it. The process cannot be traced (PR_SET_DUMPABLE, and its memory
 *    belongs to the host's user namespace), so neither its memory nor /proc/PID/exe nor its descriptors can
 *    be opened from inside. Its executable is one that cannot be written to (process/executable.h).
 *    A container without a user namespace that holds CAP_SYS_PTRACE is the host's root, and is not held by that.
 *  - What it names. Working directory and /dev/pts are opened beneath the root without magic links, with
 *    no more rights than the container's own root has; the command is looked up with those of the payload. Its
 *    /proc is never used, and /dev/null not either: root's container gets the host's null device in a mount
 *    that protects the inode.
 *  - What it gets. Capabilities are those of the config's process and of the options, never inheritable
 *    ones by themselves (CVE-2022-29162). The seccomp filter of the container holds for every process of it.
 *
 * Rootless, the owner of a user namespace has all capabilities in it, whatever user the first process runs as.
 */
#ifndef CTNR_EXEC_LAUNCH_JOINED_H
#define CTNR_EXEC_LAUNCH_JOINED_H

#include "container.h"
#include "launch/launch.h"

#include "base/cleanup.h"
#include "base/error.h"

#include <errno.h>
#include <stdint.h>
#include <sys/types.h>

/* The container, as its first process shows it. */
struct joined {
	const char *id; /* borrowed */
	int init; /* pidfd of the first process */
	int root; /* its root directory */
	uint64_t namespaces; /* CLONE_NEW* of those that are not ours */
};

#define JOINED_INIT \
	{ \
		.init = -EBADF, .root = -EBADF \
	}

void joined_release(struct joined *joined);
#define autojoined autocleanup(joined_release)

/* Find the container with that ID in the directory of states, and wait for about a second where it is being
 * made. ERROR_NOT_FOUND "container does not exist", ERROR_FAILED "container not running", ERROR_TEMPORARY. id
 * is borrowed. */
int joined_open(int states, const char *id, struct joined *ret, struct error *err);

/* Has the first process lived until now? ERROR_FAILED "container not running". */
int joined_check(const struct joined *joined, struct error *err);

/* Execute c->config.process in the container. c has the container's config, namespaces and filter, and what the
 * caller hands over. mode: LAUNCH_FOREGROUND, or LAUNCH_DETACHED. Returns the exit status of the process, or 0
 * once it was executed; -1: it was not, or could not be reported (launch/report.h) and was killed. */
int joined_launch(const struct container *c, const struct joined *joined, enum launch_mode mode,
		  struct error *err);

#endif
