/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Plain JSON, read in place: for one document that has thousands of like entries, of which jansson's
 * tree takes ten times the room and the time.
 *
 * A text is plain when it is written without blanks, its keys are printable ASCII without escapes, its
 * strings have no escapes but \" \\ \b \f \n \r \t, its numbers are whole, of at most 18 digits and
 * without leading zeros, and its objects have at most JSON_PLAIN_MEMBERS_MAX members, no two alike. So are
 * the documents of this project and of most other programs. All functions return false when the text is
 * not plain, broken or not: json_parse() then says what it is. Of a plain text json_parse() and
 * json_format() give back the same bytes.
 *
 *	if (!json_plain_document(text, len, read_member, &entry)) ...
 */
#ifndef FORMAT_JSON_PLAIN_H
#define FORMAT_JSON_PLAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JSON_PLAIN_MEMBERS_MAX 32

/* Where reading stands, and the end of the text. */
struct json_plain {
	const char *text;
	const char *end;
};

/* Part of a text, borrowed, without a NUL. text NULL: there is none. */
struct json_slice {
	const char *text;
	size_t len;
};

bool json_slice_is(const struct json_slice *slice, const char *text);
char *json_slice_copy(const struct json_slice *slice); /* new; NULL when there is none */

/* Each of these steps over one value. A string for ret is one of printable ASCII without escapes, and ret
 * has it without its quotes; a number for ret has no sign. */
bool json_plain_string(struct json_plain *at, struct json_slice *ret);
bool json_plain_number(struct json_plain *at, uint64_t *ret);
bool json_plain_skip(struct json_plain *at);

/* member is called where the value of each key begins, and steps over it. */
bool json_plain_object(struct json_plain *at,
		       bool (*member)(struct json_plain *at, const struct json_slice *key,
				      void *data),
		       void *data);

/* The same for a whole document that is an object, with nothing behind it but line feeds. */
bool json_plain_document(const char *text, size_t len,
			 bool (*member)(struct json_plain *at, const struct json_slice *key,
					void *data),
			 void *data);

/* element is called where each element begins, and steps over it. */
bool json_plain_array(struct json_plain *at, bool (*element)(struct json_plain *at, void *data),
		      void *data);

#endif
