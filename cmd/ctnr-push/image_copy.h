/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One image, with everything that belongs to it, to a destination. Nothing is ever named there that is not there:
 *
 *  1. the layers, several at a time; then the configs
 *  2. the manifests, by their digests; each index after what is in it
 *  3. what refers to the image, after the image itself is there by its digest
 *  4. the name
 *
 * Each blob is asked for, also of an image that the destination has already under that name: a registry that lost
 * one gets it again. Where every blob was there, documents are asked for likewise, and put where they are missing.
 */
#ifndef CTNR_PUSH_IMAGE_COPY_H
#define CTNR_PUSH_IMAGE_COPY_H

#include "destination.h"
#include "image_documents.h"

/* Everything is borrowed. */
struct image_copy {
	const struct destination *destination;
	const struct image_documents *documents;
	const char *name; /* that the image gets there */
	struct progress *progress; /* or NULL */
	const struct interrupt *interrupt;
	size_t jobs; /* blobs at a time */
};

/* Copy. connection is the calling thread's. */
int image_copy_run(const struct image_copy *copy, void *connection, struct error *err);

#endif
