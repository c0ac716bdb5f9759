/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/index_list.h"

#include "base/alloc.h"
#include "oci/media_type.h"
#include "oci/referrer.h"
#include "system/fd.h"

#include <stdlib.h>
#include <string.h>

/* An entry: what the list is sorted by, and where the rest stands. */
struct index_list_item {
	struct json_slice name;
	struct json_slice digest;
	struct json_slice text; /* of a plain one */
	const struct descriptor *descriptor; /* of another one, in the index */
};

void index_list_release(struct index_list *list)
{
	if (!list)
		return;
	str_release(&list->text);
	index_release(&list->index);
	free(list->items);
	*list = (struct index_list)INDEX_LIST_INIT;
}

void index_entry_release(struct index_entry *entry)
{
	if (!entry)
		return;
	descriptor_release(&entry->descriptor);
	free(entry->name);
	free(entry->source);
	*entry = (struct index_entry)INDEX_ENTRY_INIT;
}

/* What a plain entry says, all of it borrowed. */
struct plain_entry {
	struct json_slice media_type;
	struct json_slice digest;
	struct json_slice name;
	struct json_slice source;
	bool has_subject;
	struct json_slice name_member;
	struct json_slice annotations_member;
	size_t n_annotations;
	bool has_size;
	uint64_t size;
	bool has_platform;
	struct platform platform;
};

/* From the quote of its key to where reading stands. */
static struct json_slice member_slice(const struct json_slice *key, const struct json_plain *at)
{
	return (struct json_slice) { key->text - 1, (size_t)(at->text - (key->text - 1)) };
}

static bool read_annotation(struct json_plain *at, const struct json_slice *key, void *data)
{
	struct plain_entry *entry = data;
	struct json_slice value;

	if (!json_plain_string(at, &value))
		return false;
	entry->n_annotations++;
	if (json_slice_is(key, ANNOTATION_REF_NAME)) {
		entry->name = value;
		entry->name_member = member_slice(key, at);
	} else if (json_slice_is(key, ANNOTATION_SOURCE)) {
		entry->source = value;
	} else if (json_slice_is(key, ANNOTATION_SUBJECT)) {
		entry->has_subject = true;
	}
	return true;
}

static bool read_platform_field(struct json_plain *at, const struct json_slice *key, void *data)
{
	struct platform *platform = data;
	const struct {
		const char *key;
		char *field;
		size_t size;
	} fields[] = {
		{ "os", platform->os, sizeof(platform->os) },
		{ "architecture", platform->architecture, sizeof(platform->architecture) },
		{ "variant", platform->variant, sizeof(platform->variant) },
		{ "os.version", platform->os_version, sizeof(platform->os_version) },
	};

	for (size_t i = 0; i < array_size(fields); i++) {
		struct json_slice value;

		if (!json_slice_is(key, fields[i].key))
			continue;
		if (!json_plain_string(at, &value) || value.len == 0 || value.len >= fields[i].size)
			return false;
		memcpy(fields[i].field, value.text, value.len);
		return true;
	}
	return json_plain_skip(at);
}

static bool read_member(struct json_plain *at, const struct json_slice *key, void *data)
{
	struct plain_entry *entry = data;

	if (json_slice_is(key, "mediaType"))
		return json_plain_string(at, &entry->media_type);
	if (json_slice_is(key, "digest"))
		return json_plain_string(at, &entry->digest);
	if (json_slice_is(key, "size")) {
		entry->has_size = true;
		return json_plain_number(at, &entry->size);
	}
	if (json_slice_is(key, "platform")) {
		entry->has_platform = true;
		return json_plain_object(at, read_platform_field, &entry->platform) &&
		       entry->platform.os[0] && entry->platform.architecture[0];
	}
	if (json_slice_is(key, "annotations")) {
		if (!json_plain_object(at, read_annotation, entry))
			return false;
		entry->annotations_member = member_slice(key, at);
		return true;
	}
	return json_plain_skip(at);
}

