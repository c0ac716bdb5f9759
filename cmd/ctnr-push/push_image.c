/* SPDX-License-Identifier: Apache-2.0 */
#include "push_image.h"

#include "base/alloc.h"
#include "base/message.h"
#include "oci/reference.h"
#include "store/image_resolve.h"

#include <stdlib.h>
#include <string.h>

void push_image_release(struct push_image *image)
{
	image_documents_release(&image->documents);
	image_choice_release(&image->choice);
	image_release(&image->image);
	free(image->name);
}

static const struct platform *wanted_platform(const struct push_request *request)
{
	return request->opts->platform ? &request->platform : NULL;
}

/* There need not be a store for an image that lies elsewhere. */
int push_image_find(const struct push_request *request, const char *word, struct push_image *image,
		    struct error *err)
{
	autostore struct store store = STORE_INIT;
	struct error cause = { 0 };
	bool has_store = store_open(request->opts->store, STORE_READ, &store, &cause) == 0;

	if (!has_store && cause.code != ERROR_NOT_FOUND)
		return error_move(err, &cause);
	if (image_resolve_raw(has_store ? &store : NULL, word, wanted_platform(request),
			      &image->image, err) < 0)
		return -1;
	if (has_store && str_starts_with(image->image.layout, store.path))
		image_note_use(&image->image);
	return 0;
}

static const struct document *top_document(const struct push_image *image)
{
	return image_document(&image->documents, image->documents.n_image_nodes - 1);
}

/* Read the documents: those that the image was made of, where they are whole. To OCI's format they were converted
 * already. */
static int read_documents(struct push_image *image, enum image_format format, struct error *err)
{
	const struct image_choice *choice = &image->choice;
	struct image_documents *documents = &image->documents;

	image_documents_init(documents, &choice->layout);
	if (choice->has_origin && format != IMAGE_FORMAT_OCI) {
		if (image_documents_read(documents, &choice->origin, NULL) == 0 &&
		    image_documents_are_origin(documents, &choice->top.digest))
			return 0;
		image_documents_release(documents);
		image_documents_init(documents, &choice->layout);
	}
	return image_documents_read(documents, &choice->top, err);
}

/* A digest in DESTINATION says what is to be there. */
static int check_digest(const struct push_request *request, const struct push_image *image,
			struct error *err)
{
	const struct address *address = &request->address;
	autoreference struct reference reference = REFERENCE_INIT;
	const char *digest = top_document(image)->digest.text;

	if (address->transport != TRANSPORT_DOCKER)
		return 0;
	if (reference_parse(address->reference, &reference, err) < 0)
		return -1;
	if (reference.digest && strcmp(reference.digest, digest) != 0)
		return error_set(err, ERROR_VERIFY,
				 "DESTINATION states the digest %s, the image has %s",
				 reference.digest, digest);
	return 0;
}

static int read_referrers(struct push_image *image, struct error *err)
{
	if (image->documents.converted) {
		message_warning(
			"the image is converted: what refers to it, as signatures do, is not copied");
		return 0;
	}
	return image_documents_read_referrers(&image->documents, err);
}

static int read_image(const struct push_request *request, struct push_image *image,
		      struct error *err)
{
	const struct image_choice_request choosing = {
		.platform = wanted_platform(request),
		.wants_all = request->opts->all_platforms,
		.wants_manifest = destination_type_of(&request->address)->takes_docker_only,
	};
	enum image_format format;

	if (push_request_name(request, image->image.ref, &image->name, err) < 0 ||
	    push_request_format(request, &format, err) < 0 ||
	    image_choose(&image->image, &choosing, &image->choice, err) < 0 ||
	    read_documents(image, format, err) < 0 ||
	    image_documents_convert(&image->documents, format, err) < 0 ||
	    check_digest(request, image, err) < 0)
		return -1;
	return request->opts->with_referrers ? read_referrers(image, err) : 0;
}

int push_image_read(const struct push_request *request, struct push_image *image, struct error *err)
{
	if (read_image(request, image, err) < 0)
		return error_prefix(err, "image '%s'", image_name(&image->image));
	return 0;
}

int push_image_describe(const struct push_request *request, const struct push_image *image,
			struct image *ret, struct error *err)
{
	const struct address *address = &request->address;

	if (address->transport == TRANSPORT_OCI) {
		ret->layout = realpath(address->path, NULL);
		if (!ret->layout)
			return error_errno(err, "cannot open '%s'", address->path);
	}
	ret->ref = image->name ? xstrdup(image->name) : NULL;
	document_describe(top_document(image), &ret->descriptor);
	ret->descriptor.platform = image->choice.top.platform;
	return 0;
}
