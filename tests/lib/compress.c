/* SPDX-License-Identifier: Apache-2.0 */
/* Compress stdin to stdout as a layer is compressed: compress COMPRESSION[:LEVEL] THREADS. */
#include "base/number.h"
#include "format/compress.h"
#include "system/fd.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int write_out(void *sink, const void *bytes, size_t len, struct error *err)
{
	(void)sink;
	return fd_write_all(STDOUT_FILENO, bytes, len) < 0 ? error_errno(err, "cannot write") : 0;
}

static int compress_stdin(const struct compress_options *options, struct error *err)
{
	autocompress struct compress *compress = compress_new(options, write_out, NULL, err);
	static char buffer[256 << 10];
	ssize_t n;

	if (!compress)
		return -1;
	while ((n = read(STDIN_FILENO, buffer, sizeof(buffer))) > 0)
		if (compress_write(compress, buffer, (size_t)n, err) < 0)
			return -1;
	return n < 0 ? error_errno(err, "cannot read") : compress_finish(compress, err);
}

int main(int argc, char **argv)
{
	struct compress_options options;
	struct error err = { 0 };
	uint64_t threads;

	if (argc != 3 || compress_options_parse(argv[1], &options, &err) < 0 ||
	    number_parse(argv[2], COMPRESS_THREADS_MAX, &threads, &err) < 0) {
		fprintf(stderr, "usage: compress COMPRESSION[:LEVEL] THREADS: %s\n", err.message);
		return 2;
	}
	options.threads = (unsigned)threads;
	if (compress_stdin(&options, &err) < 0) {
		fprintf(stderr, "compress: %s\n", err.message);
		return 1;
	}
	return 0;
}
