/* SPDX-License-Identifier: Apache-2.0 */
/* What the operand of a verb that changes or removes images means: an entry of a layout's index.json,
 * in the store or elsewhere. */
#ifndef CTNR_STORE_TARGET_H
#define CTNR_STORE_TARGET_H

#include "base/cleanup.h"
#include "base/error.h"
#include "oci/descriptor.h"
#include "store/store.h"

#include <stdbool.h>

struct target {
	char *layout; /* its path */
	struct descriptor entry;
	char *name; /* NULL: all entries with the digest are meant */
	bool in_store;
};

#define TARGET_INIT \
	{ \
		0 \
	}

void target_release(struct target *target);
#define autotarget autocleanup(target_release)

/* Find the entry that word means: a name or digest in the store, a record, or oci:DIR[:REF]. store
 * has path NULL where there is none. ret is new. ERROR_NOT_FOUND; one in a store that cannot be
 * written to is an error too. */
int target_find(const struct store *store, const char *word, struct target *ret, struct error *err);

/* The same for looking: also in a store that cannot be written to. */
int target_look(const struct store *store, const char *word, struct target *ret, struct error *err);

/* The same for taking away: the hint says what is there, not how to get what is not. */
int target_find_present(const struct store *store, const char *word, struct target *ret,
			struct error *err);

#endif
