/* SPDX-License-Identifier: Apache-2.0 */
#include "referrer_tag.h"

#include "base/alloc.h"
#include "format/hash.h"
#include "oci/media_type.h"
#include "oci/referrer.h"
#include "registry/referrers.h"
#include "registry/registry.h"
#include "registry/upload.h"

#include <string.h>

int referrer_tag_subject(const struct document *document, struct digest *ret, struct error *err)
{
	autojson json_t *json =
		json_parse(document->bytes.data, document->bytes.len, "manifest", err);
	const char *digest;

	if (!json)
		return -1;
	digest = json_text(json_object_get(json_object_get(json, "subject"), "digest"));
	if (!digest)
		return 0;
	return digest_parse(digest, ret, err) < 0 ? -1 : 1;
}

/* What stands under the tag: an index, or nothing of use. */
static int get_list(struct session *session, struct http *http, const char *tag, struct index *ret,
		    struct error *err)
{
	autodocument struct document document = DOCUMENT_INIT;
	struct error cause = { 0 };

	if (registry_get_manifest(session, http, tag, &document, &cause) < 0)
		return cause.code == ERROR_NOT_FOUND ? 0 : error_move(err, &cause);
	if (media_type_kind(document.media_type) != MEDIA_INDEX)
		return 0;
	return document_parse_index(&document, ret, err);
}

static bool has_entry(const struct index *index, const struct digest *digest)
{
	for (size_t i = 0; i < index->n_manifests; i++)
		if (digest_equal(&index->manifests[i].digest, digest))
			return true;
	return false;
}

/* The list with one more entry. */
static int make_list(const struct index *index, const struct descriptor *added,
		     struct document *ret, struct error *err)
{
	autojson json_t *json = index->json ? json_deep_copy(index->json) : json_object();
	autofree char *text = NULL;

	json_object_set_new(json, "schemaVersion", json_integer(2));
	json_object_set_new(json, "mediaType", json_string(MEDIA_TYPE_INDEX));
	if (!json_is_array(json_object_get(json, "manifests")))
		json_object_set_new(json, "manifests", json_array());
	json_array_append_new(json_object_get(json, "manifests"), descriptor_to_json(added));
	text = json_format(json);
	if (hash_buffer(DIGEST_SHA256, text, strlen(text), &ret->digest, err) < 0)
		return -1;
	ret->media_type = xstrdup(MEDIA_TYPE_INDEX);
	str_append(&ret->bytes, text);
	return 0;
}

int referrer_tag_add(struct session *session, struct http *http, const struct document *document,
		     const struct digest *subject, struct error *err)
{
	autofree char *tag = referrers_tag(subject);
	autoindex struct index index = INDEX_INIT;
	autodescriptor struct descriptor added = DESCRIPTOR_INIT;
	autodocument struct document list = DOCUMENT_INIT;

	if (referrer_describe(document, subject, &added, err) < 0 ||
	    get_list(session, http, tag, &index, err) < 0)
		return error_prefix(err, "tag '%s'", tag);
	if (has_entry(&index, &document->digest))
		return 0;
	if (make_list(&index, &added, &list, err) < 0 ||
	    upload_document(session, http, &list, tag, NULL, err) < 0)
		return error_prefix(err, "tag '%s'", tag);
	return 0;
}
