/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unix sockets that others listen on, by their path (unix(7)).
 *
 *	autoclose int agent = socket_connect_at(bundle, "/run/agent.sock", err);
 */
#ifndef SYSTEM_SOCKET_H
#define SYSTEM_SOCKET_H

#include "base/error.h"

/* Connect to a stream socket. The path is of any length, and a relative one begins at dirfd. Returns a new
 * descriptor, close-on-exec, or -1. A listener that accepts or reads nothing keeps nobody waiting: connecting,
 * and each send, fails after 10 seconds. */
int socket_connect_at(int dirfd, const char *path, struct error *err);

#endif
