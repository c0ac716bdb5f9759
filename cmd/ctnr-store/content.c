/* SPDX-License-Identifier: Apache-2.0 */
#include "content.h"

#include "base/alloc.h"
#include "store/bundle.h"
#include "system/fd.h"

#include <errno.h>
#include <string.h>

void content_init(struct content *content)
{
	*content = (struct content) { json_object(), json_object(), true };
}

void content_release(struct content *content)
{
	if (!content)
		return;
	json_free(&content->digests);
	json_free(&content->configs);
}

bool content_has(const struct content *content, const char *digest)
{
	return json_object_get(content->digests, digest) != NULL;
}

static void add_document(struct content *content, const struct layout *layout,
			 const struct digest *digest, int depth);

/* The digest of a layer or config, which reaches nothing else. */
static void add_leaf(json_t *set, const json_t *entry)
{
	const char *text = json_string_value(json_object_get(entry, "digest"));
	struct digest digest;

	if (text && digest_parse(text, &digest, NULL) == 0)
		json_object_set_new(set, text, json_true());
}

static void add_nested(struct content *content, const struct layout *layout, const json_t *entry,
		       int depth)
{
	const char *text = json_string_value(json_object_get(entry, "digest"));
	struct digest digest;

	if (text && digest_parse(text, &digest, NULL) == 0)
		add_document(content, layout, &digest, depth + 1);
}

static void add_document(struct content *content, const struct layout *layout,
			 const struct digest *digest, int depth)
{
	char path[LAYOUT_BLOB_PATH_MAX];
	autostr struct str text = STR_INIT;
	autojson json_t *document = NULL;
	struct error err = { 0 };
	const json_t *list;

	if (content_has(content, digest->text))
		return;
	json_object_set_new(content->digests, digest->text, json_true());
	if (depth > INDEX_NESTING_MAX || file_read_at(layout->dirfd, layout_blob_path(digest, path),
						      MANIFEST_MAX, &text, &err) < 0) {
		content->complete = content->complete && err.saved_errno == ENOENT;
		return;
	}
	document = json_parse(text.data, text.len, path, NULL);
	if (!document)
		content->complete = false;
	add_leaf(content->digests, json_object_get(document, "config"));
	add_leaf(content->configs, json_object_get(document, "config"));
	list = json_object_get(document, "layers");
	for (size_t i = 0; i < json_array_size(list); i++)
		add_leaf(content->digests, json_array_get(list, i));
	list = json_object_get(document, "manifests");
	for (size_t i = 0; i < json_array_size(list); i++)
		add_nested(content, layout, json_array_get(list, i), depth);
}

void content_add(struct content *content, const struct layout *layout,
		 const struct descriptor *descriptor)
{
	const char *source = descriptor_annotation(descriptor, ANNOTATION_SOURCE);
	struct digest digest;

	add_document(content, layout, &descriptor->digest, 0);
	if (source && digest_parse(source, &digest, NULL) == 0)
		add_document(content, layout, &digest, 0);
}

/* data is { layout, content }. */
static int add_bundle_image(const struct bundle *bundle, void *data, struct error *err)
{
	void *const *pair = data;
	const struct layout *layout = pair[0];

	(void)err;
	if (bundle->image.layout && strcmp(bundle->image.layout, layout->path) == 0)
		content_add(pair[1], layout, &bundle->image.descriptor);
	return 0;
}

int content_add_roots(struct content *content, const struct layout *layout,
		      const struct store *store, struct error *err)
{
	autoindex struct index index = INDEX_INIT;
	void *pair[] = { (void *)layout, content };

	if (layout_read_index(layout, &index, err) < 0)
		return -1;
	for (size_t i = 0; i < index.n_manifests; i++)
		content_add(content, layout, &index.manifests[i]);
	if (store->path && bundle_each(store, add_bundle_image, pair, err) < 0)
		return -1;
	if (!content->complete)
		return error_set(err, ERROR_FAILED,
				 "a manifest in '%s' cannot be read, so no blobs are deleted",
				 layout->path);
	return 0;
}
