/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Between ctnr-exec and ctnr-exec-profile: the worker reads the text of linux.seccomp from stdin
 * and writes this and a struct sock_filter[] to stdout; when it fails, a struct error instead, and
 * exits with WORKER_FAILED.
 */
#ifndef CTNR_EXEC_WORKERS_PROFILE_PROTOCOL_H
#define CTNR_EXEC_WORKERS_PROFILE_PROTOCOL_H

#include <stdint.h>

#define WORKER_FAILED 3

struct worker_answer {
	uint32_t flags; /* SECCOMP_FILTER_FLAG_* */
	uint32_t reserved;
};

#endif
