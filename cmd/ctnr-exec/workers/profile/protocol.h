/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Between ctnr-exec and ctnr-exec-profile: the worker reads the text of linux.seccomp from stdin
 * and writes to stdout
 *
 *	struct worker_answer
 *	struct sock_filter[instructions]
 *	listenerPath and listenerMetadata, each with its NUL, or nothing
 *
 * When it fails, it writes a struct error instead, and exits with WORKER_FAILED. With the operand
 * WORKER_VOCABULARY it reads nothing, and writes the JSON of profile_vocabulary(). A worker that computes for
 * longer than WORKER_SECONDS is ended by SIGPROF.
 */
#ifndef CTNR_EXEC_WORKERS_PROFILE_PROTOCOL_H
#define CTNR_EXEC_WORKERS_PROFILE_PROTOCOL_H

#include <stdint.h>

#define WORKER_FAILED 3
#define WORKER_SECONDS 20 /* the default profile takes 0.06 */

#define WORKER_VOCABULARY "vocabulary"

struct worker_answer {
	uint32_t flags; /* SECCOMP_FILTER_FLAG_* */
	uint32_t instructions;
	uint32_t path_size; /* of listenerPath; 0: nothing is notified */
	uint32_t metadata_size; /* of listenerMetadata; 0: there is none */
};

#endif
