/* SPDX-License-Identifier: Apache-2.0 */
#include "base/alloc.h"
#include "format/compress_method.h"

#include <zstd.h>

/* Input of one thread's job. It decides what the bytes are, and how much memory all the threads take. */
#define JOB_SIZE (2U << 20)

struct zstd_state {
	ZSTD_CCtx *context;
	unsigned char *out; /* out_size bytes */
	size_t out_size;
};

static void free_zstd(void *state)
{
	struct zstd_state *zstd = state;

	if (!zstd)
		return;
	ZSTD_freeCCtx(zstd->context);
	free(zstd->out);
	free(zstd);
}

static int fail_zstd(size_t result, struct error *err)
{
	return error_set(err, ERROR_FAILED, "zstd: %s", ZSTD_getErrorName(result));
}

static int set_parameters(struct zstd_state *zstd, int level, unsigned threads, struct error *err)
{
	const struct {
		ZSTD_cParameter parameter;
		int value;
	} parameters[] = {
		{ ZSTD_c_compressionLevel, level },
		{ ZSTD_c_checksumFlag, 1 }, /* as all engines write it */
		{ ZSTD_c_nbWorkers, (int)threads },
		{ ZSTD_c_jobSize, JOB_SIZE },
	};

	for (size_t i = 0; i < array_size(parameters); i++) {
		size_t result = ZSTD_CCtx_setParameter(zstd->context, parameters[i].parameter,
						       parameters[i].value);

		if (ZSTD_isError(result))
			return fail_zstd(result, err);
	}
	return 0;
}

static void *start_zstd(int level, unsigned threads, struct error *err)
{
	struct zstd_state *zstd = xcalloc(1, sizeof(*zstd));

	zstd->out_size = ZSTD_CStreamOutSize();
	zstd->out = xmalloc(zstd->out_size);
	zstd->context = ZSTD_createCCtx();
	if (!zstd->context)
		error_set(err, ERROR_FAILED, "zstd: out of memory");
	else if (set_parameters(zstd, level, threads, err) == 0)
		return zstd;
	free_zstd(zstd);
	return NULL;
}

/* One step, and its result to the output. Returns what libzstd says: of ZSTD_e_end 0 when all is done. */
static int run_zstd(struct zstd_state *zstd, ZSTD_inBuffer *in, ZSTD_EndDirective end,
		    const struct compress_output *out, size_t *ret_left, struct error *err)
{
	ZSTD_outBuffer buffer = { zstd->out, zstd->out_size, 0 };

	*ret_left = ZSTD_compressStream2(zstd->context, &buffer, in, end);
	if (ZSTD_isError(*ret_left))
		return fail_zstd(*ret_left, err);
	return buffer.pos ? out->write(out->sink, zstd->out, buffer.pos, err) : 0;
}

/* Never with ZSTD_e_end: an input that ends with its first call is compressed without threads, and so to other
 * bytes. */
static int write_zstd(void *state, const struct compress_output *out, const void *bytes, size_t len,
		      struct error *err)
{
	ZSTD_inBuffer in = { bytes, len, 0 };
	size_t left;

	while (in.pos < in.size)
		if (run_zstd(state, &in, ZSTD_e_continue, out, &left, err) < 0)
			return -1;
	return 0;
}

static int finish_zstd(void *state, const struct compress_output *out, struct error *err)
{
	ZSTD_inBuffer in = { NULL, 0, 0 };
	size_t left;

	do {
		if (run_zstd(state, &in, ZSTD_e_end, out, &left, err) < 0)
			return -1;
	} while (left);
	return 0;
}

const struct compress_method compress_zstd = {
	start_zstd,
	write_zstd,
	finish_zstd,
	free_zstd,
};
