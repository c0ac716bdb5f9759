/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Docker schema 2 documents as OCI documents, and the other way round: configs and layers stay the same blobs, and
 * the bytes that their documents' digests are of become others.
 *
 *	if (conversion_manifest_is_needed(&manifest, CONVERSION_TO_OCI))
 *		text = conversion_manifest(&manifest, CONVERSION_TO_OCI, err);
 *
 *  - To OCI only media types change (and, in an index, what follows from that): unknown members stay.
 *  - To Docker nothing stays that Docker schema 2 does not have: annotations, subject, artifact type. What it
 *    cannot say is an error: an artifact, a layer compressed by zstd.
 */
#ifndef OCI_CONVERSION_H
#define OCI_CONVERSION_H

#include "oci/manifest.h"

#include <stdbool.h>

enum conversion {
	CONVERSION_TO_OCI,
	CONVERSION_TO_DOCKER,
};

/* Does a manifest say something in the other one's types? */
bool conversion_manifest_is_needed(const struct manifest *manifest, enum conversion to);

/* The same for a layout that gets what a registry gave: only Docker's own manifests are converted, and what has its
 * types in one of OCI's stays. Conversion is to OCI. */
bool conversion_manifest_is_docker(const struct manifest *manifest, enum conversion to);

/* Has a manifest types of both? */
bool conversion_manifest_is_mixed(const struct manifest *manifest);

/* The other form of a manifest, a text: new. ERROR_FAILED when there is none. */
char *conversion_manifest(const struct manifest *manifest, enum conversion to, struct error *err);

/* The other form of an index whose entries became these descriptors (n_manifests of the index): new. */
char *conversion_index(const struct index *index, const struct descriptor *manifests,
		       enum conversion to, struct error *err);

/* The media types of what they become: static text. */
const char *conversion_manifest_type(enum conversion to);
const char *conversion_index_type(enum conversion to);

#endif
