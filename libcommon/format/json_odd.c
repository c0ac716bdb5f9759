/* SPDX-License-Identifier: Apache-2.0 */
#include "format/json_odd.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define VALUE_MARK "\\u0000" /* as jansson reads and writes NUL */
#define KEY_MARK "\xef\xbf\xbf" /* U+FFFF */
#define REPLACEMENT 0xfffd
#define ESCAPE_LENGTH 6 /* \uXXXX */

/* The number of the escape \uXXXX at p, or -1. */
static int read_unit(const char *p, const char *end)
{
	int unit = 0;

	if (end - p < ESCAPE_LENGTH || p[0] != '\\' || p[1] != 'u')
		return -1;
	for (int i = 2; i < ESCAPE_LENGTH; i++) {
		static const char digits[] = "0123456789abcdef0123456789ABCDEF";
		const char *digit = p[i] ? strchr(digits, p[i]) : NULL;

		if (!digit)
			return -1;
		unit = unit * 16 + (int)((digit - digits) % 16);
	}
	return unit;
}

/* The length of the escape at p, 0 when it is none. */
static size_t scan_escape(const char *p, const char *end, bool *is_odd)
{
	int unit = read_unit(p, end);

	if (unit < 0)
		return end - p >= 2 && p[1] && strchr("\"\\/bfnrt", p[1]) ? 2 : 0;
	if (unit >= 0xd800 && unit < 0xdc00) {
		int low = read_unit(p + ESCAPE_LENGTH, end);

		if (low >= 0xdc00 && low < 0xe000)
			return 2 * ESCAPE_LENGTH;
	}
	if (unit == 0 || (unit >= 0xd800 && unit < 0xe000))
		*is_odd = true;
	return ESCAPE_LENGTH;
}

/* Where the string that begins at p ends, NULL when it is malformed. */
static const char *scan_string(const char *p, const char *end, bool *is_odd)
{
	for (p++; p < end && *p != '"';) {
		uint32_t code = ' ';
		size_t len = *p == '\\' ? scan_escape(p, end, is_odd)
					: str_utf8(p, (size_t)(end - p), &code);

		if (code < ' ' || (*p == '\\' && len == 0))
			return NULL;
		if (len == 0)
			*is_odd = true;
		p += len ? len : 1;
	}
	return p < end ? p + 1 : NULL;
}

static const char *skip_digits(const char *p, const char *end)
{
	while (p < end && *p >= '0' && *p <= '9')
		p++;
	return p;
}

/* The fraction and exponent at p, NULL when they are malformed. */
static const char *scan_fraction(const char *p, const char *end)
{
	if (p < end && *p == '.') {
		const char *digits = p + 1;

		p = skip_digits(digits, end);
		if (p == digits)
			return NULL;
	}
	if (p < end && (*p == 'e' || *p == 'E')) {
		const char *digits = p + 1;

		if (digits < end && (*digits == '+' || *digits == '-'))
			digits++;
		p = skip_digits(digits, end);
		if (p == digits)
			return NULL;
	}
	return p;
}

static bool is_beyond(const char *integer, size_t len)
{
	autostr struct str text = STR_INIT;

	str_append_bytes(&text, integer, len);
	errno = 0;
	strtoll(text.data, NULL, 10);
	return errno == ERANGE;
}

/* Where the number that begins at p ends, NULL when it is malformed. */
static const char *scan_number(const char *p, const char *end, bool *is_odd)
{
	const char *digits = *p == '-' ? p + 1 : p;
	const char *after = skip_digits(digits, end);
	const char *last;

	if (after == digits || (*digits == '0' && after - digits > 1))
		return NULL;
	last = scan_fraction(after, end);
	if (last)
		*is_odd = last != after || is_beyond(p, (size_t)(last - p));
	return last;
}

static const char *skip_blanks(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\r'))
		p++;
	return p;
}

static bool is_followed_by_colon(const char *p, const char *end)
{
	p = skip_blanks(p, end);
	return p < end && *p == ':';
}

/* Does the key token begin with U+FFFF, written in any way? */
static bool is_marked(const char *token, const char *end)
{
	return read_unit(token + 1, end) == 0xffff ||
	       ((size_t)(end - token) > strlen(KEY_MARK) &&
		memcmp(token + 1, KEY_MARK, strlen(KEY_MARK)) == 0);
}

static void append_carried(struct str *s, const char *mark, const char *token, const char *end)
{
	str_append_char(s, '"');
	str_append(s, mark);
	for (; token < end; token++) {
		unsigned char byte = (unsigned char)*token;

		if (byte >= 0x80) {
			str_append_char(s, (char)(0xc0 | byte >> 6));
			str_append_char(s, (char)(0x80 | (byte & 0x3f)));
			continue;
		}
		if (byte == '"' || byte == '\\')
			str_append_char(s, '\\');
		str_append_char(s, (char)byte);
	}
	str_append_char(s, '"');
}

