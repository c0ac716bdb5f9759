/* SPDX-License-Identifier: Apache-2.0 */
/* What the caller of run, create and exec hands over to the new process, and is told of it. */
#ifndef CTNR_EXEC_VERBS_HANDOVER_H
#define CTNR_EXEC_VERBS_HANDOVER_H

#include "container.h"

#include "base/error.h"
#include "base/option.h"

#include <stdint.h>

struct handover_opts {
	const char *pid_file;
	const char *pidfd_socket;
	const char *console_socket;
	uint64_t preserve_fds;
};

/* Rows for a struct handover_opts. */
extern const struct option handover_options[];

/* Take the options over into the container, first of all: the descriptors that are to be kept must be open
 * before others of ours take their numbers. They are marked to close, so that no hook and no helper program
 * gets them, until the payload is about to be executed (process_confine()). Strings are borrowed; paths become absolute, for other processes
 * of ours use them in other directories. */
int handover_take(const struct handover_opts *opts, struct container *c, struct error *err);

/* Take over, behind handover_take(), what a service manager listens on for the container (process/listen_fds.h):
 * for its first process. */
int handover_take_listening(struct container *c, struct error *err);

#endif
