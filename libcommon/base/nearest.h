/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The word that was probably meant by a mistyped one: the candidate that is the fewest typing
 * mistakes away (a letter that is missing, one too many, another letter, two in the wrong order).
 *
 *	struct nearest nearest = nearest_to("imgaes");
 *
 *	for (c = commands; c->run; c++)
 *		nearest_offer(&nearest, c->name);
 *	nearest_hint(&nearest, "", err);
 *
 * Few mistakes are meant: one in a word of up to five letters, one more for every four after that.
 * The beginning of a word, of three letters or more, counts as one mistake.
 */
#ifndef BASE_NEAREST_H
#define BASE_NEAREST_H

#include "base/error.h"

#include <stddef.h>

struct nearest {
	const char *word; /* what was typed; borrowed */
	const char *best; /* the nearest candidate so far; borrowed; NULL: none */
	size_t mistakes; /* between both; without best: one more than is near */
};

struct nearest nearest_to(const char *word);

/* Take the candidate when it is nearer than all before: of equals the first stays. It is
 * borrowed. */
void nearest_offer(struct nearest *nearest, const char *candidate);

/* Set the hint "did you mean 'LEADbest'?" when there is a best one and no hint yet. Returns -1. */
int nearest_hint(const struct nearest *nearest, const char *lead, struct error *err);

#endif
