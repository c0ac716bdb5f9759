/* SPDX-License-Identifier: Apache-2.0 */
/* Base64, of which each text of bytes has one spelling. */
#include "tap.h"

#include "base/cleanup.h"
#include "base/str.h"
#include "format/base64.h"

static const struct {
	const char *text;
	const char *bytes; /* NULL: it is refused */
} texts[] = {
	{ "", "" },
	{ "YQ==", "a" },
	{ "YWI=", "ab" },
	{ "YWJj", "abc" },
	{ "YWJjZA==", "abcd" },
	{ "Y\nWJ\r\nj\n", "abc" },
	{ "+/+/", "\xfb\xff\xbf" },
	{ "Y", NULL },
	{ "YQ", NULL },
	{ "YQ=", NULL },
	{ "YWI", NULL },
	{ "Y===", NULL },
	{ "====", NULL },
	{ "=", NULL },
	{ "YQ==YQ==", NULL },
	{ "YQ==\n=", NULL },
	{ "YQ=a", NULL },
	{ "YR==", NULL },
	{ "YWJ=", NULL },
	{ "YW Jj", NULL },
	{ "YWJj ", NULL },
	{ "YWJ!", NULL },
	{ "YWJ\x80", NULL },
	{ "-_-_", NULL },
};

int main(void)
{
	for (size_t i = 0; i < array_size(texts); i++) {
		autostr struct str bytes = STR_INIT;
		struct error err = { 0 };
		bool is_read =
			base64_decode(texts[i].text, strlen(texts[i].text), &bytes, &err) == 0;

		ok(is_read == (texts[i].bytes != NULL), texts[i].text);
		is_str(is_read ? bytes.data : NULL, texts[i].bytes, "... is that, or refused");
		is_str(err.message, is_read ? "" : "it is not base64", "... which the error says");
	}
	return done_testing();
}
