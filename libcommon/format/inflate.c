/* SPDX-License-Identifier: Apache-2.0 */
#include "format/inflate.h"

#include "base/alloc.h"
#include "format/gzip_header.h"

#include <isa-l/igzip_lib.h>
#include <zstd.h>

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define WINDOW_LOG_MAX 27 /* of zstd: 128 MiB, what its own tool accepts */

enum inflate_format {
	FORMAT_UNKNOWN, /* fewer than MAGIC_SIZE bytes have come */
	FORMAT_PLAIN,
	FORMAT_GZIP,
	FORMAT_ZSTD,
};

#define MAGIC_SIZE 4

struct inflate {
	enum inflate_format format;
	unsigned char magic[MAGIC_SIZE]; /* first bytes, kept until the format is known */
	size_t magic_len;
	const unsigned char *held; /* of magic, still to be taken as input */
	size_t held_len;
	bool in_stream; /* a member or frame has begun and not ended */
	struct gzip_header header; /* of the gzip member that has begun */
	bool is_over; /* behind the last gzip member came something else */
	struct inflate_state *gzip;
	ZSTD_DStream *zstd;
};

struct inflate *inflate_new(void)
{
	return xcalloc(1, sizeof(struct inflate));
}

void inflate_free(struct inflate *inflate)
{
	if (!inflate)
		return;
	free(inflate->gzip);
	ZSTD_freeDStream(inflate->zstd);
	free(inflate);
}

static enum inflate_format detect_format(const unsigned char *magic, size_t len)
{
	static const unsigned char gzip[] = { 0x1f, 0x8b, 8 };
	static const unsigned char zstd[] = { 0x28, 0xb5, 0x2f, 0xfd };

	if (len >= sizeof(gzip) && memcmp(magic, gzip, sizeof(gzip)) == 0)
		return FORMAT_GZIP;
	if (len >= sizeof(zstd) && memcmp(magic, zstd, sizeof(zstd)) == 0)
		return FORMAT_ZSTD;
	/* zstd's skippable frames: 0x184d2a50 to 0x184d2a5f, little-endian. */
	if (len >= 4 && (magic[0] & 0xf0) == 0x50 && magic[1] == 0x2a && magic[2] == 0x4d &&
	    magic[3] == 0x18)
		return FORMAT_ZSTD;
	return FORMAT_PLAIN;
}

static int set_format(struct inflate *inflate, struct error *err)
{
	inflate->format = detect_format(inflate->magic, inflate->magic_len);
	inflate->held = inflate->magic;
	inflate->held_len = inflate->magic_len;
	if (inflate->format == FORMAT_GZIP) {
		inflate->gzip = xmalloc(sizeof(*inflate->gzip));
		isal_inflate_init(inflate->gzip);
	} else if (inflate->format == FORMAT_ZSTD) {
		inflate->zstd = ZSTD_createDStream();
		if (!inflate->zstd)
			return error_set(err, ERROR_FAILED, "zstd: out of memory");
		ZSTD_DCtx_setParameter(inflate->zstd, ZSTD_d_windowLogMax, WINDOW_LOG_MAX);
	}
	return 0;
}

static void run_plain(const unsigned char **in, size_t *in_len, unsigned char *out, size_t *out_len)
{
	size_t len = *in_len < *out_len ? *in_len : *out_len;

	memcpy(out, *in, len);
	*in += len;
	*in_len -= len;
	*out_len = len;
}

/* Pass the header of a member. 1: its content follows, 0: more input is needed, -1. Between members:
 * what does not begin one ends the stream, as for gzip(1). Tapes have zeros there, downloads worse;
 * the digest of the result is checked by the caller. */
static int pass_header(struct inflate *inflate, const unsigned char **in, size_t *in_len,
		       struct error *err)
{
	if (!inflate->in_stream) {
		if (*in_len == 0)
			return 0;
		inflate->header = (struct gzip_header) { 0 };
		inflate->in_stream = true;
	}
	switch (gzip_header_pass(&inflate->header, in, in_len)) {
	case GZIP_COMPLETE:
		isal_inflate_reset(inflate->gzip);
		inflate->gzip->crc_flag = ISAL_GZIP_NO_HDR_VER;
		return 1;
	case GZIP_NO_MEMBER:
		inflate->is_over = true;
		inflate->in_stream = false;
		return 0;
	case GZIP_WRONG_CHECKSUM:
		return error_set(err, ERROR_FAILED, "gzip: damaged data (header checksum)");
	case GZIP_INCOMPLETE:
		break;
	}
	return 0;
}

