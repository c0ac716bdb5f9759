/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the layer worker tells the tool down its standard output: values of fixed size, written
 * whole (smaller than PIPE_BUF). The worker prints nothing itself. It reads what strangers wrote,
 * so the tool takes no more from it than text to show.
 */
#ifndef CTNR_UNPACK_REPORT_H
#define CTNR_UNPACK_REPORT_H

#include "base/error.h"

#include <stdint.h>

enum report_kind {
	REPORT_WARNING, /* error.message */
	REPORT_ERROR, /* error; the worker ends */
	REPORT_START, /* a layer: its digest in error.message, value is its size in bytes */
	REPORT_PROGRESS, /* value: bytes of that layer so far */
	REPORT_DONE, /* that layer */
};

struct report {
	int32_t kind; /* an enum report_kind */
	uint64_t value;
	struct error error;
};

#endif
