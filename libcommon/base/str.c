/* SPDX-License-Identifier: Apache-2.0 */
#include "base/str.h"

#include "base/alloc.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char str_empty[1];

void str_release(struct str *s)
{
	if (!s)
		return;
	if (s->capacity)
		free(s->data);
	*s = (struct str)STR_INIT;
}

void str_clear(struct str *s)
{
	if (!s)
		return;
	s->len = 0;
	if (s->capacity)
		s->data[0] = '\0';
}

void str_reserve(struct str *s, size_t len)
{
	size_t need = s->len + len + 1;
	size_t capacity = s->capacity ? s->capacity : 64;

	if (need <= s->capacity)
		return;
	while (capacity < need)
		capacity *= 2;
	s->data = xrealloc(s->capacity ? s->data : NULL, capacity, 1);
	s->data[s->len] = '\0';
	s->capacity = capacity;
}

void str_append_bytes(struct str *s, const void *data, size_t len)
{
	str_reserve(s, len);
	if (len)
		memcpy(s->data + s->len, data, len);
	s->len += len;
	s->data[s->len] = '\0';
}

void str_append(struct str *s, const char *text)
{
	str_append_bytes(s, text, strlen(text));
}

void str_append_char(struct str *s, char c)
{
	str_append_bytes(s, &c, 1);
}

void str_appendf(struct str *s, const char *format, ...)
{
	va_list args;
	size_t room;
	int length;

	str_reserve(s, 0);
	room = s->capacity - s->len;
	va_start(args, format);
	length = vsnprintf(s->data + s->len, room, format, args);
	va_end(args);
	if (length < 0) {
		s->data[s->len] = '\0';
		return;
	}
	if ((size_t)length >= room) {
		str_reserve(s, (size_t)length);
		va_start(args, format);
		vsnprintf(s->data + s->len, (size_t)length + 1, format, args);
		va_end(args);
	}
	s->len += (size_t)length;
}

char *str_steal(struct str *s)
{
	char *text = s->capacity ? s->data : xstrdup("");

	*s = (struct str)STR_INIT;
	return text;
}

void strlist_release(struct strlist *list)
{
	if (!list)
		return;
	for (size_t i = 0; i < list->len; i++)
		free(list->items[i]);
	free(list->items);
	*list = (struct strlist)STRLIST_INIT;
}

void strlist_take(struct strlist *list, char *text)
{
	/* The capacity is the power of two at or above len + 1: grow when len reaches one. */
	if ((list->len & (list->len + 1)) == 0)
		list->items = xrealloc(list->items, 2 * (list->len + 1), sizeof(*list->items));
	list->items[list->len++] = text;
	list->items[list->len] = NULL;
}

void strlist_append(struct strlist *list, const char *text)
{
	strlist_take(list, xstrdup(text));
}

bool strlist_contains(const struct strlist *list, const char *text)
{
	for (size_t i = 0; i < list->len; i++)
		if (strcmp(list->items[i], text) == 0)
			return true;
	return false;
}

static int compare_items(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void strlist_sort(struct strlist *list)
{
	if (list->len)
		qsort(list->items, list->len, sizeof(*list->items), compare_items);
}

bool str_starts_with(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool str_ends_with(const char *text, const char *suffix)
{
	size_t text_len = strlen(text);
	size_t suffix_len = strlen(suffix);

	return text_len >= suffix_len && strcmp(text + text_len - suffix_len, suffix) == 0;
}

size_t str_utf8(const char *text, size_t size, uint32_t *ret)
{
	const unsigned char *p = (const unsigned char *)text;
	uint32_t code = p[0];
	size_t len = 1;

	if (p[0] >= 0xc2 && p[0] <= 0xdf) {
		code = p[0] & 0x1fU;
		len = 2;
	} else if (p[0] >= 0xe0 && p[0] <= 0xef) {
		code = p[0] & 0x0fU;
		len = 3;
	} else if (p[0] >= 0xf0 && p[0] <= 0xf4) {
		code = p[0] & 0x07U;
		len = 4;
	} else if (p[0] >= 0x80) {
		return 0;
	}
	if (len > size)
		return 0;
	for (size_t i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (p[i] & 0x3fU);
	}
	if ((len == 3 && code < 0x800) || (len == 4 && code < 0x10000) || code > 0x10ffff ||
	    (code >= 0xd800 && code < 0xe000))
		return 0;
	*ret = code;
	return len;
}

bool str_is_printable(uint32_t code)
{
	if (code < 0x20 || (code >= 0x7f && code < 0xa0))
		return false;
	return !(code >= 0x200b && code <= 0x200f) && !(code >= 0x2028 && code <= 0x202e) &&
	       !(code >= 0x2060 && code <= 0x2069) && code != 0x061c && code != 0xfeff;
}

bool str_is_line(const char *text)
{
	const char *end = text + strlen(text);

	while (text < end) {
		uint32_t code;
		size_t len = str_utf8(text, (size_t)(end - text), &code);

		if (!len || !str_is_printable(code))
			return false;
		text += len;
	}
	return true;
}

void str_append_escaped(struct str *s, const char *text)
{
	const char *end = text + strlen(text);

	while (text < end) {
		uint32_t code;
		size_t len = str_utf8(text, (size_t)(end - text), &code);

		if (len && code != '\\' && str_is_printable(code)) {
			str_append_bytes(s, text, len);
			text += len;
		} else {
			str_appendf(s, "\\x%02x", (unsigned char)*text++);
		}
	}
}

static bool needs_json_escape(char byte)
{
	return (unsigned char)byte < 0x20 || byte == 0x7f || byte == '"' || byte == '\\';
}

void str_append_json(struct str *s, const char *text)
{
	str_append_char(s, '"');
	for (;;) {
		const char *plain = text;

		while (*text && !needs_json_escape(*text))
			text++;
		str_append_bytes(s, plain, (size_t)(text - plain));
		if (!*text)
			break;
		str_appendf(s, *text == '"' || *text == '\\' ? "\\%c" : "\\u%04x", *text);
		text++;
	}
	str_append_char(s, '"');
}

void str_append_size(struct str *s, uint64_t bytes)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	double value = (double)bytes;
	size_t unit = 0;

	/* What would be printed as 1024.0 is 1.0 of the next. */
	while (value >= 1023.95 && unit + 1 < array_size(units)) {
		value /= 1024;
		unit++;
	}
	str_appendf(s, unit ? "%.1f %s" : "%.0f %s", value, units[unit]);
}
