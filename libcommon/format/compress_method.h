/* SPDX-License-Identifier: Apache-2.0 */
/* The ways of compressing behind format/compress.h: each makes a state, feeds it, and ends it. */
#ifndef FORMAT_COMPRESS_METHOD_H
#define FORMAT_COMPRESS_METHOD_H

#include "format/compress.h"

/* Where the result goes. */
struct compress_output {
	compress_sink write;
	void *sink; /* borrowed */
};

struct compress_method {
	/* New, with a level and a number of threads that are stated; NULL with err on failure. */
	void *(*start)(int level, unsigned threads, struct error *err);
	int (*write)(void *state, const struct compress_output *out, const void *bytes, size_t len,
		     struct error *err);
	int (*finish)(void *state, const struct compress_output *out, struct error *err);
	void (*free)(void *state);
};

extern const struct compress_method compress_gzip;
extern const struct compress_method compress_zstd;

#endif
