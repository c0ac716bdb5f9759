/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SIGINT, SIGTERM and SIGHUP as something to wait for, so that long work cleans up after itself and
 * then dies by the signal as the shell expects.
 *
 *	autointerrupt struct interrupt interrupt = INTERRUPT_INIT;	// before everything else
 *
 *	if (interrupt_init(&interrupt, err) < 0) ...
 *	... poll interrupt.fd beside the work; readable means: stop, clean up, return
 *
 * The signals are blocked from interrupt_init() on (those that the caller ignores stay ignored);
 * releasing lets a pending one through, which ends the process. Declare it first, so that it is
 * released last. Threads inherit the blocked mask when they are started afterwards.
 */
#ifndef SYSTEM_INTERRUPT_H
#define SYSTEM_INTERRUPT_H

#include "base/cleanup.h"
#include "base/error.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>

struct interrupt {
	int fd; /* readable once something asked to stop */
	int signal_fd;
	int stop_fd;
	sigset_t old_mask;
};

#define INTERRUPT_INIT \
	{ \
		-EBADF, -EBADF, -EBADF \
	}

void interrupt_release(struct interrupt *interrupt);
#define autointerrupt autocleanup(interrupt_release)

/* Block the signals, and make the descriptors. ret is new. */
int interrupt_init(struct interrupt *ret, struct error *err);

/* Ask all threads that watch it to stop, as a signal would, but without dying of it. */
void interrupt_stop(const struct interrupt *interrupt);

/* Has something asked to stop? Waits up to so many milliseconds for it. */
bool interrupt_wait(const struct interrupt *interrupt, int milliseconds);

/* Is one of the signals blocked, and has come? For where no struct interrupt is at hand. */
bool interrupt_is_pending(void);

/* Fail with "interrupted". */
int interrupt_error(struct error *err);

#endif
