/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signatures of an image as they were found, before anything about them is believed.
 *
 *	autosignaturelist struct image_signature_list signatures = IMAGE_SIGNATURE_LIST_INIT;
 *	const struct lookaside lookaside = { "https://sigs.example.org", &reference, &digest, &options };
 *
 *	if (lookaside_get(&lookaside, &signatures, err) < 0 ||
 *	    attachment_get(repository, connection, &digest, &signatures, err) < 0) ...
 *
 * Of each form IMAGE_SIGNATURES_MAX are looked at; a signature behind them does not count.
 */
#ifndef REGISTRY_IMAGE_SIGNATURE_H
#define REGISTRY_IMAGE_SIGNATURE_H

#include "base/cleanup.h"
#include "base/error.h"
#include "base/str.h"

#define IMAGE_SIGNATURES_MAX 128

enum image_signature_form {
	IMAGE_SIGNATURE_SIMPLE, /* registry/simple_signing.h */
	IMAGE_SIGNATURE_COSIGN, /* registry/cosign_signature.h */
	IMAGE_SIGNATURE_BUNDLE, /* registry/sigstore_bundle.h */
};

struct image_signature {
	enum image_signature_form form;
	char *origin; /* for messages: a URL, or what it is in the registry */
	struct str bytes; /* the signature, cosign's payload, the bundle */
	char *annotation; /* cosign's signature in base64; NULL: there is none */
	char *flaw; /* why it could not be had, or NULL */
};

#define IMAGE_SIGNATURE_INIT \
	{ \
		.bytes = STR_INIT \
	}

void image_signature_release(struct image_signature *signature);
#define autosignature autocleanup(image_signature_release)

struct image_signature_list {
	struct image_signature *items;
	size_t len;
};

#define IMAGE_SIGNATURE_LIST_INIT \
	{ \
		0 \
	}

void image_signature_list_release(struct image_signature_list *list);
#define autosignaturelist autocleanup(image_signature_list_release)

/* Add a signature, which is taken. */
void image_signature_list_add(struct image_signature_list *list, struct image_signature *signature);

#endif
