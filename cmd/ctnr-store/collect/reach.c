/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/reach.h"

#include "base/str.h"
#include "system/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

void reach_init(struct reach *reach, const struct layout *layout)
{
	*reach = (struct reach) {
		.layout = layout,
		.digests = json_object(),
		.configs = json_object(),
		.documents = json_array(),
		.visited = json_object(),
	};
}

void reach_release(struct reach *reach)
{
	if (!reach)
		return;
	json_free(&reach->digests);
	json_free(&reach->configs);
	json_free(&reach->documents);
	json_free(&reach->visited);
}

bool reach_has(const struct reach *reach, const char *digest)
{
	return json_object_get(reach->digests, digest) != NULL;
}

/* Read a blob that may be a document. The first byte tells that a layer is none, which is not read then. */
static bool read_document_text(const struct layout *layout, const struct digest *digest,
			       struct str *ret)
{
	char path[LAYOUT_BLOB_PATH_MAX];
	const int flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
	autoclose int fd = openat(layout->dirfd, layout_blob_path(digest, path), flags);
	char first;

	if (fd < 0 && errno == ENOENT)
		fd = openat(layout->dirfd, layout_aside_path(digest, path), flags);
	if (fd < 0 || pread(fd, &first, 1, 0) != 1 || !strchr("{ \t\r\n", first))
		return false;
	return fd_read_rest(fd, MANIFEST_MAX, ret, NULL) == 0;
}

static json_t *read_document(const struct layout *layout, const struct digest *digest)
{
	autostr struct str text = STR_INIT;

	if (!read_document_text(layout, digest, &text))
		return NULL;
	return json_parse(text.data, text.len, digest->text, NULL);
}

static void add_document(struct reach *reach, const struct digest *digest, int depth);

static bool entry_digest(const json_t *entry, struct digest *ret)
{
	const char *text = json_string_value(json_object_get(entry, "digest"));

	return text && digest_parse(text, ret, NULL) == 0;
}

/* The digest of a layer or config, which reaches nothing else; also into a set of its kind. */
static void add_leaf(struct reach *reach, const json_t *entry, json_t *set, int depth)
{
	struct digest digest;

	if (!entry_digest(entry, &digest))
		return;
	json_object_set_new(reach->digests, digest.text, json_true());
	json_object_set_new(set, digest.text, json_true());
	if (reach->follows_leaves)
		add_document(reach, &digest, depth + 1);
}

static void add_nested(struct reach *reach, const json_t *entry, int depth)
{
	struct digest digest;

	if (entry_digest(entry, &digest))
		add_document(reach, &digest, depth + 1);
}

static void add_children(struct reach *reach, const json_t *document, int depth)
{
	const json_t *layers = json_object_get(document, "layers");
	const json_t *manifests = json_object_get(document, "manifests");

	add_leaf(reach, json_object_get(document, "config"), reach->configs, depth);
	for (size_t i = 0; i < json_array_size(layers); i++)
		add_leaf(reach, json_array_get(layers, i), reach->digests, depth);
	for (size_t i = 0; i < json_array_size(manifests); i++)
		add_nested(reach, json_array_get(manifests, i), depth);
}

/* An image config has a member "config" too, which is no descriptor. */
static bool is_document(const json_t *document)
{
	return json_object_get(document, "layers") || json_object_get(document, "manifests") ||
	       json_object_get(json_object_get(document, "config"), "digest");
}

static void add_document(struct reach *reach, const struct digest *digest, int depth)
{
	autojson json_t *document = NULL;

	if (json_object_get(reach->visited, digest->text))
		return;
	json_object_set_new(reach->visited, digest->text, json_true());
	json_object_set_new(reach->digests, digest->text, json_true());
	if (depth > INDEX_NESTING_MAX)
		return;
	document = read_document(reach->layout, digest);
	if (!is_document(document))
		return;
	add_children(reach, document, depth);
	json_array_append_new(reach->documents, json_string(digest->text));
}

void reach_add_digest(struct reach *reach, const struct digest *digest)
{
	add_document(reach, digest, 0);
}

void reach_add(struct reach *reach, const struct descriptor *descriptor)
{
	const char *source = descriptor_annotation(descriptor, ANNOTATION_SOURCE);
	struct digest digest;

	add_document(reach, &descriptor->digest, 0);
	if (source && digest_parse(source, &digest, NULL) == 0)
		add_document(reach, &digest, 0);
}
