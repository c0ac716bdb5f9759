/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The documents of an image for all platforms: an index, and the manifests and indexes below it; or one manifest.
 *
 *	const struct document_source source = { get_document, keep_document, data };
 *	autodocumenttree struct document_tree tree = DOCUMENT_TREE_INIT(&source);
 *	const struct document_node *top = document_tree_gather(&tree, &document, 0, err);
 *
 * The walk visits each document once, and all of them together have limits: strangers wrote them.
 */
#ifndef OCI_DOCUMENT_TREE_H
#define OCI_DOCUMENT_TREE_H

#include "oci/conversion.h"
#include "oci/document.h"

/* A document of an image. */
struct document_node {
	struct document document;
	struct manifest manifest; /* of a manifest */
	struct index index; /* of an index */
	/* As many as index has manifests, borrowed; NULL: left out. Of a manifest NULL. */
	const struct document_node **children;
	size_t n_left_out; /* entries of an index that are of unknown types or digests */
	struct descriptor descriptor; /* of what it has become by document_tree_convert() */
	int distance; /* from the image: 0 is a part of it */
};

/* Where the documents come from, and who hears of them. */
struct document_source {
	/* Get the document that a descriptor describes, verified; ret is new. */
	int (*get)(void *data, const struct descriptor *want, struct document *ret,
		   struct error *err);
	/* A document was gathered, and all that is below it. */
	int (*keep)(void *data, const struct document_node *node, struct error *err);
	void *data;
};

/* All documents of an image, each once, however often indexes name it. What is below a document
 * stands before it; the last one is the top. */
struct document_tree {
	const struct document_source *source; /* borrowed */
	struct document_node **nodes;
	size_t n_nodes;
	json_t *positions; /* in nodes, by digest */
	size_t n_documents; /* also those that are still being gathered */
	size_t n_bytes; /* of these */
	size_t n_values; /* likewise */
	int distance; /* of the documents that are being gathered */
};

#define DOCUMENT_TREE_INIT(source_) \
	{ \
		.source = (source_), .positions = json_object() \
	}

void document_tree_release(struct document_tree *tree);
#define autodocumenttree autocleanup(document_tree_release)

/* The node of a document, borrowed, or NULL. */
const struct document_node *document_tree_find(const struct document_tree *tree,
					       const struct digest *digest);

/* Can what a descriptor describes be a document of a tree? What is below other kinds of documents is not
 * known. */
bool document_tree_may_have(const struct descriptor *descriptor);

/* Add a document, which is taken, with everything below it. depth is the number of indexes above it. The node is
 * borrowed from the tree; NULL on failure. */
const struct document_node *document_tree_gather(struct document_tree *tree,
						 struct document *document, int depth,
						 struct error *err);

struct document_conversion {
	enum conversion to;
	/* Does the manifest become another one? An index does when it is of the other kind, or something
	 * below it changes. */
	bool (*is_needed)(const struct manifest *manifest, enum conversion to);
	/* A node became this, which keep may take. */
	int (*keep)(void *data, const struct document_node *node, struct document *converted,
		    struct error *err);
	void *data;
};

/* Say in each node's descriptor what the image's documents (distance 0) become, from the manifests up.
 * conversion NULL: they stay what they are. */
int document_tree_convert(const struct document_tree *tree,
			  const struct document_conversion *conversion, struct error *err);

#endif
