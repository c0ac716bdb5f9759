/* SPDX-License-Identifier: Apache-2.0 */
/* Anything, compressed in any way and given in any pieces, is read back; and the pieces and the threads change
 * nothing. */
#include "base/alloc.h"
#include "base/str.h"
#include "format/compress.h"
#include "format/inflate.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define HEAD 4 /* bytes that say how; the others are the content */
#define CONTENT_MAX (3U << 20)

static int append_result(void *sink, const void *bytes, size_t len, struct error *err)
{
	(void)err;
	str_append_bytes(sink, bytes, len);
	return 0;
}

/* The content, several times over where the input says so, so that there is more than a piece. */
static void make_content(const uint8_t *data, size_t size, unsigned times, struct str *ret)
{
	do
		str_append_bytes(ret, (const char *)data, size);
	while (size && times-- && ret->len < CONTENT_MAX);
}

/* Compress in pieces whose lengths follow from seed; 0: all at once. */
static void compress_all(const struct compress_options *options, const struct str *content,
			 uint32_t seed, struct str *ret)
{
	autocompress struct compress *compress = compress_new(options, append_result, ret, NULL);
	size_t done = 0;

	if (!compress)
		abort();
	while (done < content->len) {
		size_t len = content->len - done;

		if (seed) {
			seed = seed * 1103515245 + 12345;
			if (len > seed >> 12)
				len = seed >> 12;
		}
		if (compress_write(compress, content->data + done, len, NULL) < 0)
			abort();
		done += len;
	}
	if (compress_finish(compress, NULL) < 0)
		abort();
}

static void check_content(const struct str *compressed, const struct str *content)
{
	autoinflate struct inflate *inflate = inflate_new();
	const unsigned char *in = (const unsigned char *)compressed->data;
	size_t in_len = compressed->len;
	size_t done = 0;
	int more;

	do {
		unsigned char out[32768];
		size_t out_len = sizeof(out);

		more = inflate_run(inflate, &in, &in_len, out, &out_len, NULL);
		if (more < 0 || out_len > content->len - done ||
		    (out_len && memcmp(content->data + done, out, out_len) != 0))
			abort();
		done += out_len;
	} while (more > 0);
	if (done != content->len || inflate_finish(inflate, NULL) < 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autostr struct str content = STR_INIT;
	autostr struct str whole = STR_INIT;
	autostr struct str pieces = STR_INIT;
	struct compress_options options = { 0 };

	if (size < HEAD)
		return 0;
	/* Without compression what looks compressed would be inflated. */
	options.compression = data[0] & 1 ? COMPRESSION_GZIP : COMPRESSION_ZSTD;
	options.level = 1 + data[1] % 9;
	options.threads = 1 + data[0] / 2 % 4;
	make_content(data + HEAD, size - HEAD, data[2] * 16U, &content);
	compress_all(&options, &content, 0, &whole);
	check_content(&whole, &content);
	options.threads = 1 + data[1] / 9 % 3;
	compress_all(&options, &content, data[3] + 1U, &pieces);
	if (whole.len != pieces.len || memcmp(whole.data, pieces.data, whole.len) != 0)
		abort();
	return 0;
}
