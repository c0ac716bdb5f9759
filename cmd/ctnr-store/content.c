/* SPDX-License-Identifier: Apache-2.0 */
#include "content.h"

#include "base/alloc.h"
#include "oci/media_type.h"
#include "system/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

void content_init(struct content *content)
{
	*content = (struct content) { json_object(), true };
}

void content_release(struct content *content)
{
	json_free(&content->digests);
}

bool content_has(const struct content *content, const char *digest)
{
	return json_object_get(content->digests, digest) != NULL;
}

static void add_document(struct content *content, const struct layout *layout,
			 const struct digest *digest, int depth);

/* A descriptor within a document. Layers and configs are not looked into. */
static void add_entry(struct content *content, const struct layout *layout, const json_t *entry,
		      bool is_document, int depth)
{
	const char *text = json_string_value(json_object_get(entry, "digest"));
	struct digest digest;

	if (!text || digest_parse(text, &digest, NULL) < 0)
		return;
	if (is_document)
		add_document(content, layout, &digest, depth + 1);
	else
		json_object_set_new(content->digests, text, json_true());
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
	if (depth > LAYOUT_NESTING_MAX ||
	    file_read_at(layout->dirfd, layout_blob_path(digest, path), MANIFEST_MAX, &text, &err) <
		    0) {
		content->complete = content->complete && err.saved_errno == ENOENT;
		return;
	}
	document = json_parse(text.data, text.len, path, NULL);
	if (!document)
		content->complete = false;
	add_entry(content, layout, json_object_get(document, "config"), false, depth);
	list = json_object_get(document, "layers");
	for (size_t i = 0; i < json_array_size(list); i++)
		add_entry(content, layout, json_array_get(list, i), false, depth);
	list = json_object_get(document, "manifests");
	for (size_t i = 0; i < json_array_size(list); i++)
		add_entry(content, layout, json_array_get(list, i), true, depth);
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

uint64_t content_size(const struct content *content, const struct layout *layout)
{
	uint64_t size = 0;
	const char *text;
	json_t *value;

	json_object_foreach (content->digests, text, value) {
		char path[LAYOUT_BLOB_PATH_MAX];
		struct digest digest;
		struct stat st;

		if (digest_parse(text, &digest, NULL) == 0 &&
		    fstatat(layout->dirfd, layout_blob_path(&digest, path), &st,
			    AT_SYMLINK_NOFOLLOW) == 0 &&
		    S_ISREG(st.st_mode))
			size += (uint64_t)st.st_size;
	}
	return size;
}
