/* SPDX-License-Identifier: Apache-2.0 */
/* Answers to the questions of query_opts.h, printed as records. Nothing is stored. */
#ifndef CTNR_FETCH_WORKERS_COPY_QUERY_H
#define CTNR_FETCH_WORKERS_COPY_QUERY_H

#include "request.h"
#include "workers/copy/source.h"

/* Ask the source what the request wants to know, and print the answer. connection is the calling thread's.
 * Nothing is printed when the answer cannot be had whole. */
int query_run(const struct request *request, const struct source *source, void *connection,
	      struct error *err);

#endif
