/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/document/artifact_document.h"

#include "workers/document/annotation.h"
#include "workers/document/title.h"

#include "base/alloc.h"
#include "oci/blob.h"
#include "oci/image_config.h"
#include "oci/media_type.h"
#include "oci/referrer.h"

#include <string.h>

#define EMPTY "{}"
#define EMPTY_BASE64 "e30="

void artifact_document_release(struct artifact_document *document)
{
	if (document)
		json_free(&document->json);
}

/* A descriptor of the empty blob, which has the content with it: new, or NULL. */
static json_t *put_empty_config(const struct layout *layout, struct error *err)
{
	autodescriptor struct descriptor config = DESCRIPTOR_INIT;
	json_t *json;

	if (blob_put(layout, MEDIA_TYPE_EMPTY, EMPTY, strlen(EMPTY), &config, err) < 0)
		return NULL;
	json = descriptor_to_json(&config);
	json_object_set_new(json, "data", json_string(EMPTY_BASE64));
	return json;
}

/* Of what index.json says nothing is kept. */
static json_t *subject_to_json(const struct descriptor *subject)
{
	const struct descriptor plain = { .media_type = subject->media_type,
					  .digest = subject->digest,
					  .size = subject->size };

	return descriptor_to_json(&plain);
}

int artifact_document_init(const struct layout *layout, const struct artifact_facts *facts,
			   struct artifact_document *ret, struct error *err)
{
	json_t *config = put_empty_config(layout, err);
	json_t *json = json_object();

	ret->json = json;
	if (!config)
		return -1;
	json_object_set_new(json, "schemaVersion", json_integer(2));
	json_object_set_new(json, "mediaType", json_string(MEDIA_TYPE_MANIFEST));
	json_object_set_new(json, "artifactType", json_string(facts->type));
	json_object_set_new(json, "config", config);
	json_object_set_new(json, "layers", json_array());
	if (facts->subject)
		json_object_set_new(json, "subject", subject_to_json(facts->subject));
	json_object_set_new(json, "annotations",
			    json_pack("{ss}", ANNOTATION_CREATED, facts->created));
	return 0;
}

int artifact_document_read(const struct layout *layout, const struct descriptor *descriptor,
			   struct artifact_document *ret, struct error *err)
{
	automanifest struct manifest manifest = MANIFEST_INIT;

	if (media_type_kind(descriptor->media_type) == MEDIA_INDEX)
		return error_set(err, ERROR_FAILED, "it is no artifact but an index");
	if (layout_read_manifest(layout, descriptor, &manifest, err) < 0)
		return -1;
	if (image_config_is_type(manifest.config.media_type) ||
	    media_type_is_docker(manifest.media_type))
		return error_set(err, ERROR_FAILED, "it is no artifact but an image");
	ret->json = steal(&manifest.json);
	if (!json_is_array(json_object_get(ret->json, "layers")))
		json_object_set_new(ret->json, "layers", json_array());
	return 0;
}

void artifact_document_add(struct artifact_document *document, const struct descriptor *file)
{
	json_array_append_new(json_object_get(document->json, "layers"), descriptor_to_json(file));
}

/* Is it what a reader of ours takes? */
static int check_text(const char *text, size_t len, struct error *err)
{
	automanifest struct manifest manifest = MANIFEST_INIT;

	if (manifest_parse(text, len, MEDIA_TYPE_MANIFEST, &manifest, err) < 0 ||
	    titles_check(&manifest, err) < 0)
		return error_recode(err, ERROR_FAILED);
	return 0;
}

/* The entry of index.json by which it is found from its subject. Nothing, when it has none. */
static int make_referrer(const struct artifact_document *document, const char *text,
			 const struct descriptor *descriptor, struct descriptor *ret,
			 struct error *err)
{
	const json_t *subject = json_object_get(document->json, "subject");
	const char *digest_text = json_text(json_object_get(subject, "digest"));
	autodescriptor struct descriptor found = DESCRIPTOR_INIT;
	autodocument struct document whole = DOCUMENT_INIT;
	struct digest digest;

	*ret = (struct descriptor)DESCRIPTOR_INIT;
	if (!digest_text || digest_parse(digest_text, &digest, NULL) < 0)
		return 0;
	whole.media_type = xstrdup(descriptor->media_type);
	whole.digest = descriptor->digest;
	str_append(&whole.bytes, text);
	if (referrer_describe(&whole, &digest, &found, err) < 0)
		return -1;
	referrer_make_entry(&found, &digest, ret);
	return 0;
}

int artifact_document_put(const struct artifact_document *document, const struct layout *layout,
			  struct descriptor *ret, struct descriptor *ret_referrer,
			  struct error *err)
{
	autofree char *text = json_format(document->json);
	autodescriptor struct descriptor descriptor = DESCRIPTOR_INIT;
	json_t *type = json_object_get(document->json, "artifactType");
	size_t len = strlen(text);

	if (check_text(text, len, err) < 0 ||
	    blob_put(layout, MEDIA_TYPE_MANIFEST, text, len, &descriptor, err) < 0 ||
	    make_referrer(document, text, &descriptor, ret_referrer, err) < 0)
		return -1;
	if (json_text(type)) {
		descriptor.json = json_object();
		json_object_set(descriptor.json, "artifactType", type);
	}
	*ret = descriptor;
	descriptor = (struct descriptor)DESCRIPTOR_INIT;
	return 0;
}
