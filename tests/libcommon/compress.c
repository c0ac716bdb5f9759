/* SPDX-License-Identifier: Apache-2.0 */
#include "tap.h"

#include "base/alloc.h"
#include "base/str.h"
#include "format/compress.h"
#include "format/inflate.h"

#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static const size_t lengths[] = {
	0, 1, 4, COMPRESS_PIECE - 1, COMPRESS_PIECE, COMPRESS_PIECE + 1, 5 * COMPRESS_PIECE + 123,
};

/* A content that can be made shorter, no piece like another one; new. */
static unsigned char *make_content(size_t len)
{
	unsigned char *content = xmalloc(len ? len : 1);
	uint32_t state = 1;

	for (size_t i = 0; i < len; i++) {
		state = state * 1103515245 + 12345;
		content[i] = i % 16 ? (unsigned char)(i >> 12) : (unsigned char)(state >> 24);
	}
	return content;
}

static int append_result(void *sink, const void *bytes, size_t len, struct error *err)
{
	(void)err;
	str_append_bytes(sink, bytes, len);
	return 0;
}

static int refuse_result(void *sink, const void *bytes, size_t len, struct error *err)
{
	(void)sink;
	(void)bytes;
	(void)len;
	return error_set(err, ERROR_FAILED, "no room");
}

/* Compress content, given in pieces of step bytes. Appends to ret. */
static int compress_all(const struct compress_options *options, const unsigned char *content,
			size_t len, size_t step, struct str *ret)
{
	autocompress struct compress *compress = compress_new(options, append_result, ret, NULL);

	if (!compress)
		return -1;
	for (size_t at = 0; at < len; at += step)
		if (compress_write(compress, content + at, len - at < step ? len - at : step,
				   NULL) < 0)
			return -1;
	return compress_finish(compress, NULL);
}

/* Does our own reader give back the content? */
static bool is_content(const struct str *compressed, const unsigned char *content, size_t len)
{
	autoinflate struct inflate *inflate = inflate_new();
	const unsigned char *in = (const unsigned char *)compressed->data;
	size_t in_len = compressed->len;
	size_t done = 0;
	int more = 1;

	/* Plain bytes are told from others by four of them. */
	if (len && in_len == len && len < 4)
		return memcmp(in, content, len) == 0;
	while (more > 0) {
		unsigned char out[65536];
		size_t out_len = sizeof(out);

		more = inflate_run(inflate, &in, &in_len, out, &out_len, NULL);
		if (more < 0 || out_len > len - done || memcmp(content + done, out, out_len) != 0)
			return false;
		done += out_len;
	}
	return done == len && inflate_finish(inflate, NULL) == 0;
}

static void test_stream(enum compression compression, int level, size_t len)
{
	static const struct {
		unsigned threads;
		size_t step;
	} ways[] = {
		{ 1, 10000 }, { 2, COMPRESS_PIECE }, { 8, 777777 }, { 0, 8 * COMPRESS_PIECE }
	};
	autofree unsigned char *content = make_content(len);
	autostr struct str first = STR_INIT;

	for (size_t i = 0; i < array_size(ways); i++) {
		const struct compress_options options = { compression, level, ways[i].threads };
		autostr struct str result = STR_INIT;
		autofree char *title =
			xasprintf("%s:%d, %zu bytes, %u threads, in pieces of %zu bytes",
				  compression_names[compression], level, len, ways[i].threads,
				  ways[i].step);

		ok(compress_all(&options, content, len, ways[i].step, &result) == 0, title);
		if (i == 0) {
			ok(is_content(&result, content, len), "... are read back");
			ok(compression == COMPRESSION_NONE || result.len,
			   "... and are a stream, whatever their number");
			first = result;
			result = (struct str)STR_INIT;
		} else {
			ok(result.len == first.len &&
				   (!first.len || memcmp(result.data, first.data, first.len) == 0),
			   "... give the same bytes");
		}
	}
}

/* A member begins with a header that says nothing of the time, the name and the system; the first one ends where
 * the next begins. */
static void test_members(void)
{
	static const unsigned char header[10] = { 0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255 };
	const struct compress_options options = { COMPRESSION_GZIP, 0, 2 };
	const size_t len = 2 * COMPRESS_PIECE + 5;
	autofree unsigned char *content = make_content(len);
	autostr struct str whole = STR_INIT;
	autostr struct str members = STR_INIT;

	for (size_t at = 0; at < len; at += COMPRESS_PIECE) {
		size_t part = len - at < COMPRESS_PIECE ? len - at : COMPRESS_PIECE;

		compress_all(&options, content + at, part, part, &members);
	}
	ok(compress_all(&options, content, len, len, &whole) == 0, "three pieces are compressed");
	ok(whole.len > sizeof(header) && memcmp(whole.data, header, sizeof(header)) == 0,
	   "... behind a header without name and time, of no system");
	ok(whole.len == members.len && memcmp(whole.data, members.data, whole.len) == 0,
	   "... and are what each of them is alone, one after the other");
}

