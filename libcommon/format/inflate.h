/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decompressing a stream: gzip (any number of members; what stands behind the last one is passed
 * over), zstd (any number of frames), or plain bytes passed through. The first bytes say which:
 * registries label layers wrongly, and the digest of the result is checked by the caller anyway.
 *
 *	autoinflate struct inflate *inflate = inflate_new();
 *
 *	while (... read in, in_len ...)
 *		do {
 *			out_len = sizeof(out);
 *			more = inflate_run(inflate, &in, &in_len, out, &out_len, err);
 *			... out_len bytes of output ...
 *		} while (more > 0);
 *	if (inflate_finish(inflate, err) < 0) ...		// truncated?
 *
 * Output is made in pieces of the caller's size, so memory stays flat whatever the ratio: 100 KB
 * for gzip, the frame's window (at most 128 MiB) for zstd. Links libisal and libzstd.
 */
#ifndef FORMAT_INFLATE_H
#define FORMAT_INFLATE_H

#include "base/cleanup.h"
#include "base/error.h"

#include <stddef.h>

struct inflate;

/* New; inflate_free() takes NULL. */
struct inflate *inflate_new(void);
void inflate_free(struct inflate *inflate);
static inline void inflate_cleanup(struct inflate **inflate)
{
	inflate_free(*inflate);
}
#define autoinflate autocleanup(inflate_cleanup)

/* Take input from *in (moved on) and write up to *out_len bytes, which becomes what was written.
 * 1: call again, with the rest of the input and room; 0: all input is taken and all output of it
 * given; -1: damaged. */
int inflate_run(struct inflate *inflate, const unsigned char **in, size_t *in_len,
		unsigned char *out, size_t *out_len, struct error *err);

/* The input has ended: fails when that was in the middle of a stream. */
int inflate_finish(struct inflate *inflate, struct error *err);

#endif
