/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/referrer.h"

#include "base/alloc.h"
#include "oci/media_type.h"

#include <string.h>

static bool refers_to(const json_t *document, const struct digest *subject)
{
	const json_t *member = json_object_get(document, "subject");
	const char *digest = json_text(json_object_get(member, "digest"));

	return digest && strcmp(digest, subject->text) == 0;
}

/* What a document says of its artifact: its own member, else the type of its config (distribution-spec,
 * "Listing Referrers"); borrowed, or NULL. */
static json_t *artifact_type_of(const json_t *document)
{
	json_t *type = json_object_get(document, "artifactType");

	if (json_text(type) && *json_text(type))
		return type;
	return json_object_get(json_object_get(document, "config"), "mediaType");
}

static void describe_json(const struct document *document, const json_t *json,
			  struct descriptor *ret)
{
	json_t *type = artifact_type_of(json);
	json_t *annotations = json_object_get(json, "annotations");

	document_describe(document, ret);
	ret->json = json_object();
	if (json_is_string(type))
		json_object_set(ret->json, "artifactType", type);
	if (json_is_object(annotations))
		json_object_set_new(ret->json, "annotations", json_deep_copy(annotations));
}

int referrer_describe(const struct document *document, const struct digest *subject,
		      struct descriptor *ret, struct error *err)
{
	automanifest struct manifest manifest = MANIFEST_INIT;
	autoindex struct index index = INDEX_INIT;
	bool is_index = media_type_kind(document->media_type) == MEDIA_INDEX;
	const json_t *json;

	if ((is_index ? document_parse_index(document, &index, err)
		      : document_parse_manifest(document, &manifest, err)) < 0)
		return -1;
	json = is_index ? index.json : manifest.json;
	if (!refers_to(json, subject))
		return 0;
	describe_json(document, json, ret);
	return 1;
}

void referrer_make_entry(const struct descriptor *descriptor, const struct digest *subject,
			 struct descriptor *ret)
{
	json_t *type = json_object_get(descriptor->json, "artifactType");

	*ret = (struct descriptor) {
		.media_type = xstrdup(descriptor->media_type),
		.digest = descriptor->digest,
		.size = descriptor->size,
		.json = json_object(),
	};
	if (json_is_string(type))
		json_object_set(ret->json, "artifactType", type);
	descriptor_set_annotation(ret, ANNOTATION_SUBJECT, subject->text);
}

const char *referrer_subject(const struct descriptor *entry)
{
	return descriptor_annotation(entry, ANNOTATION_REF_NAME)
		       ? NULL
		       : descriptor_annotation(entry, ANNOTATION_SUBJECT);
}