static void test_zstd_frame(void)
{
	const struct compress_options options = { COMPRESSION_ZSTD, 0, 1 };
	autostr struct str frame = STR_INIT;

	compress_all(&options, (const unsigned char *)"hello", 5, 5, &frame);
	/* RFC 8878, 3.1.1.1.1: bit 2 says that a checksum is there. */
	ok(frame.len > 5 && (frame.data[4] & 4), "a zstd frame has a checksum");
}

/* Whatever comes behind a failure, or an end too early, ends the threads. */
static void test_failures(void)
{
	const size_t len = 12 * COMPRESS_PIECE;
	autofree unsigned char *content = make_content(len);

	for (int i = 0; i < COMPRESSION_MAX; i++) {
		const struct compress_options options = { (enum compression)i, 0, 2 };
		autocompress struct compress *refused =
			compress_new(&options, refuse_result, NULL, NULL);
		autostr struct str result = STR_INIT;
		autocompress struct compress *left =
			compress_new(&options, append_result, &result, NULL);
		struct error err = { 0 };

		ok(compress_write(refused, content, len, &err) < 0,
		   "a result that nobody takes is a failure");
		is_str(err.message, "no room", "... whose reason is passed on");
		ok(compress_write(left, content, 3 * COMPRESS_PIECE + 1, NULL) == 0,
		   "a stream may be left in the middle");
	}
}

static void test_memory(void)
{
	const struct compress_options options = { COMPRESSION_GZIP, 0, 2 };
	autofree unsigned char *content = make_content(COMPRESS_PIECE);
	autocompress struct compress *compress = NULL;
	autostr struct str result = STR_INIT;
	struct rusage before;
	struct rusage after;

	compress = compress_new(&options, append_result, &result, NULL);
	for (int i = 0; i < 12; i++) {
		compress_write(compress, content, COMPRESS_PIECE, NULL);
		str_clear(&result);
	}
	getrusage(RUSAGE_SELF, &before);
	for (int i = 0; i < 24; i++) {
		compress_write(compress, content, COMPRESS_PIECE, NULL);
		str_clear(&result);
	}
	getrusage(RUSAGE_SELF, &after);
	ok(compress_finish(compress, NULL) == 0 && after.ru_maxrss - before.ru_maxrss < 1024,
	   "memory does not grow with the input");
}

static void test_parse(void)
{
	static const struct {
		const char *text;
		enum compression compression;
		int level;
		const char *message; /* NULL: it is read */
	} cases[] = {
		{ "gzip", COMPRESSION_GZIP, 0, NULL },
		{ "gzip:1", COMPRESSION_GZIP, 1, NULL },
		{ "gzip:12", COMPRESSION_GZIP, 12, NULL },
		{ "zstd", COMPRESSION_ZSTD, 0, NULL },
		{ "zstd:19", COMPRESSION_ZSTD, 19, NULL },
		{ "none", COMPRESSION_NONE, 0, NULL },
		{ "", 0, 0, "expected gzip, zstd or none, got ''" },
		{ "gz", 0, 0, "expected gzip, zstd or none, got 'gz'" },
		{ "gzipped:1", 0, 0, "expected gzip, zstd or none, got 'gzipped'" },
		{ "gzip:", 0, 0, "expected a level of gzip from 1 to 12, got ''" },
		{ "gzip:0", 0, 0, "expected a level of gzip from 1 to 12, got '0'" },
		{ "gzip:13", 0, 0, "expected a level of gzip from 1 to 12, got '13'" },
		{ "gzip:-1", 0, 0, "expected a level of gzip from 1 to 12, got '-1'" },
		{ "zstd:20", 0, 0, "expected a level of zstd from 1 to 19, got '20'" },
		{ "zstd:x", 0, 0, "expected a level of zstd from 1 to 19, got 'x'" },
		{ "none:1", 0, 0, "compression 'none' has no levels" },
	};

	for (size_t i = 0; i < array_size(cases); i++) {
		struct compress_options options = { COMPRESSION_MAX, -1, 7 };
		struct error err = { 0 };
		int result = compress_options_parse(cases[i].text, &options, &err);
		autofree char *title = xasprintf("'%s' is %s", cases[i].text,
						 cases[i].message ? "refused" : "a compression");

		ok((result == 0) == !cases[i].message, title);
		if (cases[i].message) {
			is_str(err.message, cases[i].message, "... and says why");
			is_int(err.code, ERROR_USAGE, "... as a mistake of usage");
			continue;
		}
		ok(options.compression == cases[i].compression && options.level == cases[i].level &&
			   options.threads == 0,
		   "... as it says");
	}
}

int main(void)
{
	for (size_t i = 0; i < array_size(lengths); i++)
		for (int compression = 0; compression < COMPRESSION_MAX; compression++)
			test_stream((enum compression)compression, 0, lengths[i]);
	test_stream(COMPRESSION_GZIP, 1, 3 * COMPRESS_PIECE + 17);
	test_stream(COMPRESSION_GZIP, 12, COMPRESS_PIECE + 17);
	test_stream(COMPRESSION_ZSTD, 1, 7 * COMPRESS_PIECE + 17);
	test_stream(COMPRESSION_ZSTD, 19, COMPRESS_PIECE + 17);
	test_members();
	test_zstd_frame();
	test_failures();
	test_memory();
	test_parse();
	return done_testing();
}
