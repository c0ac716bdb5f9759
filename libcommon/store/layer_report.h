/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the layer worker (cmd/ctnr-unpack/workers/layer/main.c) tells the tool that runs it down its standard output:
 * values of fixed size, written whole (smaller than PIPE_BUF). The worker prints nothing itself. It reads what
 * strangers wrote, so the tool takes no more from it than text to show.
 */
#ifndef STORE_LAYER_REPORT_H
#define STORE_LAYER_REPORT_H

#include "base/error.h"

#include <stdint.h>

enum layer_report_kind {
	LAYER_REPORT_WARNING, /* error.message */
	LAYER_REPORT_ERROR, /* error; the worker ends */
	LAYER_REPORT_START, /* a layer: its digest in error.message, value is its size in bytes */
	LAYER_REPORT_PROGRESS, /* value: bytes of that layer so far */
	LAYER_REPORT_DONE, /* that layer */
};

struct layer_report {
	int32_t kind; /* an enum layer_report_kind */
	uint64_t value;
	struct error error;
};

#endif
