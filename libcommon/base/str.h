/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A growing string, always NUL-terminated, and a growing list of strings, always NULL-terminated.
 *
 *	autostr struct str path = STR_INIT;
 *
 *	str_appendf(&path, "%s/%s", root, name);
 *	return str_steal(&path);
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include "base/cleanup.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct str {
	char *data; /* never NULL: an empty string before the first append */
	size_t len; /* without the NUL */
	size_t capacity; /* 0: data is not allocated */
};

extern char str_empty[1];
#define STR_INIT \
	{ \
		.data = str_empty \
	}

void str_release(struct str *s);
#define autostr autocleanup(str_release)

void str_clear(struct str *s); /* empty, memory kept */

/* Append a text, len bytes, one byte, or what printf(3) makes of the arguments. */
void str_append(struct str *s, const char *text);
void str_append_bytes(struct str *s, const void *data, size_t len);
void str_append_char(struct str *s, char c);
void str_appendf(struct str *s, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Room for len more bytes (and a NUL) at data + len; the caller then raises len itself. */
void str_reserve(struct str *s, size_t len);

/* The text as a new string; s is empty afterwards. */
char *str_steal(struct str *s);

struct strlist {
	char **items; /* NULL, or NULL-terminated; items are owned */
	size_t len;
};

#define STRLIST_INIT \
	{ \
		NULL, 0 \
	}

void strlist_release(struct strlist *list);
#define autostrlist autocleanup(strlist_release)

void strlist_append(struct strlist *list, const char *text); /* copies */
void strlist_take(struct strlist *list, char *text); /* takes text */
bool strlist_contains(const struct strlist *list, const char *text);
void strlist_sort(struct strlist *list); /* in the order of bytes */

/* Does text begin, or end, with the other one? An empty one is everywhere. */
bool str_starts_with(const char *text, const char *prefix);
bool str_ends_with(const char *text, const char *suffix);

/* The length of the well-formed UTF-8 sequence that text of size > 0 bytes begins with, and its code
 * point; 0 when it begins with none. A NUL is a character too. */
size_t str_utf8(const char *text, size_t size, uint32_t *ret);

/* May a terminal be shown the character? Control characters, also C1's (U+0080 to U+009F), and what
 * is invisible or turns the direction of writing may not. */
bool str_is_printable(uint32_t code);

/* Is the whole text well-formed, and of such characters? One that is not may be more than one line, or orders. */
bool str_is_line(const char *text);

/* Append text with control bytes, backslash and invalid UTF-8 written as \xNN, so that a terminal
 * shows what is there and obeys none of it. */
void str_append_escaped(struct str *s, const char *text);

/* Append a number of bytes for people: "512 B", "12.3 MiB". */
void str_append_size(struct str *s, uint64_t bytes);

/* Append text, which is UTF-8, as a JSON string with its quotes. */
void str_append_json(struct str *s, const char *text);

#endif