bool json_odd_is_forged(const char *text, size_t len)
{
	const char *end = text + len;

	if (memmem(text, len, KEY_MARK, strlen(KEY_MARK)))
		return true;
	for (const char *p = text; (p = memchr(p, '\\', (size_t)(end - p))); p++)
		if (read_unit(p, end) == 0xffff)
			return true;
	return false;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Do the digits that end at p begin where a number may: behind a blank, '[', ',', or a key's colon? */
static bool is_number_before(const char *text, const char *p)
{
	while (p > text && is_digit(p[-1]))
		p--;
	if (p > text && p[-1] == '-')
		p--;
	if (p == text || strchr(" \t\n\r[,", p[-1]))
		return true;
	return p[-1] == ':' && p - text > 1 && strchr(" \t\n\r\"", p[-2]);
}

bool json_odd_has_real(const char *text, size_t len)
{
	const char *end = text + len;

	for (const char *p = text + 1; p < end; p++)
		if ((*p == '.' || *p == 'e' || *p == 'E') && is_digit(p[-1]) &&
		    is_number_before(text, p))
			return true;
	return false;
}

bool json_odd_carry(const char *text, size_t len, struct str *ret)
{
	const char *end = text + len;
	const char *copied = text; /* up to here */
	const char *next;

	for (const char *p = text; p < end; p = next) {
		bool is_odd = false;
		bool is_key = false;

		next = p + 1;
		if (*p == '"') {
			next = scan_string(p, end, &is_odd);
			is_key = next && is_followed_by_colon(next, end);
			is_odd = is_odd || (is_key && is_marked(p, next));
		} else if (*p == '-' || (*p >= '0' && *p <= '9')) {
			next = scan_number(p, end, &is_odd);
		}
		if (!next)
			break;
		if (!is_odd)
			continue;
		str_append_bytes(ret, copied, (size_t)(p - copied));
		append_carried(ret, is_key ? KEY_MARK : VALUE_MARK, p, next);
		copied = next;
	}
	str_append_bytes(ret, copied, (size_t)(end - copied));
	return copied != text;
}

/* Append the token whose carried form is text[0..len), with the escapes that jansson wrote or
 * without. */
static void append_token(struct str *s, const char *text, size_t len, bool has_escapes)
{
	for (const char *end = text + len; text < end; text++) {
		unsigned char byte = (unsigned char)*text;

		if (has_escapes && byte == '\\')
			str_append_char(s, *++text);
		else if (byte >= 0x80)
			str_append_char(s, (char)(byte << 6 | (*++text & 0x3f)));
		else
			str_append_char(s, (char)byte);
	}
}

bool json_odd_is_carried(const char *text)
{
	return strstr(text, "\"" VALUE_MARK) || strstr(text, "\"" KEY_MARK);
}

void json_odd_restore(const char *text, struct str *ret)
{
	const char *end = text + strlen(text);
	const char *copied = text;

	for (const char *p = text; (p = strchr(p, '"'));) {
		bool is_odd;
		const char *next = scan_string(p, end, &is_odd);
		const char *mark = NULL;

		if (!next)
			break;
		if (str_starts_with(p + 1, VALUE_MARK))
			mark = VALUE_MARK;
		else if (str_starts_with(p + 1, KEY_MARK) && is_followed_by_colon(next, end))
			mark = KEY_MARK;
		if (mark) {
			const char *token = p + 1 + strlen(mark);

			str_append_bytes(ret, copied, (size_t)(p - copied));
			append_token(ret, token, (size_t)(next - 1 - token), true);
			copied = next;
		}
		p = next;
	}
	str_append(ret, copied);
}

enum json_odd json_odd_kind(const json_t *value)
{
	const char *text = json_string_value(value);
	const char *token;

	if (!text || json_string_length(value) == 0 || *text)
		return JSON_ODD_NOT;
	token = text + 1;
	if (*token == '"')
		return JSON_ODD_STRING;
	return strpbrk(token, ".eE") ? JSON_ODD_REAL : JSON_ODD_INTEGER;
}

double json_odd_real(const json_t *value)
{
	autostr struct str token = STR_INIT;

	json_odd_append_token(value, &token);
	return strtod(token.data, NULL);
}

void json_odd_append_token(const json_t *value, struct str *ret)
{
	append_token(ret, json_string_value(value) + 1, json_string_length(value) - 1, false);
}

bool json_odd_key_is_carried(const char *key)
{
	return str_starts_with(key, KEY_MARK);
}

static void append_code(struct str *s, uint32_t code)
{
	if (code < 0x80) {
		str_append_char(s, (char)code);
	} else if (code < 0x800) {
		str_append_char(s, (char)(0xc0 | code >> 6));
		str_append_char(s, (char)(0x80 | (code & 0x3f)));
	} else {
		str_append_char(s, (char)(0xe0 | code >> 12));
		str_append_char(s, (char)(0x80 | (code >> 6 & 0x3f)));
		str_append_char(s, (char)(0x80 | (code & 0x3f)));
	}
}

/* Append what the well-formed escape at p means. A pair of surrogates becomes U+FFFD, too: nobody
 * compares keys with such characters. Returns its length. */
static size_t append_escape(struct str *s, const char *p, const char *end)
{
	static const char letters[] = "bfnrt";
	static const char meant[] = "\b\f\n\r\t";
	const char *letter = strchr(letters, p[1]);
	int unit = read_unit(p, end);

	if (unit < 0) {
		str_append_char(s, letter ? meant[letter - letters] : p[1]);
		return 2;
	}
	append_code(s,
		    unit == 0 || (unit >= 0xd800 && unit < 0xe000) ? REPLACEMENT : (uint32_t)unit);
	return ESCAPE_LENGTH;
}

void json_odd_append_key_text(const char *key, struct str *ret)
{
	autostr struct str token = STR_INIT;
	const char *end;

	key += strlen(KEY_MARK);
	append_token(&token, key, strlen(key), false);
	end = token.data + token.len - 1;
	for (const char *p = token.data + 1; p < end;) {
		uint32_t code = REPLACEMENT;
		size_t len;

		if (*p == '\\') {
			p += append_escape(ret, p, end);
			continue;
		}
		len = str_utf8(p, (size_t)(end - p), &code);
		if (len)
			str_append_bytes(ret, p, len);
		else
			append_code(ret, code);
		p += len ? len : 1;
	}
}
