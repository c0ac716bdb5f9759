/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Docker schema 2 documents as OCI documents. Only media types change (and, in an index, what
 * follows from that): configs and layers stay the same blobs, unknown members stay.
 */
#ifndef CTNR_FETCH_WORKERS_COPY_CONVERSION_H
#define CTNR_FETCH_WORKERS_COPY_CONVERSION_H

#include "oci/manifest.h"

/* The OCI form of a Docker manifest, new. */
char *conversion_manifest(const struct manifest *manifest);

/* The OCI form of an index whose entries became these descriptors (n_manifests of the index), new.
 */
char *conversion_index(const struct index *index, const struct descriptor *manifests);

#endif
