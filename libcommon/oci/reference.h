/* SPDX-License-Identifier: Apache-2.0 */
/*
 * References to images: [HOST[:PORT]/]NAME[:TAG][@DIGEST] (distribution-spec "name" and "tag"
 * grammar; Docker's short names).
 */
#ifndef OCI_REFERENCE_H
#define OCI_REFERENCE_H

#include "base/cleanup.h"
#include "base/error.h"

#include <stdbool.h>

#define REFERENCE_DEFAULT_REGISTRY "docker.io" /* of names that have none */

struct reference {
	char *registry; /* "docker.io", "localhost:5000" */
	char *repository; /* "library/alpine" */
	char *tag; /* NULL only when a digest was written without a tag */
	char *digest; /* NULL, or a valid digest's text */
};

#define REFERENCE_INIT \
	{ \
		0 \
	}

void reference_release(struct reference *reference);
#define autoreference autocleanup(reference_release)

/* Docker's rules: the first component is a registry when it has '.' or ':' or is "localhost" or
 * has an upper-case letter; else docker.io, and a lone name is library/NAME. Without tag and digest
 * the tag is latest. ERROR_USAGE for anything outside the grammar. */
int reference_parse(const char *text, struct reference *ret, struct error *err);

/* "docker.io/library/alpine:3.20" or "HOST/NAME[:TAG]@sha256:...", new. */
char *reference_format(const struct reference *reference);

/* Is the text a tag? */
bool reference_is_tag(const char *tag);

/* The registry as references call it: docker.io for any of its names, in any case; else what was given. Borrowed. */
const char *reference_registry(const char *registry);

/* Did the text name a registry itself ("alpine": no)? */
bool reference_has_registry(const char *text);

/* Is it what references begin with, HOST[:PORT] or HOST[:PORT]/PATH? */
bool reference_is_namespace(const char *text);

/* The registry of images that were made here: no server has them. */
#define REFERENCE_LOCAL "localhost"

/* "localhost/NAME", or the name as it is when it has a registry: new. So an image that was made here
 * is found before a registry's image of the same name. */
char *reference_localize(const char *name);

/* The whole name of an image that somebody calls so: localized, with a tag; new. NULL with
 * ERROR_USAGE for what is no name, and for one with a digest: a digest is not given but computed. */
char *reference_new_name(const char *name, struct error *err);

#endif
