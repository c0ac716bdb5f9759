/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An image manifest (image-spec manifest.md) and an image index (image-index.md), read.
 *
 *	automanifest struct manifest manifest = MANIFEST_INIT;
 *
 *	if (manifest_parse(text, len, descriptor.media_type, &manifest, err) < 0) ...
 *	... manifest.config, manifest.layers[0] is the base
 *
 * Arrays that are not there are empty. No text is read both as a manifest and as an index. Sizes and
 * counts have limits, and so have indexes within indexes.
 */
#ifndef OCI_MANIFEST_H
#define OCI_MANIFEST_H

#include "oci/descriptor.h"

#include <stdbool.h>

/* Most bytes of a manifest or index that we read (registries cap them at 4 MiB). */
#define MANIFEST_MAX (4U << 20)
/* Most layers of an image: more cannot be mounted as one overlay. */
#define MANIFEST_LAYERS_MAX 499
/* Most entries of an index: index.json of a layout has one for each reference. */
#define INDEX_MANIFESTS_MAX 250000
/* Most indexes within each other. A walk that follows more than one entry of an index also counts
 * what it visits: the product of nested indexes is no limit. */
#define INDEX_NESTING_MAX 8

struct manifest {
	char *media_type;
	struct descriptor config;
	struct descriptor *layers; /* layers[0] is the base */
	size_t n_layers;
	json_t *json; /* the whole document */
};

#define MANIFEST_INIT \
	{ \
		0 \
	}

void manifest_release(struct manifest *manifest);
#define automanifest autocleanup(manifest_release)

/* media_type is what the descriptor or Content-Type said (NULL: nothing did); a mediaType member
 * that says otherwise, a type that is no manifest's, or members of both a manifest and an index are
 * ERROR_VERIFY (manifest confusion). Of a Docker schema 2 manifest all the same is read. */
int manifest_parse(const char *text, size_t len, const char *media_type, struct manifest *ret,
		   struct error *err);

struct index {
	char *media_type;
	struct descriptor *manifests;
	size_t n_manifests;
	size_t n_unusable; /* further ones in json, whose digests are of an unknown algorithm */
	json_t *json;
};

#define INDEX_INIT \
	{ \
		0 \
	}

void index_release(struct index *index);
#define autoindex autocleanup(index_release)

/* As manifest_parse(), for an index or a Docker manifest list. */
int index_parse(const char *text, size_t len, const char *media_type, struct index *ret,
		struct error *err);

/* Is an entry of an index no image: of a type that is none's, or an attestation ("unknown/unknown" or
 * Docker's annotation)? */
bool index_entry_is_no_image(const struct descriptor *descriptor);

/* The first manifest that fits the platform best (exact variant first); when none does, the first
 * one that states no platform. What is no image is passed over: attestations, artifacts, entries of
 * unknown types. want NULL: the host's. NULL with ERROR_NOT_FOUND and the platforms there are.
 * Borrowed. */
const struct descriptor *index_choose(const struct index *index, const struct platform *want,
				      struct error *err);

/* The manifest for a platform (NULL: the host's) behind a descriptor: itself, or what the index that
 * it describes has for the platform, also through nested indexes. read_index gives the index that a
 * descriptor describes; data is passed on to it. ret is a copy. ERROR_NOT_FOUND as above. */
int index_resolve(const struct descriptor *descriptor, const struct platform *platform,
		  int (*read_index)(void *data, const struct descriptor *descriptor,
				    struct index *ret, struct error *err),
		  void *data, struct descriptor *ret, struct error *err);

#endif
