/* SPDX-License-Identifier: Apache-2.0 */
#include "format/toml_string.h"

#include "base/alloc.h"

#include <stdio.h>
#include <string.h>

#define HEX_DIGITS "0123456789abcdefABCDEF"
#define QUOTES_MAX 5 /* at the end of a string over lines: two of them are its own */

int toml_text_error(const struct toml_text *text, struct error *err, const char *format, ...)
{
	char reason[512];
	va_list args;

	va_start(args, format);
	vsnprintf(reason, sizeof(reason), format, args);
	va_end(args);
	return error_set(err, ERROR_FAILED, "%s:%u: %s", text->file, text->line, reason);
}

int toml_text_unexpected(const struct toml_text *text, const char *wanted, struct error *err)
{
	uint32_t code;
	size_t len = *text->at ? str_utf8(text->at, strlen(text->at), &code) : 0;

	if (!*text->at || *text->at == '\n')
		return toml_text_error(text, err, "expected %s, got the end of the %s", wanted,
				       *text->at ? "line" : "file");
	return toml_text_error(text, err, "expected %s, got '%.*s'", wanted, (int)len, text->at);
}

/* The length of the character that is next, 0 when it may not be there. */
static size_t check_char(const char *bytes, size_t len)
{
	uint32_t code;
	size_t n = str_utf8(bytes, len, &code);

	if (n == 0)
		return 0;
	if (code == '\r')
		return len > 1 && bytes[1] == '\n' ? 1 : 0;
	return (code < ' ' && code != '\t' && code != '\n') || code == 0x7f ? 0 : n;
}

int toml_text_check(const struct toml_text *text, const char *bytes, size_t len, struct error *err)
{
	struct toml_text at = *text;
	size_t n;

	for (size_t i = 0; i < len; i += n) {
		unsigned char c = (unsigned char)bytes[i];

		n = c >= ' ' && c < 0x7f ? 1 : check_char(bytes + i, len - i);
		if (n == 0)
			return toml_text_error(&at, err, "byte 0x%02x cannot be here", c);
		at.line += c == '\n';
	}
	return 0;
}

static void append_utf8(struct str *ret, uint32_t code)
{
	if (code < 0x80) {
		str_append_char(ret, (char)code);
		return;
	}
	if (code >= 0x10000) {
		str_append_char(ret, (char)(0xf0 | (code >> 18)));
		str_append_char(ret, (char)(0x80 | ((code >> 12) & 0x3f)));
	} else if (code >= 0x800) {
		str_append_char(ret, (char)(0xe0 | (code >> 12)));
	}
	if (code >= 0x800)
		str_append_char(ret, (char)(0x80 | ((code >> 6) & 0x3f)));
	else
		str_append_char(ret, (char)(0xc0 | (code >> 6)));
	str_append_char(ret, (char)(0x80 | (code & 0x3f)));
}

/* The digits of \uXXXX or \UXXXXXXXX. NUL and halves of surrogate pairs are no characters. */
static int read_code(struct toml_text *text, size_t digits, struct str *ret, struct error *err)
{
	uint32_t code = 0;

	if (strspn(text->at, HEX_DIGITS) < digits)
		return toml_text_error(text, err, "expected %zu hexadecimal digits", digits);
	for (size_t i = 0; i < digits; i++) {
		char c = *text->at++;

		code = code << 4 | (uint32_t)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
	}
	if (code == 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
		return toml_text_error(text, err, "0x%x is no character that a string can have",
				       code);
	append_utf8(ret, code);
	return 0;
}

/* What stands behind a backslash. */
static int read_escape(struct toml_text *text, struct str *ret, struct error *err)
{
	static const char names[] = "btnfr\"\\";
	static const char values[] = "\b\t\n\f\r\"\\";
	const char *found = *text->at ? strchr(names, *text->at) : NULL;

	if (found) {
		str_append_char(ret, values[found - names]);
		text->at++;
		return 0;
	}
	if (*text->at != 'u' && *text->at != 'U')
		return toml_text_unexpected(text, "an escape behind '\\'", err);
	return read_code(text, *text->at++ == 'u' ? 4 : 8, ret, err);
}

static void skip_line_feeds(struct toml_text *text)
{
	for (; *text->at && strchr(" \t\r\n", *text->at); text->at++)
		text->line += *text->at == '\n';
}

int toml_read_line_string(struct toml_text *text, struct str *ret, struct error *err)
{
	const char quote = *text->at++;
	const char stops[] = { quote, '\n', quote == '"' ? '\\' : '\n', '\0' };

	for (;;) {
		size_t len = strcspn(text->at, stops);

		str_append_bytes(ret, text->at, len);
		text->at += len;
		if (*text->at == quote)
			break;
		if (*text->at != '\\')
			return toml_text_error(text, err, "a string without an end");
		text->at++;
		if (read_escape(text, ret, err) < 0)
			return -1;
	}
	text->at++;
	return 0;
}

/* A backslash at the end of a line takes away what is blank behind it. */
static int read_long_escape(struct toml_text *text, struct str *ret, struct error *err)
{
	const char *rest = text->at + 1 + strspn(text->at + 1, " \t\r");

	text->at++;
	if (*rest != '\n')
		return read_escape(text, ret, err);
	skip_line_feeds(text);
	return 0;
}

/* A string over lines, whose first quotes were read. A line feed right behind them is not its own. */
static int read_long_string(struct toml_text *text, char quote, struct str *ret, struct error *err)
{
	const struct toml_text start = *text;
	const char quotes[] = { quote, '\0' };

	text->at += *text->at == '\r';
	if (*text->at == '\n') {
		text->at++;
		text->line++;
	}
	while (*text->at) {
		size_t run = strspn(text->at, quotes);

		if (run >= 3) {
			run = run < QUOTES_MAX ? run : QUOTES_MAX;
			str_append_bytes(ret, text->at, run - 3);
			text->at += run;
			return 0;
		}
		if (*text->at == '\\' && quote == '"') {
			if (read_long_escape(text, ret, err) < 0)
				return -1;
			continue;
		}
		text->line += *text->at == '\n';
		if (*text->at != '\r')
			str_append_char(ret, *text->at);
		text->at++;
	}
	return toml_text_error(&start, err, "a string without an end");
}

int toml_read_string(struct toml_text *text, struct str *ret, struct error *err)
{
	char quote = *text->at;

	if (text->at[1] != quote || text->at[2] != quote)
		return toml_read_line_string(text, ret, err);
	text->at += 3;
	return read_long_string(text, quote, ret, err);
}
