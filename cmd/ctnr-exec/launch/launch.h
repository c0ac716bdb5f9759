/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the three processes share that bring a container from its start to its end. What the
 * container is to be lies in struct container.
 *
 * Theory of operation. Three processes:
 *
 *  - caller: ctnr-exec as it was started, in the session of the user. Reads the config, passes
 *    signals and the terminal on, waits for the others, returns the status (caller.c, watch.c,
 *    signal.c).
 *  - keeper: its first child, in the container's user namespace and nothing else of it. Starts
 *    init, writes the state, waits for the end and cleans up, which needs the mapped IDs
 *    (keeper.c).
 *  - init: cloned by the keeper into all the namespaces, but the caller's child. Makes the root
 *    filesystem and becomes the payload (init.c, rootfs/, process/).
 *
 * Whichever of them is killed, no process and no mount stays:
 *
 *  - The caller: the keeper sees it by pidfd, kills init, cleans up. When the keeper is killed with
 *    it, init gets SIGKILL as its parent died, unless the payload changed its user. The state, and
 *    the bundle of --rm, are reclaimed by the next command once init is dead (store/state.h).
 *  - The keeper: the caller gets SIGCHLD, kills init and cleans up as well as it can; files of
 *    mapped IDs wait in trash/ for the next command.
 *  - Init: the ordinary end. It is the first process of its pid namespace: the kernel kills and
 *    waits for all others before init's parent hears of it, and the mounts go with the last one.
 *
 * The caller may kill init whatever its user is: the owner of a user namespace has all
 * capabilities in it. Nobody waits for a "ready": with one ID, the keeper writes its own maps;
 * an error of init or keeper is left in a shared page (gone with execve) and read after wait(2).
 * Each wake-up on another CPU costs more than most system calls here.
 */
#ifndef CTNR_EXEC_LAUNCH_LAUNCH_H
#define CTNR_EXEC_LAUNCH_LAUNCH_H

#include "container.h"
#include "launch/streams.h"

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

/* A page that the three processes share. Nothing of it survives the execve of the payload. */
struct launch_page {
	int32_t init_pid; /* of the container's init in our pid namespace; 0: not cloned yet */
	bool init_takes_signals; /* with the mask and dispositions that the payload starts with */
	struct error init_error; /* code 0: the payload was executed */
	struct error keeper_error;
	bool keeper_failed; /* while the container ran: keeper_error counts, not init's status */
	bool cleaned; /* the keeper has removed state and bundle, or said why not */
};

/* Filled by the caller; keeper and init inherit a copy, and speak back through the page alone. */
struct launch {
	const struct container *container; /* borrowed */
	struct streams *streams; /* borrowed */
	int parent; /* pidfd of the caller */
	int sync[2]; /* socket pair of caller and container: carries the maps' "go", sources, the terminal */
	bool hands_sources; /* the caller opens the sources of bind mounts (source.h) */
	struct launch_page *page;
};

#define LAUNCH_INIT(container, streams) \
	{ \
		container, streams, .parent = -EBADF, .sync = { -EBADF, -EBADF } \
	}

#endif
