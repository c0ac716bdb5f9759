/* SPDX-License-Identifier: Apache-2.0 */
/* The media types that we know, and what they mean (image-spec media-types.md; Docker schema 2). */
#ifndef OCI_MEDIA_TYPE_H
#define OCI_MEDIA_TYPE_H

#include <stdbool.h>

#define MEDIA_TYPE_INDEX "application/vnd.oci.image.index.v1+json"
#define MEDIA_TYPE_MANIFEST "application/vnd.oci.image.manifest.v1+json"
#define MEDIA_TYPE_CONFIG "application/vnd.oci.image.config.v1+json"
#define MEDIA_TYPE_LAYER "application/vnd.oci.image.layer.v1.tar"
#define MEDIA_TYPE_LAYER_GZIP MEDIA_TYPE_LAYER "+gzip"
#define MEDIA_TYPE_LAYER_ZSTD MEDIA_TYPE_LAYER "+zstd"
/* Of the blob "{}", which stands where a manifest has nothing to say (image-spec manifest.md, "Guidance for an Empty
 * Descriptor"). */
#define MEDIA_TYPE_EMPTY "application/vnd.oci.empty.v1+json"
#define MEDIA_TYPE_DOCKER_LIST "application/vnd.docker.distribution.manifest.list.v2+json"
#define MEDIA_TYPE_DOCKER_MANIFEST "application/vnd.docker.distribution.manifest.v2+json"
/* Of what we know by name alone: the beginning of its types. */
#define MEDIA_TYPE_DOCKER_SCHEMA1 "application/vnd.docker.distribution.manifest.v1+"
#define MEDIA_TYPE_DOCKER_CONFIG "application/vnd.docker.container.image.v1+json"
#define MEDIA_TYPE_DOCKER_LAYER "application/vnd.docker.image.rootfs.diff.tar"
#define MEDIA_TYPE_DOCKER_LAYER_GZIP MEDIA_TYPE_DOCKER_LAYER ".gzip"

enum media_kind {
	MEDIA_UNKNOWN,
	MEDIA_INDEX, /* OCI index or Docker manifest list */
	MEDIA_MANIFEST,
	MEDIA_CONFIG,
	MEDIA_LAYER, /* any layer, non-distributable and Docker's foreign ones too */
};

/* What a type means; types that are not known are MEDIA_UNKNOWN. */
enum media_kind media_type_kind(const char *media_type);

/* Is the text TYPE/SUBTYPE as RFC 6838 has it, without parameters? */
bool media_type_is_valid(const char *text);

/* Is it one of Docker's own types? */
bool media_type_is_docker(const char *media_type);

/* Is it the type of a layer that is encrypted (OCI image encryption: the suffix "+encrypted")? */
bool media_type_is_encrypted(const char *media_type);

/* Is it the type of a layer that its publisher alone may give away? */
bool media_type_is_foreign(const char *media_type);

/* What an artifact with a config of that type is, for people: "a Helm chart"; "an artifact" where that is not
 * known. */
const char *media_type_artifact(const char *media_type);

/* The OCI type that means the same as a Docker type (static text); others are returned as is. */
const char *media_type_to_oci(const char *media_type);

/* The Docker type that means the same as an OCI type (static text); Docker's own are returned as is. NULL for
 * what Docker has no type for: layers compressed by zstd, artifacts. */
const char *media_type_to_docker(const char *media_type);

#endif
