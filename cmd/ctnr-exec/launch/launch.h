/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the three processes share that bring a container from its start to its end, and what those share that
 * bring a further process into one (launch/joined.h). What the container is to be lies in struct container.
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
 * Where the config has hooks of the runtime namespace, a fourth one, the hook runner (hook_runner.h),
 * executes them.
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
 *
 * A container that is to outlive its caller (the verb create, and run --detach) is launched by the same
 * processes, of which init alone stays (detached.c):
 *
 *  1. The keeper ends as soon as it has cloned init. Init dies by no signal of its parent's death.
 *  2. Init makes the root filesystem and has the hooks executed that belong there. The hook runner ends when
 *     init has closed the socket that leads to it, with everything else but its stdio, the descriptors of
 *     --preserve-fds, the connection to an agent of seccomp if there is one, the socket pair, and the FIFO of
 *     the state, which the caller opened for it before the clone, for reading and writing.
 *  3. Init drops its rights and looks the command up. Then it says so by one byte over the socket pair, and
 *     waits for the answer.
 *  4. The caller writes the state and reports the pid (launch/report.h), and answers by one byte. An init that
 *     hears the end of the socket in its place was not recorded, and ends: the caller was killed.
 *  5. Init closes the socket pair and reads one byte from the FIFO. The caller is done.
 *  6. The verb start writes that byte. Init executes the payload. What execve(2) refuses has nobody to
 *     hear of it: init writes one line to its stderr and ends with 126 or 127. Where start has hooks to execute
 *     or wait for, init holds the FIFO until then, and writes that line there too.
 *
 * With run --detach there is no FIFO: init executes the payload at once, and the caller waits until the
 * socket closes, by execve(2) or with an error in the page.
 */
#ifndef CTNR_EXEC_LAUNCH_LAUNCH_H
#define CTNR_EXEC_LAUNCH_LAUNCH_H

#include "container.h"
#include "launch/streams.h"
#include "process/seccomp_listener.h"

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* How long the caller stays. */
enum launch_mode {
	LAUNCH_FOREGROUND, /* until the end of the container */
	LAUNCH_CREATED, /* until init waits for its start */
	LAUNCH_DETACHED, /* until the payload was executed */
};

/* A page that the processes share. Nothing of it survives the execve of the payload. For a further process
 * "init" is that process, and "keeper" the joiner. */
struct launch_page {
	int32_t init_pid; /* of the container's init in our pid namespace; 0: not cloned yet */
	bool init_takes_signals; /* with the mask and dispositions that the payload starts with */
	struct error init_error; /* code 0: the payload was executed */
	struct error keeper_error;
	bool keeper_failed; /* while the container ran: keeper_error counts, not init's status */
	bool cleaned; /* the keeper has removed state and bundle, or said why not */
	bool init_executes; /* the payload, now or in an instant; unless init_error says otherwise */
	struct error hook_error; /* of the hook runner */
};

/* The process for hooks of the runtime namespace (hook_runner.h), and the sockets that lead to it. */
struct hook_runner {
	pid_t pid; /* in the caller; 0: there is none, or it has ended */
	int asking; /* init's */
	int ending; /* of caller and keeper */
};

/* Filled by the caller; the other processes inherit a copy, and speak back through the page and the sockets
 * alone. Each closes in its copy what others tell something by the end of. */
struct launch {
	const struct container *container; /* borrowed */
	enum launch_mode mode;
	struct streams *streams; /* borrowed */
	int parent; /* pidfd of the caller; in the foreground */
	int fifo; /* of the state, for LAUNCH_CREATED */
	int sync[2]; /* socket pair of caller and container: carries the maps' "go", sources, the terminal */
	struct seccomp_listener listener; /* who is notified of system calls */
	bool hands_sources; /* the caller opens the sources of bind mounts (source.h) */
	struct hook_runner hooks;
	bool maps_ids; /* the caller maps the IDs of mounts (idmaps.h) */
	int *idmaps; /* user namespaces of mounts' ID maps (idmaps.h); NULL: none yet. Owned */
	struct launch_page *page;
};

#define LAUNCH_INIT(container, mode, streams) \
	{ \
		container, mode, streams, \
			.parent = -EBADF, .fifo = -EBADF, .sync = { -EBADF, -EBADF }, \
			.listener = SECCOMP_LISTENER_INIT, .hooks = { 0, -EBADF, -EBADF }, \
	}

void launch_release(struct launch *launch);
#define autolaunch autocleanup(launch_release)

/* Make what the processes speak through. */
int launch_connect(struct launch *launch, struct error *err);

/* In the caller: start the keeper, and let newuidmap and newgidmap write its maps where that is needed.
 * *ret_pid is written also when only the maps could not be. */
int launch_start(struct launch *launch, pid_t *ret_pid, struct error *err);

#endif
