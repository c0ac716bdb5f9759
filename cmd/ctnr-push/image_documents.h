/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All that an image consists of, read from its layout before anything is sent: its documents, in the format that
 * the destination gets, and its blobs, which are there.
 *
 *	autoimagedocuments struct image_documents documents;
 *
 *	image_documents_init(&documents, &layout);
 *	if (image_documents_read(&documents, &descriptor, err) < 0 ||
 *	    image_documents_convert(&documents, IMAGE_FORMAT_KEEP, err) < 0) ...
 *	... documents.layers, documents.configs; image_document(&documents, i) for each of documents.tree.nodes
 *
 * Documents are hashed when they are read. Of blobs size and presence are looked at; their content is for the
 * destination to judge.
 */
#ifndef CTNR_PUSH_IMAGE_DOCUMENTS_H
#define CTNR_PUSH_IMAGE_DOCUMENTS_H

#include "oci/document_tree.h"
#include "oci/layout.h"

#define IMAGE_BLOBS_MAX 8192 /* of one image: for all platforms it has some hundreds */

enum image_format {
	IMAGE_FORMAT_KEEP, /* as it is, unless Docker's and OCI's types are mixed in it: then OCI */
	IMAGE_FORMAT_OCI,
	IMAGE_FORMAT_DOCKER,
	IMAGE_FORMAT_MAX,
};

/* Each blob once. */
struct blob_list {
	struct descriptor *items;
	size_t len;
};

/* A document that refers to another one, both in the tree. */
struct image_referrer {
	size_t node; /* in tree.nodes */
	struct digest subject;
};

struct image_documents {
	const struct layout *layout; /* borrowed */
	struct document_source source;
	struct document_tree tree;
	size_t n_image_nodes; /* the first ones of tree.nodes: the image without its referrers */
	struct document *converted; /* one for each node of the image; NULL: none was converted */
	struct blob_list layers;
	struct blob_list configs;
	json_t *sizes; /* of all blobs, by digest */
	struct image_referrer *referrers;
	size_t n_referrers;
};

/* ret stays where it is from now on. */
void image_documents_init(struct image_documents *ret, const struct layout *layout);
void image_documents_release(struct image_documents *documents);
#define autoimagedocuments autocleanup(image_documents_release)

/* Read what a descriptor describes, and all below it. ERROR_FAILED for what is not there. */
int image_documents_read(struct image_documents *documents, const struct descriptor *top,
			 struct error *err);

/* Would converting these documents to OCI give that document? */
bool image_documents_are_origin(const struct image_documents *documents,
				const struct digest *digest);

/* Convert what is of another format. Referrers stay as they are. */
int image_documents_convert(struct image_documents *documents, enum image_format format,
			    struct error *err);

/* Read what refers to the image's documents (oci/referrer.h), and to these, and so on. Where the documents were
 * converted, what refers to them is not known: it refers to what they were. */
int image_documents_read_referrers(struct image_documents *documents, struct error *err);

/* The document that a node has become: borrowed. The last one of n_image_nodes is the top. */
const struct document *image_document(const struct image_documents *documents, size_t node);

#endif
