/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the confined reader of a blob tells the process that started it, down a pipe: values of fixed
 * size, written whole (smaller than PIPE_BUF). The reader parses what strangers wrote, so it can speak of
 * its own blob and layers alone, and what it says is text to show.
 */
#ifndef CTNR_STORE_WORKERS_VERIFY_REPORT_H
#define CTNR_STORE_WORKERS_VERIFY_REPORT_H

#include "workers/verify/job.h"

#include <stdint.h>

enum report_kind {
	REPORT_BLOB, /* the last one. value: an enum blob_fault; text: what is wrong */
	REPORT_RIGHT, /* the layer */
	REPORT_DIFFERS, /* the layer at path: text */
	REPORT_MORE, /* value: differences of the layer that are not told */
	REPORT_SKIPPED, /* the layer; text: why */
};

struct report {
	int32_t kind; /* an enum report_kind */
	uint32_t layer; /* its number in the blob */
	uint64_t value;
	char path[FINDING_PATH_MAX + 1]; /* bytes as they are; cut when longer */
	char text[1024];
};

/* Write one; path and text may be NULL. What cannot be sent is lost: the other end is gone then. */
void report_send(int fd, enum report_kind kind, size_t layer, uint64_t value, const char *path,
		 const char *text);

#endif
