/* SPDX-License-Identifier: Apache-2.0 */
#include "format/compress.h"

#include "base/alloc.h"
#include "base/number.h"
#include "format/compress_method.h"

#include <sched.h>
#include <stdint.h>
#include <string.h>

const char *const compression_names[] = {
	[COMPRESSION_GZIP] = "gzip",
	[COMPRESSION_ZSTD] = "zstd",
	[COMPRESSION_NONE] = "none",
	[COMPRESSION_MAX] = NULL,
};

struct compress {
	const struct compress_method *method;
	void *state; /* of the method; owned */
	struct compress_output out;
};

static void *start_none(int level, unsigned threads, struct error *err)
{
	(void)level;
	(void)threads;
	(void)err;
	return NULL;
}

static int write_none(void *state, const struct compress_output *out, const void *bytes, size_t len,
		      struct error *err)
{
	(void)state;
	return len ? out->write(out->sink, bytes, len, err) : 0;
}

static int finish_none(void *state, const struct compress_output *out, struct error *err)
{
	(void)state;
	(void)out;
	(void)err;
	return 0;
}

static void free_none(void *state)
{
	(void)state;
}

static const struct compress_method compress_none = {
	start_none,
	write_none,
	finish_none,
	free_none,
};

static const struct compression_kind {
	const struct compress_method *method;
	int level_max; /* 0: it has no levels */
	int level_default;
} kinds[] = {
	[COMPRESSION_GZIP] = { &compress_gzip, 12, 6 },
	[COMPRESSION_ZSTD] = { &compress_zstd, 19, 3 },
	[COMPRESSION_NONE] = { &compress_none, 0, 0 },
};

static int find_compression(const char *name, size_t len)
{
	for (int i = 0; compression_names[i]; i++)
		if (strlen(compression_names[i]) == len &&
		    memcmp(compression_names[i], name, len) == 0)
			return i;
	return -1;
}

static int parse_level(const char *text, enum compression compression, int *ret, struct error *err)
{
	const char *name = compression_names[compression];
	int max = kinds[compression].level_max;
	uint64_t level;

	if (!max)
		return error_set(err, ERROR_USAGE, "compression '%s' has no levels", name);
	if (number_parse(text, (uint64_t)max, &level, NULL) < 0 || level == 0)
		return error_set(err, ERROR_USAGE, "expected a level of %s from 1 to %d, got '%s'",
				 name, max, text);
	*ret = (int)level;
	return 0;
}

int compress_options_parse(const char *text, struct compress_options *ret, struct error *err)
{
	const size_t len = strcspn(text, ":");
	int found = find_compression(text, len);
	struct compress_options options = { 0 };

	if (found < 0)
		return error_set(err, ERROR_USAGE, "expected gzip, zstd or none, got '%.*s'",
				 (int)len, text);
	options.compression = (enum compression)found;
	if (text[len] && parse_level(text + len + 1, options.compression, &options.level, err) < 0)
		return -1;
	*ret = options;
	return 0;
}

static unsigned count_threads(const struct compress_options *options)
{
	unsigned threads = options->threads;
	cpu_set_t cpus;

	if (threads)
		return threads < COMPRESS_THREADS_MAX ? threads : COMPRESS_THREADS_MAX;
	/* On a machine of more CPUs than the set has room for this fails. */
	if (sched_getaffinity(0, sizeof(cpus), &cpus) < 0)
		return COMPRESS_THREADS_DEFAULT;
	threads = (unsigned)CPU_COUNT(&cpus);
	return threads < COMPRESS_THREADS_DEFAULT ? threads : COMPRESS_THREADS_DEFAULT;
}

struct compress *compress_new(const struct compress_options *options, compress_sink write,
			      void *sink, struct error *err)
{
	const struct compression_kind *kind = &kinds[options->compression];
	int level = options->level ? options->level : kind->level_default;
	void *state = kind->method->start(level, count_threads(options), err);
	struct compress *compress;

	if (!state && kind->method != &compress_none)
		return NULL;
	compress = xcalloc(1, sizeof(*compress));
	*compress = (struct compress) { kind->method, state, { write, sink } };
	return compress;
}

void compress_free(struct compress *compress)
{
	if (!compress)
		return;
	compress->method->free(compress->state);
	free(compress);
}

int compress_write(struct compress *compress, const void *bytes, size_t len, struct error *err)
{
	return compress->method->write(compress->state, &compress->out, bytes, len, err);
}

int compress_finish(struct compress *compress, struct error *err)
{
	return compress->method->finish(compress->state, &compress->out, err);
}
