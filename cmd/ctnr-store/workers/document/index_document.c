/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/document/index_document.h"

#include "workers/document/annotation.h"

#include "base/alloc.h"
#include "base/message.h"
#include "oci/blob.h"
#include "oci/media_type.h"

#include <stdlib.h>
#include <string.h>

void index_document_release(struct index_document *document)
{
	if (!document)
		return;
	free(document->media_type);
	json_free(&document->json);
	json_free(&document->positions);
}

void index_document_init(struct index_document *ret)
{
	ret->media_type = xstrdup(MEDIA_TYPE_INDEX);
	ret->json = json_object();
	json_object_set_new(ret->json, "schemaVersion", json_integer(2));
	json_object_set_new(ret->json, "mediaType", json_string(MEDIA_TYPE_INDEX));
	json_object_set_new(ret->json, "manifests", json_array());
}

int index_document_read(const struct layout *layout, const struct descriptor *descriptor,
			struct index_document *ret, struct error *err)
{
	autoindex struct index index = INDEX_INIT;

	if (media_type_kind(descriptor->media_type) != MEDIA_INDEX)
		return error_set(err, ERROR_FAILED, "%s is no index but '%s'",
				 descriptor->digest.text, descriptor->media_type);
	if (layout_read_nested_index(layout, descriptor, &index, err) < 0)
		return -1;
	ret->media_type = steal(&index.media_type);
	ret->json = steal(&index.json);
	/* Go's programs write null for no entries. */
	if (!json_is_array(json_object_get(ret->json, "manifests")))
		json_object_set_new(ret->json, "manifests", json_array());
	return 0;
}

static json_t *entries_of(const struct index_document *document)
{
	return json_object_get(document->json, "manifests");
}

/* The entry that stands at a position; ret is new. One of an unknown algorithm is none that is looked for: false. */
static bool read_entry(const struct index_document *document, size_t position,
		       struct descriptor *ret)
{
	struct jnode entries = jnode_root(entries_of(document), "manifests");
	struct jnode node = jnode_element(&entries, position);

	return descriptor_from_index(&node, ret, NULL) == 0;
}

static int check_types(const struct index_document *document, const struct descriptor *entry,
		       struct error *err)
{
	bool is_docker = media_type_is_docker(entry->media_type);

	if (is_docker == media_type_is_docker(document->media_type))
		return 0;
	if (!is_docker)
		return error_set(err, ERROR_FAILED,
				 "%s has an OCI type, and the index is a manifest list of Docker",
				 entry->digest.text);
	error_set(err, ERROR_FAILED, "%s has a type of Docker, '%s', and the index is OCI's",
		  entry->digest.text, entry->media_type);
	return error_hint(err, "'ctnr pull' without --format keep makes an OCI image of it");
}

/* Give the entry there what the new one states beside its digest. */
static void merge_entry(json_t *there, const struct descriptor *entry)
{
	autojson json_t *stated = descriptor_to_json(entry);
	json_t *platform = json_object_get(stated, "platform");
	json_t *old = json_object_get(there, "platform");

	annotations_set(there, json_object_get(stated, "annotations"));
	if (json_is_object(platform) && json_is_object(old))
		json_object_update(old, platform);
}

static void warn_same_platform(const struct index_document *document, size_t position,
			       const struct descriptor *entry)
{
	autodescriptor struct descriptor there = DESCRIPTOR_INIT;
	char text[PLATFORM_TEXT_MAX];

	if (read_entry(document, position, &there))
		message_warning("%s is for %s too: of these two images the first one, %s, is taken",
				entry->digest.text, platform_format(&entry->platform, text),
				there.digest.text);
}

/* The platform of an entry that is an image, as a key: new; NULL when it states none. */
static char *platform_key(const struct descriptor *entry)
{
	const struct platform *platform = &entry->platform;

	if (!platform->os[0] || index_entry_is_no_image(entry))
		return NULL;
	return xasprintf("%s/%s/%s/%s", platform->os, platform->architecture, platform->variant,
			 platform->os_version);
}

/* The same with the digest, of any entry. */
static char *entry_key(const struct descriptor *entry)
{
	autofree char *platform = platform_key(entry);

	return xasprintf("%s %s", entry->digest.text, platform ? platform : "");
}

