/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON documents (jansson) read with their path at hand, so that every complaint says where:
 *
 *	config.json: process.args[0]: expected string, got integer
 *
 *	struct jnode root = jnode_root(document, "config.json");
 *	struct jnode process = jnode_member(&root, "process");
 *	struct jnode node = jnode_member(&process, "cwd");
 *	const char *cwd;
 *
 *	if (jnode_string(&node, &cwd, err) < 0) ...
 *
 * A jnode borrows its document, its parent and its key: keep it on the stack, below its parent.
 * A node of a member that is absent or null has value NULL; members of it are absent too, so that
 * chains need no checks in between. Duplicate keys are refused when parsing, where no specification
 * decides otherwise (json_parse_last): two readers could take different ones. Unknown members are ignored by reading and kept by editing, also those that
 * jansson cannot express (format/json_odd.h): such a value is a string to jansson, and one that
 * begins with NUL, so jnode_*() tell what it is, and json_string_value() gives "" for it. So are real
 * numbers, which jansson spells otherwise (0.1 as 0.10000000000000001). Strings that it can express
 * keep their characters.
 */
#ifndef FORMAT_JSON_H
#define FORMAT_JSON_H

#include "base/cleanup.h"
#include "base/error.h"

#include <jansson.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

void json_free(json_t **document);
/* A reference to a document, dropped at the end of the scope; json_t *d = NULL first. */
#define autojson autocleanup(json_free)

/* Parse a whole text into a new document; document names it in messages ("config.json").
 * Duplicate keys, trailing text and what is no JSON are errors; depth is limited by jansson (2048). */
json_t *json_parse(const char *text, size_t len, const char *document, struct error *err);

/* Fails when a text may have more than max values, keys counted: each takes ten to a hundred times the memory of its
 * bytes once it is parsed. What can be counted is what stands between them, in texts too, so that max is to be
 * generous. For what strangers wrote, before json_parse(). */
int json_check_values(const char *text, size_t len, size_t max, const char *document,
		      struct error *err);

/* How many json_check_values() counts. */
size_t json_count_values(const char *text, size_t len);

/* The same as json_parse(), and of duplicate keys the last counts: for what engines write and other runtimes take so
 * (config.json and process.json). What is fetched, recorded or verified is parsed by json_parse(). */
json_t *json_parse_last(const char *text, size_t len, const char *document, struct error *err);

/* The string that a value is (borrowed), or NULL: when it is another value, or a string that C cannot
 * have or that is no Unicode. */
const char *json_text(const json_t *value);

/* Append an object's key as other readers understand it: a NUL and what is no Unicode become
 * U+FFFD. */
struct str;
void json_append_key(const char *key, struct str *ret);

/* Print one compact line: {"a":1}\n. Odd tokens are written as they stood; on a terminal what is no
 * character, or could give the terminal orders, is written as \uXXXX. */
int json_print(FILE *out, const json_t *value, struct error *err);

/* The same of a value that stands in a text already. */
int json_print_text(FILE *out, const char *text, struct error *err);

/* The same for a person: on a terminal it is indented, with a member on each line. Elsewhere it is that
 * one line, for the next program. */
int json_show(FILE *out, const json_t *value, struct error *err);

/* The same as a new string without the line feed; never NULL. */
char *json_format(const json_t *value);

/* The same in lines, for people who edit it. */
char *json_format_indented(const json_t *value);

/* The same with a text in the place of a value in the tree (format/json_compact.h). */
struct json_insert;
char *json_format_with(const json_t *value, const struct json_insert *insert);

/* Is a text of ours fit for a document? ERROR_USAGE when it is not valid UTF-8. To be asked about
 * every text of the command line, the environment and the file system before anything is made:
 * json_string() returns NULL for such a text, and the member that was to hold it is missing. */
int json_check_text(const char *text, struct error *err);

struct jnode {
	const json_t *value; /* NULL: absent */
	const struct jnode *parent; /* NULL: the root */
	const char *name; /* the document's or the member's name; NULL: an array's element */
	size_t index;
};

/* The node of a whole document, of an object's member, of an array's element. They never fail: what
 * is not there is a node with value NULL. */
struct jnode jnode_root(const json_t *value, const char *document);
struct jnode jnode_member(const struct jnode *object, const char *key);
struct jnode jnode_element(const struct jnode *array, size_t index);

/* Is there a value, and not null? */
static inline bool jnode_is_present(const struct jnode *node)
{
	return node->value != NULL;
}

/* Fail with "DOCUMENT: a.b[0]: FORMAT" (ERROR_FAILED). */
int jnode_error(const struct jnode *node, struct error *err, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Required values: absent is an error ("missing"), and so is another type. Strings are borrowed
 * from the document, integers lie between min and max. *ret is written only on success. */
int jnode_string(const struct jnode *node, const char **ret, struct error *err);
int jnode_integer(const struct jnode *node, int64_t min, int64_t max, int64_t *ret,
		  struct error *err);
int jnode_unsigned(const struct jnode *node, uint64_t max, uint64_t *ret, struct error *err);
int jnode_bool(const struct jnode *node, bool *ret, struct error *err);

/* Is the value a real number (with a fraction or an exponent)? Then *ret is it, infinite beyond a
 * double. */
bool jnode_is_real(const struct jnode *node, double *ret);

/* -1 when it is no string at all. For what is only handed on: a string that C cannot have or that is
 * no Unicode is one here, and is refused by jnode_string(). */
int jnode_check_string(const struct jnode *node, struct error *err);

/* -1 when an object's key is one that C cannot have or that is no Unicode. */
int jnode_check_key(const struct jnode *object, const char *key, struct error *err);

/* -1 when it is no object, or has a member that is not one of known (NULL-terminated): for what is to be
 * understood whole. Absent counts as empty. */
int jnode_check_members(const struct jnode *object, const char *const *known, struct error *err);

/* Optional values: absent leaves *ret as it is. */
int jnode_string_opt(const struct jnode *node, const char **ret, struct error *err);
int jnode_integer_opt(const struct jnode *node, int64_t min, int64_t max, int64_t *ret,
		      struct error *err);
int jnode_bool_opt(const struct jnode *node, bool *ret, struct error *err);

/* Containers: absent counts as empty (*ret_len 0); another type is an error. */
int jnode_array(const struct jnode *node, size_t *ret_len, struct error *err);
int jnode_object(const struct jnode *node, struct error *err);

/* An array of strings (absent: empty), appended to list as copies. An element null is "". */
struct strlist;
int jnode_strings(const struct jnode *node, struct strlist *list, struct error *err);

#endif
