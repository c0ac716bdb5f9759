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
 *	zstd	one frame with a checksum by libzstd's worker threads, with a job size of its own: without
 *		threads, or with another size, the bytes are others
 *	none	the bytes as they are
 *
 * Threads compress ahead; what they made is given to write in order, in the caller's thread, by compress_write()
 * and compress_finish(). They are started when there is something for them to do: an input of less than a piece
 * needs none. Memory does not grow with the input: with gzip 6 MB, and 1 to 2 MB for each thread (10 from
 * level 10 on); with zstd 10 MB, and 3 for each thread, 15 at level 9 and 100 at level 19. Links libdeflate and libzstd.
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

/* Threads when their number is not stated: what more of them made would wait for the digests, which are one
 * thread's work each. */
#define COMPRESS_THREADS_DEFAULT 8 /* at most */
#define COMPRESS_THREADS_MAX 64

struct compress_options {
	enum compression compression;
	int level; /* 0: the default, 6 of gzip and 3 of zstd */
	unsigned threads; /* 0: one for each CPU that this process may run on */
};

/* "gzip", "zstd:19": read, threads 0. Levels are 1 to 12 of gzip and 1 to 19 of zstd (those above need more
 * memory to be read than RFC 8878 asks of readers). ERROR_USAGE names what there is. */
int compress_options_parse(const char *text, struct compress_options *ret, struct error *err);

/* Where the result goes. < 0 ends it, with err set. */
typedef int (*compress_sink)(void *sink, const void *bytes, size_t len, struct error *err);

struct compress;

/* New; sink is passed on to write, and borrowed. NULL with err when there is no memory. */
struct compress *compress_new(const struct compress_options *options, compress_sink write,
			      void *sink, struct error *err);
/* Ends the threads, whatever they are at. NULL is nothing. */
void compress_free(struct compress *compress);
static inline void compress_cleanup(struct compress **compress)
{
	compress_free(*compress);
}
#define autocompress autocleanup(compress_cleanup)

/* More of the input. After a failure compress_free() alone may follow. */
int compress_write(struct compress *compress, const void *bytes, size_t len, struct error *err);

/* The end of the input: all of the result was given to write. An input of no bytes is a stream all the same. */
int compress_finish(struct compress *compress, struct error *err);

#endif
