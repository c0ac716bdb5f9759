/* SPDX-License-Identifier: Apache-2.0 */
/* The operands of check: which scopes they make, one for each layout. */
#ifndef CTNR_STORE_CHECK_SELECTION_H
#define CTNR_STORE_CHECK_SELECTION_H

#include "check/scope.h"

struct selection {
	const struct store *store; /* borrowed; path NULL: there is none */
	struct scope **scopes;
	size_t n_scopes;
};

void selection_release(struct selection *selection);
#define autoselection autocleanup(selection_release)

/* All of the store. */
int selection_add_store(struct selection *selection, struct error *err);

/* What word means: a name or digest of an image in the store, oci:DIR[:REF], a bundle's ID, path or record, an
 * image's record, a volume's name; all of those that there are. ERROR_NOT_FOUND. (As a callback of
 * operand_each().) */
int selection_add_word(const char *word, void *selection, struct error *err);

/* All words have been added. */
void selection_close(struct selection *selection);

#endif
