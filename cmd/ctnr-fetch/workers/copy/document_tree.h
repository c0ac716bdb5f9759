/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The documents of an image for all platforms: the index that a source gave, and the manifests and indexes below it.
 *
 *	autodocumenttree struct document_tree tree = DOCUMENT_TREE_INIT(&copy);
 *	const struct document_node *top = document_tree_gather(&tree, &document, 0, err);
 *
 *	if (!top || transfer_run(copy.transfer, copy.connection, err) < 0 ||
 *	    document_tree_convert(&tree, err) < 0) ...
 *	... top->descriptor says what the image is called in the layout
 *
 * The walk visits each document once, and all of them together have limits: strangers wrote them.
 */
#ifndef CTNR_FETCH_WORKERS_COPY_DOCUMENT_TREE_H
#define CTNR_FETCH_WORKERS_COPY_DOCUMENT_TREE_H

#include "workers/copy/document_copy.h"

/* A document of an image for all platforms. */
struct document_node {
	struct document document;
	struct manifest manifest; /* of a manifest */
	struct index index; /* of an index */
	/* As many as index has manifests, borrowed; NULL: left out. */
	const struct document_node **children;
	struct descriptor descriptor; /* of what it becomes in the layout */
	int distance; /* from the image: 0 is a part of it */
};

/* All documents of an image, each once, however often indexes name it. What is below a document
 * stands before it; the last one is what the source gave. */
struct document_tree {
	const struct document_copy *copy;
	struct document_node **nodes;
	size_t n_nodes;
	json_t *positions; /* in nodes, by digest */
	size_t n_documents; /* also those that are still being gathered */
	size_t n_bytes; /* of these */
	size_t n_values; /* likewise */
	int distance; /* of the documents that are being gathered */
};

#define DOCUMENT_TREE_INIT(copy_) \
	{ \
		.copy = (copy_), .positions = json_object() \
	}

void document_tree_release(struct document_tree *tree);
#define autodocumenttree autocleanup(document_tree_release)

/* The node of a document, borrowed, or NULL. */
const struct document_node *document_tree_find(const struct document_tree *tree,
					       const struct digest *digest);

/* Can what a descriptor describes be a document of a tree? What is below other kinds of documents is not
 * known. */
bool document_tree_may_have(const struct descriptor *descriptor);

/* Add a document, which is taken, with everything below it: the documents are stored, the blobs noted for
 * transfer_run(). depth is the number of indexes above it. The node is borrowed from the tree; NULL on
 * failure. */
const struct document_node *document_tree_gather(struct document_tree *tree,
						 struct document *document, int depth,
						 struct error *err);

/* Store what the image's documents become in the layout's format, from the manifests up, once all blobs are
 * there; the nodes' descriptors say what that is. */
int document_tree_convert(const struct document_tree *tree, struct error *err);

#endif
