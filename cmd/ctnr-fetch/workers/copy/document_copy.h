/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is done with each manifest and index of an image on its way into the layout: it is got, stored, its blobs are
 * noted, and at the end it is converted.
 *
 *	const struct document_copy copy = { &transfer, connection, REQUEST_OCI };
 *	autodocument struct document document = DOCUMENT_INIT;
 *
 *	if (document_copy_get(&copy, &descriptor, &document, err) < 0 ||
 *	    document_copy_store(&copy, &document, err) < 0) ...
 */
#ifndef CTNR_FETCH_WORKERS_COPY_DOCUMENT_COPY_H
#define CTNR_FETCH_WORKERS_COPY_DOCUMENT_COPY_H

#include "request.h"
#include "workers/copy/transfer.h"

#include "oci/document_tree.h"

/* Everything is borrowed. */
struct document_copy {
	struct transfer *transfer;
	void *connection; /* the calling thread's, to the source of the transfer */
	enum request_format format;
};

/* Read a document that is a blob of the layout; ret is new. False when it is not there, or not as it should
 * be: the source has it then. */
bool document_copy_read_present(const struct document_copy *copy, const struct descriptor *want,
				struct document *ret);

/* Get a document from the layout, or else from the source; want NULL: the one that the source's address
 * names. ret is new. Each document passes here, also of sources where nothing is waited for, so that
 * signals are heard. */
int document_copy_get(const struct document_copy *copy, const struct descriptor *want,
		      struct document *ret, struct error *err);

int document_copy_store(const struct document_copy *copy, const struct document *document,
			struct error *err);

/* Note the config and the layers for transfer_run(). A manifest with an encrypted layer is refused. */
int document_copy_add_blobs(const struct document_copy *copy, const struct manifest *manifest,
			    struct error *err);

/* Where the documents of a tree come from: each is got, and, when all that is below it is there, stored; the
 * blobs are noted for transfer_run(). copy is borrowed by ret. */
void document_copy_as_source(const struct document_copy *copy, struct document_source *ret);

/* Store what the image's documents of a tree become in the layout's format, from the manifests up, once all
 * blobs are there; the nodes' descriptors say what that is. */
int document_copy_convert_tree(const struct document_copy *copy, const struct document_tree *tree,
			       struct error *err);

/* Store the OCI form of a Docker manifest, unless the format says that everything stays as it is;
 * *descriptor, the manifest's, becomes that of what it is in the layout. */
int document_copy_convert_manifest(const struct document_copy *copy,
				   const struct manifest *manifest, struct descriptor *descriptor,
				   struct error *err);

/* The platform that a config states, which must be there; other artifacts than images have none, and ret
 * stays. */
int document_copy_read_platform(const struct document_copy *copy, const struct manifest *manifest,
				struct platform *ret, struct error *err);

#endif
