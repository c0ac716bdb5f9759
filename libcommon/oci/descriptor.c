/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/descriptor.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

#define MEDIA_TYPE_LENGTH_MAX 255 /* RFC 6838, 4.2: two names of 127 */

void descriptor_release(struct descriptor *descriptor)
{
	if (!descriptor)
		return;
	free(descriptor->media_type);
	json_free(&descriptor->json);
	*descriptor = (struct descriptor)DESCRIPTOR_INIT;
}

static int read_media_type(const struct jnode *node, char **ret, struct error *err)
{
	struct jnode member = jnode_member(node, "mediaType");
	const char *text = "";

	if (jnode_string_opt(&member, &text, err) < 0)
		return -1;
	if (*text && (strlen(text) > MEDIA_TYPE_LENGTH_MAX || !strchr(text, '/')))
		return jnode_error(&member, err, "not a media type");
	for (const char *c = text; *c; c++)
		if (*c <= ' ' || *c >= 0x7f)
			return jnode_error(&member, err, "not a media type");
	*ret = xstrdup(text);
	return 0;
}

static int read_digest(const struct jnode *node, struct digest *ret, struct error *err)
{
	struct jnode member = jnode_member(node, "digest");
	const char *text;

	if (jnode_string(&member, &text, err) < 0)
		return -1;
	if (digest_parse(text, ret, NULL) == 0)
		return 0;
	jnode_error(&member, err, "invalid digest '%s'", text);
	return error_recode(err, ERROR_VERIFY);
}

/* All but the platform. */
static int read_descriptor(const struct jnode *node, struct descriptor *ret, struct error *err)
{
	autodescriptor struct descriptor d = DESCRIPTOR_INIT;
	struct jnode size_node = jnode_member(node, "size");
	struct jnode annotations = jnode_member(node, "annotations");
	int64_t size = 0;

	if (!jnode_is_present(node))
		return jnode_error(node, err, "missing, expected a descriptor");
	if (jnode_object(node, err) < 0 || jnode_object(&annotations, err) < 0 ||
	    read_media_type(node, &d.media_type, err) < 0 ||
	    read_digest(node, &d.digest, err) < 0 ||
	    jnode_integer(&size_node, 0, INT64_MAX, &size, err) < 0)
		return -1;
	d.size = (uint64_t)size;
	/* Shared with the document: editing takes a copy first. */
	d.json = json_incref((json_t *)node->value);
	*ret = d;
	d = (struct descriptor)DESCRIPTOR_INIT;
	return 0;
}

int descriptor_from_json(const struct jnode *node, struct descriptor *ret, struct error *err)
{
	struct jnode platform = jnode_member(node, "platform");

	if (read_descriptor(node, ret, err) < 0)
		return -1;
	if (platform_from_json(&platform, &ret->platform, err) == 0)
		return 0;
	descriptor_release(ret);
	return -1;
}

/* Is the digest what image-spec's grammar has for algorithms that are not registered? */
static bool has_unknown_algorithm(const struct jnode *node)
{
	const char *text = json_text(json_object_get(node->value, "digest"));
	size_t len = text ? strcspn(text, ":") : 0;

	if (!text || !text[len] || digest_is_known_algorithm(text, len))
		return false;
	return len && strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789+._-") == len &&
	       text[len + 1] &&
	       strspn(text + len + 1, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789=_-") == strlen(text + len + 1);
}

int descriptor_from_index(const struct jnode *node, struct descriptor *ret, struct error *err)
{
	struct jnode platform = jnode_member(node, "platform");

	if (has_unknown_algorithm(node))
		return 1;
	if (read_descriptor(node, ret, err) < 0)
		return -1;
	/* One that nobody here has: the entry is not chosen, and hinders no other. */
	if (platform_from_json(&platform, &ret->platform, NULL) < 0)
		ret->platform = platform_unknown;
	return 0;
}

json_t *descriptor_to_json(const struct descriptor *descriptor)
{
	json_t *object = descriptor->json ? json_deep_copy(descriptor->json) : json_object();
	json_t *old_platform = json_object_get(object, "platform");
	autojson json_t *platform = platform_to_json(&descriptor->platform);

	json_object_set_new(object, "mediaType", json_string(descriptor->media_type));
	json_object_set_new(object, "digest", json_string(descriptor->digest.text));
	json_object_set_new(object, "size", json_integer((json_int_t)descriptor->size));
	/* The platform may be unknown because it could not be read. */
	if (old_platform && strcmp(descriptor->platform.os, platform_unknown.os) == 0)
		return object;
	if (platform && json_is_object(old_platform))
		json_object_update(old_platform, platform);
	else if (platform)
		json_object_set(object, "platform", platform);
	return object;
}

void descriptor_copy(const struct descriptor *from, struct descriptor *ret)
{
	*ret = *from;
	ret->media_type = from->media_type ? xstrdup(from->media_type) : NULL;
	ret->json = json_incref(from->json);
}

const char *descriptor_annotation(const struct descriptor *descriptor, const char *key)
{
	return json_text(json_object_get(json_object_get(descriptor->json, "annotations"), key));
}

/* The annotations of this descriptor alone, ready to be changed. Borrowed. */
static json_t *own_annotations(struct descriptor *descriptor)
{
	json_t *object = descriptor->json ? json_copy(descriptor->json) : json_object();
	json_t *annotations = json_object_get(object, "annotations");

	annotations = json_is_object(annotations) ? json_copy(annotations) : json_object();
	json_object_set_new(object, "annotations", annotations);
	json_decref(descriptor->json);
	descriptor->json = object;
	return annotations;
}

void descriptor_set_annotation(struct descriptor *descriptor, const char *key, const char *value)
{
	json_object_set_new(own_annotations(descriptor), key, json_string(value));
}

void descriptor_remove_annotation(struct descriptor *descriptor, const char *key)
{
	json_t *annotations;

	if (!descriptor_annotation(descriptor, key))
		return;
	annotations = own_annotations(descriptor);
	json_object_del(annotations, key);
	if (json_object_size(annotations) == 0)
		json_object_del(descriptor->json, "annotations");
}
