/* SPDX-License-Identifier: Apache-2.0 */
/* The tree that an operand of diff means: a container's, or an image's. */
#ifndef CTNR_STORE_DIFF_OPERAND_TREE_H
#define CTNR_STORE_DIFF_OPERAND_TREE_H

#include "format/json.h"
#include "store/bundle.h"
#include "store/image.h"
#include "system/identity.h"

#include <stdbool.h>

struct operand_tree {
	struct bundle bundle; /* dirfd -EBADF: it is an image */
	struct image image; /* layout NULL: that of the bundle is not known */
};

#define OPERAND_TREE_INIT \
	{ \
		.bundle = BUNDLE_INIT, .image = IMAGE_INIT \
	}

void operand_tree_release(struct operand_tree *tree);

enum operand_type {
	OPERAND_ANY, /* a container, or else an image */
	OPERAND_CONTAINER,
	OPERAND_IMAGE,
};
extern const char *const operand_type_names[]; /* "any", "container", "image", NULL */

/* How words are understood. */
struct operand_query {
	const struct store *store; /* path NULL: there is none */
	enum operand_type type;
	const struct platform *platform; /* NULL: the host's */
};

/* Find what a word means, a name or a record. ERROR_NOT_FOUND. */
int operand_tree_find(const struct operand_query *query, const char *word, struct operand_tree *ret,
		      struct error *err);

/* Is it a bundle that has its changes in a directory of their own? */
bool operand_tree_is_overlay(const struct operand_tree *tree);

/* What the worker gets to know of it (protocol.h), new; NULL on failure. */
json_t *operand_tree_to_json(const struct operand_tree *tree, const struct store *store,
			     const struct identity *identity, struct error *err);

/* The same of the image's layers, also of the image that the bundle was made of: those that are not unpacked for this
 * identity are unpacked. An image without layers has an empty array. */
json_t *operand_tree_layers(const struct operand_tree *tree, const struct store *store,
			    const struct identity *identity, struct error *err);

#endif
