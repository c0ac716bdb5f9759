/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One IMAGE of a request: what it is, read before anything is sent.
 *
 *	if (push_image_find(&request, "debian:12", &image, err) < 0 ||
 *	    push_request_address(&request, image.image.ref, err) < 0 ||
 *	    push_image_read(&request, &image, err) < 0) ...
 */
#ifndef CTNR_PUSH_PUSH_IMAGE_H
#define CTNR_PUSH_PUSH_IMAGE_H

#include "image_choice.h"
#include "image_documents.h"
#include "request.h"

struct push_image {
	struct image image; /* as its word names it */
	struct image_choice choice;
	struct image_documents documents;
	char *name; /* that it gets at the destination */
};

#define PUSH_IMAGE_INIT \
	{ \
		.image = IMAGE_INIT, .choice = IMAGE_CHOICE_INIT \
	}

void push_image_release(struct push_image *image);

/* Find what a word means, in the store or elsewhere. */
int push_image_find(const struct push_request *request, const char *word, struct push_image *image,
		    struct error *err);

/* Read all that an image that was found consists of, in the form in which the destination gets it. What is not
 * whole is an error. The image stays where it is from now on. */
int push_image_read(const struct push_request *request, struct push_image *image,
		    struct error *err);

/* The record of an image where it is now; ret is new. Of a layout it says where that is. */
int push_image_describe(const struct push_request *request, const struct push_image *image,
			struct image *ret, struct error *err);

#endif
