/* SPDX-License-Identifier: Apache-2.0 */
/* The content of one file beside that in the archive. */
#ifndef CTNR_STORE_WORKERS_VERIFY_CONTENT_H
#define CTNR_STORE_WORKERS_VERIFY_CONTENT_H

#include "workers/verify/comparison.h"

/* Compare the next piece, and what is a hole before it. An error of the disk is told. */
void content_compare(struct comparison *comparison, const struct tar_data *data);

/* There are no more pieces: the rest is a hole. What differs is a difference then; the file is closed. */
void content_finish(struct comparison *comparison);

#endif
