/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Addresses of images outside the store (ctnr(7), ADDRESSES): docker://REFERENCE, oci:DIR[:REF], and as
 * destinations oci-archive:FILE[:REF], docker-archive:FILE[:REF], dir:DIR. Transports are rows of the table of
 * address.c.
 */
#ifndef OCI_ADDRESS_H
#define OCI_ADDRESS_H

#include "base/cleanup.h"
#include "base/error.h"

#include <stdbool.h>

enum transport {
	TRANSPORT_DOCKER, /* "docker://": a registry */
	TRANSPORT_OCI, /* "oci:": a layout directory */
	/* Destinations only. */
	TRANSPORT_OCI_ARCHIVE, /* "oci-archive:": a layout in a tar archive */
	TRANSPORT_DOCKER_ARCHIVE, /* "docker-archive:": what 'docker save' writes */
	TRANSPORT_DIRECTORY, /* "dir:": blobs and a manifest in one directory */
	TRANSPORT_FOREIGN, /* one that skopeo is asked to write: "containers-storage:" */
	TRANSPORT_MAX,
};

struct address {
	enum transport transport;
	char *path; /* the directory or file; docker: NULL; foreign: the whole text */
	char *reference; /* docker: as written; else the REF, or NULL */
};

#define ADDRESS_STDOUT "-" /* as FILE of a destination, which may be /dev/stdout too */

#define ADDRESS_INIT \
	{ \
		0 \
	}

void address_release(struct address *address);
#define autoaddress autocleanup(address_release)

/* ERROR_USAGE for text without a transport, and for one that we do not speak (it is named); the hint
 * is the spelling that was probably meant. DIR of oci: ends at the first colon. */
int address_parse(const char *text, struct address *ret, struct error *err);

/* The same for an address that an image is written to, so of the other transports too. DIR and FILE end at the
 * first colon; the REF of a docker-archive: is a reference with a tag. */
int address_parse_destination(const char *text, struct address *ret, struct error *err);

/* Is a destination standard output? */
bool address_is_stdout(const struct address *address);

/* The reference that an image from there gets, unless it is given another: new. ERROR_USAGE when what it
 * is called there cannot be one. */
char *address_image_name(const struct address *address, struct error *err);

/* The registry that an address names, as references have it: new; NULL for what is in none. */
char *address_registry(const struct address *address);

/* Does the text look like the path of a directory ("/images", "./images") or of an archive
 * ("app.tar.gz"), and not like the name of an image? ret_hint, which may be NULL, is how such an image
 * is given: new, or NULL when it is none. */
bool address_is_path(const char *text, char **ret_hint);

#endif
