/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The history of an image: "history" of its config (image-spec config.md), the oldest entry first.
 *
 *	autoimagehistory struct image_history history = IMAGE_HISTORY_INIT;
 *
 *	if (image_history_read(config.json, &history, err) < 0) ...
 *	... history.entries[0] is how the base came to be
 *
 * What it says is the image's own word: nothing of it is checked but its types, and any text may be in it.
 */
#ifndef OCI_IMAGE_HISTORY_H
#define OCI_IMAGE_HISTORY_H

#include "base/cleanup.h"
#include "base/error.h"
#include "format/json.h"

#include <stdbool.h>
#include <stddef.h>

#define IMAGE_HISTORY_MAX 65536 /* entries */

/* Borrowed from the config; NULL: not stated. */
struct image_history_entry {
	const char *created; /* RFC 3339 */
	const char *created_by; /* the command */
	const char *author;
	const char *comment;
	bool empty_layer; /* it made no layer */
};

struct image_history {
	struct image_history_entry *entries;
	size_t n_entries;
};

#define IMAGE_HISTORY_INIT \
	{ \
		NULL, 0 \
	}

void image_history_release(struct image_history *history);
#define autoimagehistory autocleanup(image_history_release)

/* Read the history of an image's config (the document of image_config.h). Without one it is empty. */
int image_history_read(const json_t *config, struct image_history *ret, struct error *err);

/* Append an entry to the history of an image's config. Its texts are UTF-8 (json_check_text()). */
void image_history_add(json_t *config, const struct image_history_entry *entry);

#endif
