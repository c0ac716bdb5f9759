/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The words of a Dockerfile's instruction: splitting, quotes, escapes and variables, as BuildKit reads them.
 *
 *	const struct dockerfile_syntax syntax = { DOCKERFILE_ESCAPE, get_variable, &environment };
 *	autostrlist struct strlist words = STRLIST_INIT;
 *
 *	dockerfile_split(text, syntax.escape, &words);		// a "b c"\ d  ->  a|"b c"\ d
 *	char *word = dockerfile_expand(words.items[1], &syntax, err);	//    ->  b c d
 *
 *  - Splitting keeps quotes and escapes, and expanding takes them away, so that blanks of a variable's value
 *    separate nothing.
 *  - '...' is taken as it stands. In "..." variables are expanded, and the escape character makes a quote, a
 *    dollar or itself plain. Outside of both the escape character makes anything plain.
 *  - $NAME, ${NAME}, ${NAME:-WORD}, ${NAME-WORD}, ${NAME:+WORD}, ${NAME+WORD}, ${NAME:?WORD}, ${NAME?WORD},
 *    and what takes away a beginning or an end that fits a pattern of * and ?: ${NAME#WORD}, ${NAME##WORD},
 *    ${NAME%WORD}, ${NAME%%WORD}. A variable that is not set is empty. A value is not expanded again.
 *  - What is expanded has at most DOCKERFILE_WORD_MAX bytes: a file of few lines could double a variable with
 *    each.
 */
#ifndef OCI_DOCKERFILE_WORD_H
#define OCI_DOCKERFILE_WORD_H

#include "base/error.h"
#include "base/str.h"

#define DOCKERFILE_ESCAPE '\\' /* unless the directive "escape" says otherwise */
#define DOCKERFILE_WORD_MAX (1U << 20) /* bytes */

struct dockerfile_syntax {
	char escape;
	/* The value of a variable (borrowed), NULL when it is not set. The name is not terminated. */
	const char *(*get)(const void *data, const char *name, size_t len);
	const void *data;
};

/* The blanks that separate words; a line feed is one within an instruction. */
#define DOCKERFILE_BLANKS " \t\v\f\r\n"

/* Append the words of text to ret, quotes and escapes kept. A quote that is not closed goes to the end. */
void dockerfile_split(const char *text, char escape, struct strlist *ret);

/* Expand a word: new. NULL with ERROR_USAGE for a quote or a brace that is not closed, a substitution that
 * there is not, a variable that ${NAME?} asks for, and what becomes too long. */
char *dockerfile_expand(const char *word, const struct dockerfile_syntax *syntax,
			struct error *err);

/* Split and expand "NAME=VALUE NAME=VALUE..." or, where the first word has no '=', "NAME VALUE" with all the
 * rest as value: the arguments of ENV and LABEL. Names and values are appended in pairs to ret. ERROR_USAGE also
 * when a name is empty, a word is no pair, or there is none. */
int dockerfile_read_pairs(const char *text, const struct dockerfile_syntax *syntax,
			  struct strlist *ret, struct error *err);

/* Is text a JSON array of strings, the exec form of a command? 1, and its strings are appended to ret; 0 when it
 * is no JSON array, and so a shell's text; -1 with ERROR_USAGE for an array of anything else. */
int dockerfile_read_array(const char *text, struct strlist *ret, struct error *err);

#endif
