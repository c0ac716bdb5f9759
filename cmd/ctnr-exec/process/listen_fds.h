/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sockets that a service manager listens on for a container (sd_listen_fds(3)): descriptors from 3 on, as the
 * variables LISTEN_FDS, LISTEN_PID and LISTEN_FDNAMES tell. The container's first process gets both, with its
 * own pid.
 */
#ifndef CTNR_EXEC_PROCESS_LISTEN_FDS_H
#define CTNR_EXEC_PROCESS_LISTEN_FDS_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

#define LISTEN_FDS_VARIABLES 3

struct listen_fds {
	unsigned count; /* 0: none are passed */
	char *names; /* "LISTEN_FDNAMES=...", owned; or NULL */
	char texts[LISTEN_FDS_VARIABLES - 1][32]; /* of the other variables */
};

void listen_fds_release(struct listen_fds *fds);

/* Read our own environment: what is not for this process, by LISTEN_PID, is none of ours. A number that is
 * none is an error. */
int listen_fds_read(struct listen_fds *ret, struct error *err);

/* Is it one of the variables that are replaced? */
bool listen_fds_has_variable(const struct listen_fds *fds, const char *variable);

/* In the process that is to have them: put the variables behind the first len entries of env, which has room
 * for LISTEN_FDS_VARIABLES more. They are borrowed from fds. Returns the new length. */
size_t listen_fds_append(struct listen_fds *fds, char **env, size_t len);

#endif
