/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where images are copied to: a registry, a layout, an archive, a directory. A new transport is one more
 * struct destination_type and a row in destination.c.
 *
 *	autodestination struct destination destination = DESTINATION_INIT;
 *
 *	if (destination_open(&request, &destination, err) < 0) ...
 *	connection = destination_connect(&destination, err);
 *	... the blobs of an image, each once; its config last
 *	... its manifests by digest, each after its blobs; indexes after what is in them
 *	... the top document under its name, last: nothing names what is not there
 *	destination_finish(&destination, err)
 *
 * Threads share a destination that takes several blobs at a time; each has a connection of its own. A
 * destination that was released without being finished has nothing new in it that anybody would read: no
 * name, no file.
 */
#ifndef CTNR_PUSH_DESTINATION_H
#define CTNR_PUSH_DESTINATION_H

#include "base/progress.h"
#include "oci/address.h"
#include "oci/document.h"
#include "oci/layout.h"
#include "registry/access.h"
#include "registry/registries_conf.h"
#include "system/interrupt.h"

/* What is wanted where. Borrowed, and must outlive the destination. */
struct destination_request {
	const struct address *address;
	const struct access *access; /* to registries; it has begun */
	const struct registries_conf_opts *registries;
	const struct interrupt *interrupt;
	uint64_t chunk; /* bytes of a piece; 0: whole blobs */
	/* A layout whose names say which repositories of a registry have which blobs, and the blobs that are
	 * wanted there, digests as keys; or NULL, both. */
	const struct layout *known;
	const json_t *blobs;
};

/* How a blob came to be there. */
enum destination_result {
	DESTINATION_WRITTEN,
	DESTINATION_PRESENT,
	DESTINATION_MOUNTED, /* from another repository of the registry */
};

struct destination_type {
	enum transport transport;
	bool takes_several; /* blobs at a time, each thread by a connection of its own */
	bool takes_several_images; /* each called by its own name */
	bool takes_nameless; /* images, too: name may be NULL */
	bool takes_docker_only; /* documents are Docker's, and no index */
	bool takes_oci_only; /* documents are OCI's */
	/* The type's own state, new. NULL with err on failure: then nothing is left to be closed. */
	void *(*open)(const struct destination_request *request, struct error *err);
	void (*close)(void *state);
	/* NULL, both: the state is the connection. */
	void *(*connect)(void *state, struct error *err);
	void (*disconnect)(void *connection);
	/* Is a document of that digest there, under the name that the address says (by_name), or at all?
	 * 1, 0, -1. NULL: never. */
	int (*has_document)(void *state, void *connection, const struct document *document,
			    bool by_name, struct error *err);
	/* Returns an enum destination_result, or -1. from has the blob. */
	int (*put_blob)(void *state, void *connection, const struct layout *from,
			const struct descriptor *blob, struct progress *progress, size_t task,
			struct error *err);
	int (*put_document)(void *state, void *connection, const struct document *document,
			    struct error *err);
	/* The top document of an image, which is called so: name is its reference, of a registry the
	 * address says the name; NULL: it has none. */
	int (*put_named)(void *state, void *connection, const struct document *document,
			 const char *name, struct error *err);
	/* A document that refers to the subject, which is there or comes under its name later. What is below it
	 * is there. NULL: referrers have no place there. */
	int (*put_referrer)(void *state, void *connection, const struct document *document,
			    const struct digest *subject, struct error *err);
	/* A document was refused for want of a blob that was said to be there. Then, and once: true, and blobs are
	 * written from now on whatever is said to be there. NULL: never. */
	bool (*distrust)(void *state);
	/* All images are there. NULL: nothing is left to do. */
	int (*finish)(void *state, struct error *err);
};

extern const struct destination_type registry_destination;
extern const struct destination_type layout_destination;
extern const struct destination_type oci_archive_destination;
extern const struct destination_type docker_archive_destination;
extern const struct destination_type directory_destination;
extern const struct destination_type skopeo_destination;

struct destination {
	const struct destination_type *type;
	void *state; /* the type's own; NULL: not open */
};

#define DESTINATION_INIT \
	{ \
		0 \
	}

int destination_open(const struct destination_request *request, struct destination *ret,
		     struct error *err);
void destination_release(struct destination *destination);
#define autodestination autocleanup(destination_release)

/* As in struct destination_type. A destination whose type does not have the function has no document. */
void *destination_connect(const struct destination *destination, struct error *err);
void destination_disconnect(const struct destination *destination, void *connection);
int destination_has_document(const struct destination *destination, void *connection,
			     const struct document *document, bool by_name, struct error *err);
int destination_put_blob(const struct destination *destination, void *connection,
			 const struct layout *from, const struct descriptor *blob,
			 struct progress *progress, size_t task, struct error *err);
int destination_put_document(const struct destination *destination, void *connection,
			     const struct document *document, struct error *err);
int destination_put_named(const struct destination *destination, void *connection,
			  const struct document *document, const char *name, struct error *err);
int destination_put_referrer(const struct destination *destination, void *connection,
			     const struct document *document, const struct digest *subject,
			     struct error *err);
bool destination_distrust(const struct destination *destination);
int destination_finish(const struct destination *destination, struct error *err);

/* What a transport takes, before anything is opened. */
const struct destination_type *destination_type_of(const struct address *address);

#endif
