/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/links.h"

#include "format/json.h"
#include "format/json_plain.h"

void links_release(struct links *links)
{
	if (!links)
		return;
	strlist_release(&links->configs);
	strlist_release(&links->layers);
	strlist_release(&links->manifests);
}

static bool find_digest(struct json_plain *at, const struct json_slice *key, void *data)
{
	return json_slice_is(key, "digest") ? json_plain_string(at, data) : json_plain_skip(at);
}

static bool add_plain_descriptor(struct json_plain *at, void *data)
{
	struct json_slice digest = { NULL, 0 };

	if (!json_plain_object(at, find_digest, &digest))
		return false;
	if (digest.text)
		strlist_take(data, json_slice_copy(&digest));
	return true;
}

static bool read_plain_member(struct json_plain *at, const struct json_slice *key, void *data)
{
	struct links *links = data;

	if (json_slice_is(key, "config"))
		return add_plain_descriptor(at, &links->configs);
	if (!json_slice_is(key, "layers") && !json_slice_is(key, "manifests"))
		return json_plain_skip(at);
	links->of_document = true;
	return json_plain_array(at, add_plain_descriptor,
				json_slice_is(key, "layers") ? &links->layers : &links->manifests);
}

static void add_descriptor(struct strlist *list, const json_t *descriptor)
{
	const char *digest = json_string_value(json_object_get(descriptor, "digest"));

	if (digest)
		strlist_append(list, digest);
}

static void add_descriptors(struct links *links, struct strlist *list, const json_t *descriptors)
{
	links->of_document = links->of_document || descriptors;
	for (size_t i = 0; i < json_array_size(descriptors); i++)
		add_descriptor(list, json_array_get(descriptors, i));
}

/* Of any JSON. */
static void read_tree(const struct str *text, struct links *ret)
{
	autojson json_t *document = json_parse(text->data, text->len, "document", NULL);

	add_descriptor(&ret->configs, json_object_get(document, "config"));
	add_descriptors(ret, &ret->layers, json_object_get(document, "layers"));
	add_descriptors(ret, &ret->manifests, json_object_get(document, "manifests"));
}

void links_read(const struct str *text, struct links *ret)
{
	autolinks struct links links = LINKS_INIT;

	*ret = (struct links)LINKS_INIT;
	if (json_plain_document(text->data, text->len, read_plain_member, &links)) {
		*ret = links;
		links = (struct links)LINKS_INIT;
	} else {
		read_tree(text, ret);
	}
	ret->of_document = ret->of_document || ret->configs.len > 0;
}
