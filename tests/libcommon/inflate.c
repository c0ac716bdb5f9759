/* SPDX-License-Identifier: Apache-2.0 */
#include "tap.h"

#include "base/str.h"
#include "format/inflate.h"

#include <isa-l/crc.h>

#include <string.h>

/* The content of every member: "hello\n", not compressed. */
#define CONTENT "\x01\x06\x00\xf9\xffhello\n"
#define TRAILER "\x20\x30\x3a\x36\x06\x00\x00\x00"

enum header_part {
	EXTRA = 4,
	NAME = 8,
	COMMENT = 16,
	CHECKSUM = 2,
	WRONG = 256, /* the checksum is */
};

static void append_member(struct str *s, unsigned parts)
{
	size_t start = s->len;
	const char fixed[] = { 0x1f, (char)0x8b, 8, (char)parts, 0, 0, 0, 0, 0, 3 };
	uint32_t crc;

	str_append_bytes(s, fixed, sizeof(fixed));
	if (parts & EXTRA)
		str_append_bytes(s, "\x06\0AB\x02\0xy", 8);
	if (parts & NAME)
		str_append_bytes(s, "a name", sizeof("a name"));
	if (parts & COMMENT)
		for (int i = 0; i < 3000; i++)
			str_append_char(s, i == 2999 ? '\0' : 'c');
	crc = crc32_gzip_refl(0, (unsigned char *)s->data + start, s->len - start);
	if (parts & WRONG)
		crc++;
	if (parts & CHECKSUM) {
		str_append_char(s, (char)crc);
		str_append_char(s, (char)(crc >> 8));
	}
	str_append_bytes(s, CONTENT, sizeof(CONTENT) - 1);
	str_append_bytes(s, TRAILER, sizeof(TRAILER) - 1);
}

/* What comes out when step bytes at a time go in; the error's message when it fails. */
static void inflate_text(const struct str *in, size_t step, struct str *ret)
{
	autoinflate struct inflate *inflate = inflate_new();
	struct error err = { 0 };
	int more = 0;

	str_clear(ret);
	for (size_t done = 0; more >= 0 && done < in->len; done += step) {
		const unsigned char *bytes = (const unsigned char *)in->data + done;
		size_t len = in->len - done < step ? in->len - done : step;

		do {
			unsigned char out[4];
			size_t out_len = sizeof(out);

			more = inflate_run(inflate, &bytes, &len, out, &out_len, &err);
			if (more >= 0)
				str_append_bytes(ret, out, out_len);
		} while (more > 0);
	}
	if (more >= 0)
		more = inflate_finish(inflate, &err);
	if (more < 0) {
		str_clear(ret);
		str_append(ret, err.message);
	}
}

static void is_inflated(const struct str *in, const char *wanted, const char *title)
{
	static const size_t steps[] = { 1, 2, 7, 1U << 20 };
	autostr struct str out = STR_INIT;

	for (size_t i = 0; i < array_size(steps); i++) {
		inflate_text(in, steps[i], &out);
		is_str(out.data, wanted, title);
	}
}

static const struct {
	unsigned first; /* the parts of the first member's header */
	int second; /* of another one, or -1 */
	const char *behind; /* what follows */
	size_t behind_len;
	const char *wanted;
	const char *title;
} cases[] = {
	{ 0, -1, "", 0, "hello\n", "a member" },
	{ CHECKSUM, -1, "", 0, "hello\n", "a header with a checksum" },
	{ NAME, -1, "", 0, "hello\n", "... a name" },
	{ COMMENT, -1, "", 0, "hello\n", "... a long comment" },
	{ EXTRA, -1, "", 0, "hello\n", "... an extra field" },
	{ EXTRA | NAME | COMMENT | CHECKSUM, -1, "", 0, "hello\n", "... everything" },
	{ CHECKSUM | WRONG, -1, "", 0, "gzip: damaged data (header checksum)",
	  "... a wrong checksum" },
	{ 0, EXTRA | CHECKSUM, "", 0, "hello\nhello\n", "two members" },
	{ NAME, -1, "\0\0\0\0\0\0\0", 7, "hello\n", "zeros behind the end" },
	{ 0, NAME, "garbage", 7, "hello\nhello\n", "garbage behind the end" },
	{ 0, -1, "\0\0garbage", 9, "hello\n", "zeros and garbage behind the end" },
	{ 0, -1, "\x1f\x8b\x08", 3, "damaged data: the compressed stream is cut off",
	  "a second member that is cut" },
};

int main(void)
{
	autostr struct str in = STR_INIT;

	for (size_t i = 0; i < array_size(cases); i++) {
		str_clear(&in);
		append_member(&in, cases[i].first);
		if (cases[i].second >= 0)
			append_member(&in, (unsigned)cases[i].second);
		str_append_bytes(&in, cases[i].behind, cases[i].behind_len);
		is_inflated(&in, cases[i].wanted, cases[i].title);
	}
	str_clear(&in);
	append_member(&in, 0);
	in.data[in.len - 8]++;
	is_inflated(&in, "gzip: damaged data (checksum)", "a wrong checksum of the content");
	return done_testing();
}
