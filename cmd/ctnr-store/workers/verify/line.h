/* SPDX-License-Identifier: Apache-2.0 */
/* The lines that the worker writes to stdout (job.h): each in one write, smaller than PIPE_BUF, because
 * two processes write them. */
#ifndef CTNR_STORE_WORKERS_VERIFY_LINE_H
#define CTNR_STORE_WORKERS_VERIFY_LINE_H

#include "workers/verify/blob_file.h"
#include "workers/verify/job.h"
#include "workers/verify/report.h"

/* {"blob":...} */
void line_of_blob(const struct job_blob *blob, enum blob_fault fault, const char *message);

/* {"layer":...}: of a report about it. */
void line_of_layer(const struct job_layer *layer, const struct report *report);

/* {"failed":...} */
void line_of_failure(const struct error *failure);

#endif