static bool slice_to_digest(const struct json_slice *slice, struct digest *ret)
{
	char text[DIGEST_TEXT_MAX] = "";

	if (!slice->text || slice->len >= sizeof(text))
		return false;
	memcpy(text, slice->text, slice->len);
	return digest_parse(text, ret, NULL) == 0;
}

/* Read an entry that is plain, and of a type that is known: what a descriptor must be is then sure. */
static bool read_plain_entry(struct json_plain *at, struct plain_entry *ret)
{
	autofree char *media_type = NULL;
	struct digest digest;

	*ret = (struct plain_entry) { .has_size = false };
	if (!json_plain_object(at, read_member, ret) || !ret->has_size || !ret->media_type.text ||
	    !slice_to_digest(&ret->digest, &digest))
		return false;
	media_type = json_slice_copy(&ret->media_type);
	return media_type_kind(media_type) != MEDIA_UNKNOWN;
}

static struct index_list_item *add_item(struct index_list *list)
{
	size_t n = list->n_entries;

	list->items = xgrow(list->items, n, sizeof(*list->items));
	list->n_entries++;
	list->items[n] = (struct index_list_item) { .descriptor = NULL };
	return &list->items[n];
}

static bool add_plain_entry(struct json_plain *at, void *data)
{
	struct index_list *list = data;
	struct json_slice text = { at->text, 0 };
	struct plain_entry entry;
	struct index_list_item *item;

	if (list->n_entries == INDEX_MANIFESTS_MAX || !read_plain_entry(at, &entry))
		return false;
	text.len = (size_t)(at->text - text.text);
	item = add_item(list);
	item->name = entry.name;
	item->digest = entry.digest;
	item->text = text;
	return true;
}

static bool read_index_member(struct json_plain *at, const struct json_slice *key, void *data)
{
	struct json_slice media_type;
	uint64_t version;

	if (json_slice_is(key, "schemaVersion"))
		return json_plain_number(at, &version) && version == 2;
	if (json_slice_is(key, "mediaType"))
		return json_plain_string(at, &media_type) &&
		       json_slice_is(&media_type, MEDIA_TYPE_INDEX);
	if (json_slice_is(key, "manifests"))
		return json_plain_array(at, add_plain_entry, data);
	return false;
}

static struct json_slice slice_of(const char *text)
{
	return (struct json_slice) { text, text ? strlen(text) : 0 };
}

static int read_any_index(const struct layout *layout, struct index_list *list, struct error *err)
{
	free(list->items);
	str_release(&list->text);
	*list = (struct index_list)INDEX_LIST_INIT;
	if (layout_read_index(layout, &list->index, err) < 0)
		return -1;
	for (size_t i = 0; i < list->index.n_manifests; i++) {
		const struct descriptor *entry = &list->index.manifests[i];
		struct index_list_item *item = add_item(list);

		item->name = slice_of(descriptor_annotation(entry, ANNOTATION_REF_NAME));
		item->digest = slice_of(entry->digest.text);
		item->descriptor = entry;
	}
	return 0;
}

static int compare_slices(const struct json_slice *a, const struct json_slice *b)
{
	int order = memcmp(a->text, b->text, a->len < b->len ? a->len : b->len);

	return order ? order : (a->len > b->len) - (a->len < b->len);
}

static int compare_items(const void *a, const void *b)
{
	static const struct json_slice last = { "~", 1 };
	const struct index_list_item *left = a;
	const struct index_list_item *right = b;
	int order = compare_slices(left->name.text ? &left->name : &last,
				   right->name.text ? &right->name : &last);

	return order ? order : compare_slices(&left->digest, &right->digest);
}