static int run_gzip(struct inflate *inflate, const unsigned char **in, size_t *in_len,
		    unsigned char *out, size_t *out_len, struct error *err)
{
	struct inflate_state *state = inflate->gzip;
	uint32_t room = *out_len < UINT32_MAX ? (uint32_t)*out_len : UINT32_MAX;
	int result;

	*out_len = 0;
	if (!inflate->in_stream || inflate->header.part != GZIP_CONTENT) {
		int more = inflate->is_over ? 0 : pass_header(inflate, in, in_len, err);

		if (inflate->is_over) {
			*in += *in_len;
			*in_len = 0;
		}
		if (more <= 0)
			return more;
	}
	state->next_in = (unsigned char *)*in;
	state->avail_in = *in_len < UINT32_MAX ? (uint32_t)*in_len : UINT32_MAX;
	state->next_out = out;
	state->avail_out = room;
	result = isal_inflate(state);
	if (result < 0)
		return error_set(err, ERROR_FAILED, "gzip: damaged data (%s)",
				 result == ISAL_INCORRECT_CHECKSUM ? "checksum" : "format");
	*in_len -= (size_t)(state->next_in - *in);
	*in = state->next_in;
	*out_len = room - state->avail_out;
	if (state->block_state == ISAL_BLOCK_FINISH)
		inflate->in_stream = false;
	/* Output that waits in the state comes out once there is room again. */
	return *in_len > 0 || state->avail_out == 0;
}

static int run_zstd(struct inflate *inflate, const unsigned char **in, size_t *in_len,
		    unsigned char *out, size_t *out_len, struct error *err)
{
	ZSTD_inBuffer input = { *in, *in_len, 0 };
	ZSTD_outBuffer output = { out, *out_len, 0 };
	size_t result;

	/* Asked for more behind a whole frame, it would begin the next one. */
	if (!inflate->in_stream && *in_len == 0) {
		*out_len = 0;
		return 0;
	}
	result = ZSTD_decompressStream(inflate->zstd, &output, &input);
	if (ZSTD_isError(result))
		return error_set(err, ERROR_FAILED, "zstd: %s", ZSTD_getErrorName(result));
	inflate->in_stream = result != 0;
	*in += input.pos;
	*in_len -= input.pos;
	*out_len = output.pos;
	return *in_len > 0 || output.pos == output.size;
}

static int run_decoder(struct inflate *inflate, const unsigned char **in, size_t *in_len,
		       unsigned char *out, size_t *out_len, struct error *err)
{
	switch (inflate->format) {
	case FORMAT_GZIP:
		return run_gzip(inflate, in, in_len, out, out_len, err);
	case FORMAT_ZSTD:
		return run_zstd(inflate, in, in_len, out, out_len, err);
	default:
		run_plain(in, in_len, out, out_len);
		return *in_len > 0;
	}
}

int inflate_run(struct inflate *inflate, const unsigned char **in, size_t *in_len,
		unsigned char *out, size_t *out_len, struct error *err)
{
	if (inflate->format == FORMAT_UNKNOWN) {
		while (inflate->magic_len < MAGIC_SIZE && *in_len) {
			inflate->magic[inflate->magic_len++] = *(*in)++;
			(*in_len)--;
		}
		if (inflate->magic_len < MAGIC_SIZE) {
			*out_len = 0;
			return 0;
		}
		if (set_format(inflate, err) < 0)
			return -1;
	}
	if (inflate->held_len) {
		int more =
			run_decoder(inflate, &inflate->held, &inflate->held_len, out, out_len, err);

		return more < 0 ? -1 : more || *in_len > 0;
	}
	return run_decoder(inflate, in, in_len, out, out_len, err);
}

int inflate_finish(struct inflate *inflate, struct error *err)
{
	/* An archive of fewer bytes than a magic number. */
	if (inflate->format == FORMAT_UNKNOWN && inflate->magic_len)
		return error_set(err, ERROR_FAILED, "damaged data: it ends after %zu bytes",
				 inflate->magic_len);
	if (inflate->in_stream)
		return error_set(err, ERROR_FAILED,
				 "damaged data: the compressed stream is cut off");
	return 0;
}
