/* SPDX-License-Identifier: Apache-2.0 */
/*
 * May the process open once more what it gets as stdin, stdout or stderr? Images write their logs to
 * /dev/stdout, which is a link to /proc/self/fd/1, and an open of that asks for permission anew: by
 * owner, group and mode of the file behind it.
 *
 * Nothing ever changes its owner: the caller would lose it. A pipe has no name and is reached only
 * through those who hold an end of it; another user is let in by its mode, and the caller and its
 * other containers stay in. The mode of a file is the caller's.
 */
#ifndef CTNR_EXEC_LAUNCH_STREAM_ACCESS_H
#define CTNR_EXEC_LAUNCH_STREAM_ACCESS_H

#include "container.h"

#include <stdbool.h>
#include <sys/stat.h>

/* May process.user open fd, of which st is known, for mode (O_RDONLY or O_WRONLY)? A pipe of ours is
 * opened to that user where that is needed. True for what cannot be opened by anybody, as sockets,
 * and for devices. Judged without access lists, and for a user namespace given by path, whose maps
 * are not known, as for a stranger. */
bool stream_is_accessible(const struct container *c, int fd, const struct stat *st, int mode);

/* Is it a pipe without a name? A FIFO that has one is a file. */
bool stream_is_pipe(int fd, const struct stat *st);

#endif