int index_list_read(const struct layout *layout, struct index_list *ret, struct error *err)
{
	autoindexlist struct index_list list = INDEX_LIST_INIT;

	/* What cannot be read at all is told by layout_read_index(), which also reads what is not plain, or
	 * plain only at the beginning. */
	if ((layout_read_index_text(layout, &list.text, NULL) < 0 ||
	     !json_plain_document(list.text.data, list.text.len, read_index_member, &list)) &&
	    read_any_index(layout, &list, err) < 0)
		return -1;
	if (list.n_entries)
		qsort(list.items, list.n_entries, sizeof(*list.items), compare_items);
	*ret = list;
	list = (struct index_list)INDEX_LIST_INIT;
	return 0;
}

static void get_plain_entry(const struct json_slice *text, struct index_entry *ret)
{
	struct json_plain at = { text->text, text->text + text->len };
	struct plain_entry entry;

	read_plain_entry(&at, &entry);
	*ret = (struct index_entry) {
		.descriptor = { .media_type = json_slice_copy(&entry.media_type),
				.size = entry.size,
				.platform = entry.platform },
		.name = json_slice_copy(&entry.name),
		.source = json_slice_copy(&entry.source),
		.is_referrer = entry.has_subject && !entry.name.text,
		.text = *text,
		.name_member = entry.name_member,
		.annotations_member = entry.annotations_member,
		.has_more_annotations = entry.n_annotations > 1,
		.states_platform = entry.has_platform,
	};
	slice_to_digest(&entry.digest, &ret->descriptor.digest);
}

void index_list_get(const struct index_list *list, size_t i, struct index_entry *ret)
{
	const struct descriptor *descriptor = list->items[i].descriptor;
	const char *source;

	if (!descriptor) {
		get_plain_entry(&list->items[i].text, ret);
		return;
	}
	source = descriptor_annotation(descriptor, ANNOTATION_SOURCE);
	*ret = (struct index_entry) { .name = json_slice_copy(&list->items[i].name),
				      .source = source ? xstrdup(source) : NULL,
				      .is_referrer = referrer_subject(descriptor) != NULL };
	descriptor_copy(descriptor, &ret->descriptor);
}

/* Append all of text but the member cut, with the comma that goes with it: the one behind it, else the
 * one before it. */
static void append_without(const struct json_slice *text, const struct json_slice *cut,
			   struct str *out)
{
	const char *from = cut->text;
	const char *to = cut->text + cut->len;

	if (*to == ',')
		to++;
	else if (from[-1] == ',')
		from--;
	str_append_bytes(out, text->text, (size_t)(from - text->text));
	str_append_bytes(out, to, (size_t)(text->text + text->len - to));
}

/* Text is not ASCII, or jansson writes it otherwise. */
static void append_from_tree(const struct descriptor *entry, struct str *out)
{
	autodescriptor struct descriptor descriptor = DESCRIPTOR_INIT;
	autojson json_t *json = NULL;
	autofree char *text = NULL;

	descriptor_copy(entry, &descriptor);
	descriptor_remove_annotation(&descriptor, ANNOTATION_REF_NAME);
	json = descriptor_to_json(&descriptor);
	text = json_format(json);
	str_append(out, text);
}

static void append_platform(const struct platform *platform, struct str *out)
{
	autojson json_t *object = platform_to_json(platform);
	autofree char *text = object ? json_format(object) : NULL;

	if (text)
		str_appendf(out, ",\"platform\":%s", text);
}

void index_entry_append_json(const struct index_entry *entry, struct str *out)
{
	struct json_slice body = { entry->text.text, entry->text.len - 1 };

	if (entry->descriptor.json) {
		append_from_tree(&entry->descriptor, out);
		return;
	}
	if (!entry->name)
		str_append_bytes(out, body.text, body.len);
	else if (entry->has_more_annotations)
		append_without(&body, &entry->name_member, out);
	else
		append_without(&body, &entry->annotations_member, out);
	if (!entry->states_platform)
		append_platform(&entry->descriptor.platform, out);
	str_append_char(out, '}');
}