/* Note where an entry stands, unless one of the same key stands before it. */
static void note_entry(struct index_document *document, const struct descriptor *entry,
		       size_t position)
{
	autofree char *key = entry_key(entry);
	autofree char *platform = platform_key(entry);
	const char *const keys[] = { key, platform };

	for (size_t i = 0; i < array_size(keys); i++)
		if (keys[i] && !json_object_get(document->positions, keys[i]))
			json_object_set_new(document->positions, keys[i],
					    json_integer((json_int_t)position));
}

/* Several are added, and each looks for those before it. */
static void note_entries(struct index_document *document)
{
	if (document->positions)
		return;
	document->positions = json_object();
	for (size_t i = 0; i < json_array_size(entries_of(document)); i++) {
		autodescriptor struct descriptor there = DESCRIPTOR_INIT;

		if (read_entry(document, i, &there))
			note_entry(document, &there, i);
	}
}

/* Where the entry of that key stands; false when there is none. */
static bool find_position(const struct index_document *document, const char *key,
			  size_t *ret_position)
{
	const json_t *position = key ? json_object_get(document->positions, key) : NULL;

	if (!position)
		return false;
	*ret_position = (size_t)json_integer_value(position);
	return true;
}

int index_document_add(struct index_document *document, const struct descriptor *entry,
		       struct error *err)
{
	autofree char *key = entry_key(entry);
	autofree char *platform = platform_key(entry);
	json_t *entries = entries_of(document);
	size_t position;

	if (check_types(document, entry, err) < 0)
		return -1;
	note_entries(document);
	if (find_position(document, key, &position)) {
		merge_entry(json_array_get(entries, position), entry);
		return 0;
	}
	if (find_position(document, platform, &position))
		warn_same_platform(document, position, entry);
	note_entry(document, entry, json_array_size(entries));
	json_array_append_new(entries, descriptor_to_json(entry));
	return 0;
}

int index_document_find(const struct index_document *document, const struct digest *digest,
			struct descriptor *ret, size_t *ret_position, struct error *err)
{
	autodescriptor struct descriptor found = DESCRIPTOR_INIT;
	size_t n = 0;

	for (size_t i = 0; i < json_array_size(entries_of(document)); i++) {
		autodescriptor struct descriptor there = DESCRIPTOR_INIT;

		if (!read_entry(document, i, &there) || !digest_equal(&there.digest, digest))
			continue;
		if (n++)
			continue;
		found = there;
		there = (struct descriptor)DESCRIPTOR_INIT;
		*ret_position = i;
	}
	if (n == 0)
		return error_set(err, ERROR_NOT_FOUND, "the index has no %s", digest->text);
	if (n > 1) {
		error_set(err, ERROR_FAILED, "the index has %s %zu times", digest->text, n);
		return error_hint(err, "remove it, and add it again");
	}
	*ret = found;
	found = (struct descriptor)DESCRIPTOR_INIT;
	return 0;
}

void index_document_replace(struct index_document *document, size_t position,
			    const struct descriptor *entry)
{
	json_free(&document->positions);
	json_array_set_new(entries_of(document), position, descriptor_to_json(entry));
}

size_t index_document_remove(struct index_document *document, const struct digest *digest)
{
	json_t *entries = entries_of(document);
	size_t n = 0;

	json_free(&document->positions);
	for (size_t i = json_array_size(entries); i-- > 0;) {
		autodescriptor struct descriptor there = DESCRIPTOR_INIT;

		if (!read_entry(document, i, &there) || !digest_equal(&there.digest, digest))
			continue;
		json_array_remove(entries, i);
		n++;
	}
	return n;
}

int index_document_put(const struct index_document *document, const struct layout *layout,
		       struct descriptor *ret, struct error *err)
{
	autofree char *text = json_format(document->json);
	autoindex struct index index = INDEX_INIT;
	size_t len = strlen(text);

	if (len > MANIFEST_MAX)
		return error_set(err, ERROR_FAILED, "the index would have more than %u bytes",
				 MANIFEST_MAX);
	if (index_parse(text, len, document->media_type, &index, err) < 0)
		return -1;
	return blob_put(layout, document->media_type, text, len, ret, err);
}
