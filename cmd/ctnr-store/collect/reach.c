/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/reach.h"

#include "collect/links.h"

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

static void add_document(struct reach *reach, const struct digest *digest, int depth);

/* A layer or config, which reaches nothing else; also into a set of its kind. */
static void add_leaf(struct reach *reach, const char *text, json_t *set, int depth)
{
	struct digest digest;

	if (digest_parse(text, &digest, NULL) < 0)
		return;
	json_object_set_new(reach->digests, text, json_true());
	json_object_set_new(set, text, json_true());
	if (reach->follows_leaves)
		add_document(reach, &digest, depth + 1);
}

static void add_nested(struct reach *reach, const char *text, int depth)
{
	struct digest digest;

	if (digest_parse(text, &digest, NULL) == 0)
		add_document(reach, &digest, depth + 1);
}

static void add_children(struct reach *reach, const struct links *links, int depth)
{
	for (size_t i = 0; i < links->configs.len; i++)
		add_leaf(reach, links->configs.items[i], reach->configs, depth);
	for (size_t i = 0; i < links->layers.len; i++)
		add_leaf(reach, links->layers.items[i], reach->digests, depth);
	for (size_t i = 0; i < links->manifests.len; i++)
		add_nested(reach, links->manifests.items[i], depth);
}

static void add_document(struct reach *reach, const struct digest *digest, int depth)
{
	autostr struct str text = STR_INIT;
	autolinks struct links links = LINKS_INIT;

	if (json_object_get(reach->visited, digest->text))
		return;
	json_object_set_new(reach->visited, digest->text, json_true());
	json_object_set_new(reach->digests, digest->text, json_true());
	if (depth > INDEX_NESTING_MAX || !read_document_text(reach->layout, digest, &text))
		return;
	links_read(&text, &links);
	if (!links.of_document)
		return;
	add_children(reach, &links, depth);
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
