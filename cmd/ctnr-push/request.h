/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What one call of ctnr-push asks for: its options, the images, and where they go.
 *
 *	autopushrequest struct push_request request = PUSH_REQUEST_INIT;
 *
 *	if (push_request_read(opts, operands, &request, err) < 0) ...
 *	if (push_request_name(&request, image.ref, &name, err) < 0) ...
 *
 * One operand is an image that goes to where its own name says. Of several the last one is the DESTINATION: an
 * address, or a name that has a registry.
 */
#ifndef CTNR_PUSH_REQUEST_H
#define CTNR_PUSH_REQUEST_H

#include "destination.h"
#include "image_documents.h"

#include "base/option.h"
#include "store/image_print.h"
#include "system/sync.h"

struct push_opts {
	const char *store;
	const char *platform;
	bool all_platforms;
	int format; /* enum image_format */
	bool with_referrers;
	const char *digestfile;
	struct option_amount chunk_size;
	struct access_opts access;
	struct registries_conf_opts registries;
	uint64_t jobs;
	struct sync_opts sync;
	bool check;
	int progress; /* enum progress_mode */
	int print; /* enum image_print */
};

extern const struct option push_options[];
extern const struct push_opts push_defaults;

struct push_request {
	const struct push_opts *opts; /* borrowed */
	struct strlist images; /* words, as image_resolve_raw() takes them */
	bool has_address; /* DESTINATION was given */
	struct address address;
	struct platform platform;
};

#define PUSH_REQUEST_INIT \
	{ \
		.images = STRLIST_INIT, .address = ADDRESS_INIT \
	}

void push_request_release(struct push_request *request);
#define autopushrequest autocleanup(push_request_release)

/* Read the operands, and check what options and operands say together. ERROR_USAGE. */
int push_request_read(const struct push_opts *opts, const struct strlist *operands,
		      struct push_request *ret, struct error *err);

/* Of an image without DESTINATION: its own name says where it goes. ERROR_USAGE when it has none, or one that
 * no registry has. */
int push_request_address(struct push_request *request, const char *ref, struct error *err);

/* What an image that is called ref (NULL: it has no name) is called there: new, or NULL where images need no name.
 * ERROR_USAGE when nothing says it. */
int push_request_name(const struct push_request *request, const char *ref, char **ret,
		      struct error *err);

/* The format in which the documents are copied. ERROR_USAGE when the destination does not take the one that was
 * asked for. */
int push_request_format(const struct push_request *request, enum image_format *ret,
			struct error *err);

/* Are the images written to standard output? */
bool push_request_is_stream(const struct push_request *request);

#endif
