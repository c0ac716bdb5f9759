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

#include <stddef.h>

/* Send fd, with one byte of data. fd stays open here. 0, or -1 with errno. */
int fd_pass_send(int socket, int fd);

/* Send fd, with the first of len > 0 bytes; all of them, as the socket takes them. 0, or -1 with errno. */
int fd_pass_send_with(int socket, int fd, const void *data, size_t len);

/* The next descriptor, without waiting: a new one, close-on-exec. -1 with errno: EAGAIN when there
 * is none yet, EPIPE when the other side is gone, EPROTO when something else was sent, of which nothing stays open. */
int fd_pass_receive(int socket);

#endif
