/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Compressing a stream so that the same input gives the same bytes on every CPU and with any number of
 * threads (with the same version of the library: what must never change is the digest of what was
 * compressed, not of what came of it).
 *
 *	autocompress struct compress *compress = compress_new(&options, write, sink, err);
 *
 *	if (!compress || compress_write(compress, bytes, len, err) < 0 || compress_finish(compress, err) < 0) ...
 *
 *	gzip	libdeflate over pieces of COMPRESS_PIECE bytes, each a gzip member of its own without name and
 *		time (RFC 1952, section 2.2: members follow each other, and all readers of layers read them all)
 *	zstd	one frame by libzstd's worker threads, with a job size of its own: without them, or with
 *		another size, the bytes are others
 *	none	the bytes as they are
 *
 * Threads compress ahead; what they made is given to write in order, in the caller's thread. Links libdeflate
 * and libzstd.
 */
#ifndef FORMAT_COMPRESS_H
#define FORMAT_COMPRESS_H

#include "base/cleanup.h"
#include "base/error.h"

#include <stddef.h>

#define COMPRESS_PIECE (1U << 20) /* bytes */

enum compression {
	COMPRESSION_GZIP,
	COMPRESSION_ZSTD,
	COMPRESSION_NONE,
	COMPRESSION_MAX,
};
extern const char *const compression_names[]; /* "gzip", "zstd", "none", NULL */

struct compress_options {
	enum compression compression;
	int level; /* 0: the default, 6 of gzip and 3 of zstd */
	unsigned threads; /* 0: one for each CPU that this process may run on */
};

/* "gzip", "zstd:19": read. ERROR_USAGE names what there is, and the levels. */
int compress_options_parse(const char *text, struct compress_options *ret, struct error *err);

/* Where the result goes. < 0 ends it, with err set. */
typedef int (*compress_sink)(void *sink, const void *bytes, size_t len, struct error *err);

struct compress;

/* New; sink is passed on to write, and borrowed. */
struct compress *compress_new(const struct compress_options *options, compress_sink write,
			      void *sink, struct error *err);
void compress_free(struct compress *compress);
static inline void compress_cleanup(struct compress **compress)
{
	compress_free(*compress);
}
#define autocompress autocleanup(compress_cleanup)

int compress_write(struct compress *compress, const void *bytes, size_t len, struct error *err);

/* The end of the input. An input of no bytes is a stream all the same. */
int compress_finish(struct compress *compress, struct error *err);

#endif
