/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Differences between a layer's tree and its archive, while the archive goes by.
 *
 * An archive may name a path several times, and the last entry counts; what is no directory also
 * replaces all below it. The finished tree is compared with each entry as it comes, so an entry that was
 * replaced later seems wrong: its difference is kept with the paths on which it hangs (keys), and
 * forgotten when a later entry states one of them anew. What is left at the end is damage.
 *
 *	differences_add(&differences, &difference);
 *	differences_forget_through(&differences, "usr/lib");
 *	differences_settle(&differences);
 *	... differences.items[0] to [differences.len - 1] ...
 *
 * So memory goes with the differences, not with the entries, and is limited: of further ones only the
 * number is known. Forgetting takes time by what is forgotten.
 */
#ifndef CTNR_STORE_WORKERS_VERIFY_DIFFERENCE_H
#define CTNR_STORE_WORKERS_VERIFY_DIFFERENCE_H

#include "base/cleanup.h"
#include "base/str.h"
#include "layer/path_set.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DIFFERENCES_MAX 65536
#define DIFFERENCES_BYTES_MAX (32U << 20) /* of their texts */

enum difference_kind {
	DIFFERENCE_OF_ENTRY,
	DIFFERENCE_OF_DELETION, /* an entry below its path sets it right too */
	/* Of the mark of a directory as opaque, or of the file of owners: an entry of its path says nothing
	 * of that, so it hangs on "named" alone, which is no name of an entry. */
	DIFFERENCE_APART,
};

struct difference {
	enum difference_kind kind;
	const char *path; /* in the layer, canonical */
	const char *message;
	/* Keys, canonical paths. */
	const char *named; /* the entry's name in the archive */
	struct strlist ways; /* symlinks through which it led, and where the way ended */
	struct strlist targets; /* of a hardlink */
};

struct difference_item {
	struct difference difference;
	size_t bytes;
	bool is_forgotten; /* the difference is released */
};

struct differences {
	struct difference_item *items;
	size_t n_items; /* in the array */
	size_t len; /* of them not forgotten */
	size_t n_of_deletions;
	size_t bytes;
	uint64_t n_unkept;
	bool has_lost_ways; /* an entry's way leads elsewhere in the finished tree: what it stated is there
			     * and not known */
	bool is_unsure; /* forgetting would have taken too long */
	struct difference_index *index; /* which items hang on a path; NULL: there are none */
};

void differences_release(struct differences *differences);

/* Add one: its texts and lists are copied. */
void differences_add(struct differences *differences, const struct difference *difference);

/* Forget those of that path, and of hardlinks to it. */
void differences_forget_at(struct differences *differences, const char *path);

/* Forget all that have a key below the path; _through: also the path itself. */
void differences_forget_below(struct differences *differences, const char *path);
void differences_forget_through(struct differences *differences, const char *path);

/* Forget those of hardlinks whose target is below the path and not in own: the directory was emptied. */
void differences_forget_targets(struct differences *differences, const char *path,
				const struct path_set *own);

/* Forget those of deletions of what is above the path. */
void differences_forget_above(struct differences *differences, const char *path);

/* Drop what is forgotten from items. */
void differences_settle(struct differences *differences);

#endif
