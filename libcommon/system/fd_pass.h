/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A descriptor handed from one process to another over a Unix socket (unix(7), SCM_RIGHTS): the
 * master of a terminal to the caller of a container, or to a console socket.
 *
 *	if (fd_pass_send(socket, master) < 0) ...
 *	master = fd_pass_receive(socket);	// in the other process
 */
#ifndef SYSTEM_FD_PASS_H
#define SYSTEM_FD_PASS_H

#include "base/error.h"

/* Send fd, with one byte of data. fd stays open here. 0, or -1 with errno. */
int fd_pass_send(int socket, int fd);

/* The next descriptor, without waiting: a new one, close-on-exec. -1 with errno: EAGAIN when there
 * is none yet, EPIPE when the other side is gone, EPROTO when something else was sent, of which nothing stays open. */
int fd_pass_receive(int socket);

/* Connect to the Unix socket at path, however long that is: a new descriptor, or -1 with an error. */
int fd_pass_connect(const char *path, struct error *err);

#endif
