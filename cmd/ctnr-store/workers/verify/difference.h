/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Differences between a layer's tree and its archive, while the archive goes by.
 *
 * An archive may name a path several times, and the last entry counts; what is no directory also
 * replaces all below it. The finished tree is compared with each entry as it comes, so an entry that was
 * replaced later seems wrong: its difference is kept with the paths on which it hangs (keys), and
 * forgotten when a later entry states one of them anew. What is left at the end is damage.
 *
 * So memory goes with the differences, not with the entries. It is limited: of further ones only the
 * number is known.
 */
#ifndef CTNR_STORE_WORKERS_VERIFY_DIFFERENCE_H
#define CTNR_STORE_WORKERS_VERIFY_DIFFERENCE_H

#include "base/cleanup.h"
#include "base/str.h"
#include "layer/path_set.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DIFFERENCES_MAX 16384
#define DIFFERENCES_BYTES_MAX (16U << 20)

enum difference_kind {
	DIFFERENCE_OF_ENTRY,
	DIFFERENCE_OF_DELETION, /* an entry below its path sets it right too */
	DIFFERENCE_OF_MARK, /* of a directory as opaque: an entry of the directory says nothing of that */
};

struct difference {
	enum difference_kind kind;
	char *path; /* in the layer, canonical */
	char *message;
	/* Canonical: the name in the archive, the path; then the symlinks on the way and the target of a
	 * hardlink. */
	struct strlist keys;
};

struct differences {
	struct difference *items;
	size_t len;
	size_t n_of_deletions;
	size_t bytes;
	uint64_t n_unkept;
	uint64_t steps; /* comparisons that forgetting took */
	bool is_unsure; /* it would have taken too many, or too much memory */
	bool has_lost_ways; /* an entry's way leads elsewhere in the finished tree: what it stated is there
			     * and not known */
	struct path_set touched; /* every key that there was, and all above it */
};

void differences_release(struct differences *differences);

/* Add one; keys are copied. */
void differences_add(struct differences *differences, const char *path, const char *message,
		     const struct strlist *keys, enum difference_kind kind);

/* Forget those of that path, by either of its first two keys. */
void differences_forget_at(struct differences *differences, const char *path);

/* Forget all that have a key below the path; _through: also the path itself. */
void differences_forget_below(struct differences *differences, const char *path);
void differences_forget_through(struct differences *differences, const char *path);

/* Forget those of deletions of what is above the path. */
void differences_forget_above(struct differences *differences, const char *path);

#endif
