/* SPDX-License-Identifier: Apache-2.0 */
#include "base/nearest.h"

#include <string.h>

#define WORD_MAX 64 /* bytes; longer words are near to nothing */
#define PREFIX_MIN 3 /* letters of a beginning that says enough */

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* The distance of Damerau and Levenshtein between two words of at most WORD_MAX bytes, where no
 * letter is changed twice. Three rows of the table are enough: a swap looks two rows back. */
static size_t count_mistakes(const char *a, const char *b)
{
	size_t rows[3][WORD_MAX + 1];
	size_t a_len = strlen(a), b_len = strlen(b);

	for (size_t j = 0; j <= b_len; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= a_len; i++) {
		size_t *row = rows[i % 3];
		const size_t *above = rows[(i + 2) % 3], *before = rows[(i + 1) % 3];

		row[0] = i;
		for (size_t j = 1; j <= b_len; j++) {
			row[j] = least(above[j], row[j - 1]) + 1;
			row[j] = least(row[j], above[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				row[j] = least(row[j], before[j - 2] + 1);
		}
	}
	return rows[a_len % 3][b_len];
}

struct nearest nearest_to(const char *word)
{
	size_t len = strlen(word);

	return (struct nearest) { word, NULL, len > WORD_MAX ? 0 : 1 + (len + 2) / 4 };
}

void nearest_offer(struct nearest *nearest, const char *candidate)
{
	size_t len = strlen(nearest->word);
	size_t mistakes;

	if (!nearest->mistakes || strlen(candidate) > WORD_MAX)
		return;
	if (len >= PREFIX_MIN && strncmp(candidate, nearest->word, len) == 0)
		mistakes = candidate[len] != '\0';
	else
		mistakes = count_mistakes(nearest->word, candidate);
	if (mistakes >= nearest->mistakes)
		return;
	nearest->best = candidate;
	nearest->mistakes = mistakes;
}

int nearest_hint(const struct nearest *nearest, const char *lead, struct error *err)
{
	if (!nearest->best)
		return -1;
	return error_default_hint(err, "did you mean '%s%s'?", lead, nearest->best);
}
