/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The text of a TOML file while it is read, and its strings: basic ("a\tb"), literal ('a\b'), and both over
 * several lines (three quotes). format/toml.h reads the rest.
 *
 *	struct toml_text text = { .at = "'x'", .line = 1, .file = "a.conf" };
 *	autostr struct str string = STR_INIT;
 *
 *	if (toml_read_string(&text, &string, err) < 0) ...
 */
#ifndef FORMAT_TOML_STRING_H
#define FORMAT_TOML_STRING_H

#include "base/error.h"
#include "base/str.h"

/* Everything is borrowed. */
struct toml_text {
	const char *at; /* NUL-terminated; what is before has been read */
	unsigned line; /* that at is in, from 1 on */
	const char *file; /* for messages */
};

/* Set err to "FILE:LINE: ..." and return -1. */
int toml_text_error(const struct toml_text *text, struct error *err, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The same: "expected WANTED, got '...'". */
int toml_text_unexpected(const struct toml_text *text, const char *wanted, struct error *err);

/* May these len bytes be in a file at all? It is UTF-8 without control characters; a carriage return stands
 * before a line feed alone. text says whose they are. */
int toml_text_check(const struct toml_text *text, const char *bytes, size_t len, struct error *err);

/* Read a string, whose quote is the next character, and append what it says to ret. That of a key is on one
 * line. */
int toml_read_string(struct toml_text *text, struct str *ret, struct error *err);
int toml_read_line_string(struct toml_text *text, struct str *ret, struct error *err);

#endif
