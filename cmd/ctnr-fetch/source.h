/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where an image comes from: a registry or a layout. A new transport is one more struct
 * source_type and a row in source.c.
 *
 * Threads share a source; each has a connection of its own.
 */
#ifndef CTNR_FETCH_SOURCE_H
#define CTNR_FETCH_SOURCE_H

#include "oci/address.h"
#include "registry/registry.h"

struct source {
	const struct source_type *type;
	const struct platform *platform; /* borrowed; NULL: all platforms are wanted */
	void *state; /* the type's own */
};

struct source_type {
	enum transport transport;
	int (*open)(struct source *source, const struct address *address,
		    const struct registry_options *options, struct error *err);
	void (*close)(struct source *source);
	/* A new connection, the only one that its thread uses; NULL with err on failure. */
	void *(*connect)(struct source *source, struct error *err);
	void (*disconnect)(void *connection);
	/* The manifest or index that want describes, its bytes verified; want NULL: the one that
	 * the address names. */
	int (*get_manifest)(struct source *source, void *connection, const struct descriptor *want,
			    struct registry_manifest *ret, struct error *err);
	/* Write a blob's bytes; the caller finishes the writer. */
	int (*get_blob)(struct source *source, void *connection, struct blob_writer *writer,
			struct progress *progress, size_t task, struct error *err);
	/* The reference that the image gets without --tag, new. */
	char *(*name)(const struct address *address, struct error *err);
};

extern const struct source_type registry_source;
extern const struct source_type layout_source;

#define SOURCE_INIT \
	{ \
		0 \
	}

int source_open(const struct address *address, const struct registry_options *options,
		const struct platform *platform, struct source *ret, struct error *err);
void source_release(struct source *source);
#define autosource autocleanup(source_release)

/* The reference that an image from there gets, new. */
char *source_name(const struct address *address, struct error *err);

#endif
