/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Simple signatures that are kept beside a registry: a folder tree behind a URL, with a file for each
 * signature, URL/REPOSITORY@ALGORITHM=HEX/signature-N, N from 1 on (containers-registries.d(5)).
 *
 * The URL is file:///DIR, https://, or http:// for this machine alone. A server is asked without
 * credentials. The first file that is not there is the end.
 */
#ifndef REGISTRY_LOOKASIDE_H
#define REGISTRY_LOOKASIDE_H

#include "format/digest.h"
#include "oci/reference.h"
#include "registry/image_signature.h"
#include "registry/session.h"

/* Everything is borrowed. */
struct lookaside {
	const char *url; /* NULL: lookaside_default_url() */
	const struct reference *reference;
	const struct digest *digest; /* of the manifest or index */
	const struct session_options *options; /* certificates, times and the interrupt */
};

/* Where skopeo and podman keep signatures that no configuration has a place for: below /var/lib for root,
 * else below the home. New; NULL for a user without a home. */
char *lookaside_default_url(void);

/* "" when the URL can be one, else what is wrong. */
const char *lookaside_check_url(const char *url);

/* Append the signatures of an image. */
int lookaside_get(const struct lookaside *lookaside, struct image_signature_list *ret,
		  struct error *err);

#endif
