/* SPDX-License-Identifier: Apache-2.0 */
/* A content descriptor (image-spec descriptor.md). Unknown members live on in json. */
#ifndef OCI_DESCRIPTOR_H
#define OCI_DESCRIPTOR_H

#include "format/digest.h"
#include "format/json.h"
#include "oci/platform.h"

#include <stdint.h>

#define ANNOTATION_REF_NAME "org.opencontainers.image.ref.name"
/* When something was made, RFC 3339; what the file of a layer is called (image-spec annotations.md). */
#define ANNOTATION_CREATED "org.opencontainers.image.created"
#define ANNOTATION_TITLE "org.opencontainers.image.title"
/* The digest of what the registry gave, before conversion or choice of a platform. */
#define ANNOTATION_SOURCE "org.ctnr.source"
/* When the name of an entry was set, RFC 3339 (oci/tag.h). */
#define ANNOTATION_TAGGED "org.ctnr.tagged"
/* Docker's mark of an attestation manifest in an index. */
#define ANNOTATION_DOCKER_REFERENCE_TYPE "vnd.docker.reference.type"

struct descriptor {
	char *media_type; /* "" when none is stated */
	struct digest digest;
	uint64_t size; /* bytes */
	struct platform platform; /* empty os: not stated */
	json_t *json; /* the whole object, for its annotations and unknown members; may be NULL */
};

#define DESCRIPTOR_INIT \
	{ \
		0 \
	}

void descriptor_release(struct descriptor *descriptor);
#define autodescriptor autocleanup(descriptor_release)

/* ret is new. -1 when a member is wrong, or digest or size is missing. */
int descriptor_from_json(const struct jnode *node, struct descriptor *ret, struct error *err);

/* The same for an entry of an index, where a platform that makes no sense is platform_unknown. 1, and
 * nothing in ret, when the digest is well-formed and of an algorithm that is not known. */
int descriptor_from_index(const struct jnode *node, struct descriptor *ret, struct error *err);

/* A new object: the kept json with mediaType, digest, size and platform as they stand now. */
json_t *descriptor_to_json(const struct descriptor *descriptor);

/* ret becomes a copy of its own; what it held is not released. */
void descriptor_copy(const struct descriptor *from, struct descriptor *ret);

/* An annotation's value (borrowed), or NULL. */
const char *descriptor_annotation(const struct descriptor *descriptor, const char *key);

/* Change json's annotations, in a copy where a document shares it. */
void descriptor_set_annotation(struct descriptor *descriptor, const char *key, const char *value);
void descriptor_remove_annotation(struct descriptor *descriptor, const char *key);

#endif
