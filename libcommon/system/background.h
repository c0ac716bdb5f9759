/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Work that nobody waits for: a process of our own apart from us, which ends by itself.
 *
 * It has a session of its own, so that no terminal's signal and no hangup reaches it; /dev/null for its
 * standard streams and no other descriptor of ours but one, so that no pipe stays open that somebody reads
 * to its end, and no lock is held; "/" for its working directory; the lowest priority for processors and
 * disks; and no blocked signals.
 */
#ifndef SYSTEM_BACKGROUND_H
#define SYSTEM_BACKGROUND_H

#include "base/error.h"

/* Call work(fd, data) in such a process; fd is the descriptor that it keeps, or -EBADF: a duplicate of ours,
 * which may have another number. name is what ps(1) shows, up to 15 characters. What is in stdout's buffer
 * is to be flushed before. Only while single-threaded. */
int background_start(const char *name, int fd, void (*work)(int fd, void *data), void *data,
		     struct error *err);

#endif
