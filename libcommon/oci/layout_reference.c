/* SPDX-License-Identifier: Apache-2.0 */
/* References: the entries of a layout's index.json and the names that they carry. */
#include "oci/layout.h"

#include "base/alloc.h"
#include "system/fd.h"
#include "system/lock.h"

#include <errno.h>
#include <string.h>

#define INDEX_FILE "index.json"
#define LOCK_FILE ".lock"
#define NAMES_SHOWN 12 /* in a message that lists references */

/* "there is a:1, b:2": the names, for a message. */
static void append_names(struct str *out, const struct index *index)
{
	size_t shown = 0;

	for (size_t i = 0; i < index->n_manifests; i++) {
		const char *name = descriptor_annotation(&index->manifests[i], ANNOTATION_REF_NAME);

		if (!name)
			continue;
		if (shown == NAMES_SHOWN) {
			str_append(out, ", ...");
			return;
		}
		str_appendf(out, "%s%s", shown++ ? ", " : "", name);
	}
}

static bool has_name(const struct descriptor *descriptor, const char *ref)
{
	const char *name = descriptor_annotation(descriptor, ANNOTATION_REF_NAME);

	return ref ? name && strcmp(name, ref) == 0 : !name;
}

/* Make index hold the entries that ref names, alone and in their order. ref NULL: all entries when
 * they have one name between them or none. */
static int keep_named(struct index *index, const char *ref, const char *where, struct error *err)
{
	size_t kept = 0;
	const char *only = NULL;
	bool all = !ref;

	if (!ref && index->n_manifests > 0)
		only = descriptor_annotation(&index->manifests[0], ANNOTATION_REF_NAME);
	for (size_t i = 0; all && i < index->n_manifests; i++) {
		if (!has_name(&index->manifests[i], only)) {
			autostr struct str names = STR_INIT;

			append_names(&names, index);
			error_set(err, ERROR_FAILED, "'%s' has several images: %s", where,
				  names.data);
			return error_hint(err, "name one of them");
		}
	}
	for (size_t i = 0; i < index->n_manifests; i++) {
		if (all || has_name(&index->manifests[i], ref))
			index->manifests[kept++] = index->manifests[i];
		else
			descriptor_release(&index->manifests[i]);
	}
	index->n_manifests = kept;
	if (kept > 0)
		return 0;
	if (ref)
		return error_set(err, ERROR_NOT_FOUND, "'%s' has no image '%s'", where, ref);
	return error_set(err, ERROR_NOT_FOUND, "'%s' has no images", where);
}

static bool all_equal(const struct index *index)
{
	for (size_t i = 1; i < index->n_manifests; i++)
		if (!digest_equal(&index->manifests[i].digest, &index->manifests[0].digest))
			return false;
	return true;
}

/* Of several entries: by platform, and among equals the last, which was written last. */
static const struct descriptor *choose(struct index *index, const struct platform *platform,
				       struct error *err)
{
	struct descriptor *entries = index->manifests;
	size_t n = index->n_manifests;

	if (all_equal(index))
		return &entries[n - 1];
	for (size_t i = 0; i < n / 2; i++) {
		struct descriptor other = entries[i];

		entries[i] = entries[n - 1 - i];
		entries[n - 1 - i] = other;
	}
	return index_choose(index, platform, err);
}

int layout_find(const struct layout *layout, const char *ref, const struct platform *platform,
		struct descriptor *ret, struct error *err)
{
	autoindex struct index index = INDEX_INIT;
	const struct descriptor *chosen;

	if (layout_read_index(layout, &index, err) < 0 ||
	    keep_named(&index, ref, layout->path, err) < 0)
		return -1;
	chosen = choose(&index, platform, err);
	if (!chosen || layout_resolve(layout, chosen, platform, ret, err) < 0)
		return ref ? error_prefix(err, "image '%s'", ref) : -1;
	return 0;
}

int layout_find_raw(const struct layout *layout, const char *ref, struct descriptor *ret,
		    struct error *err)
{
	autoindex struct index index = INDEX_INIT;

	if (layout_read_index(layout, &index, err) < 0 ||
	    keep_named(&index, ref, layout->path, err) < 0)
		return -1;
	if (!all_equal(&index))
		return error_set(err, ERROR_FAILED, "'%s' has %zu different images%s%s%s",
				 layout->path, index.n_manifests, ref ? " called '" : "",
				 ref ? ref : "", ref ? "'" : "");
	descriptor_copy(&index.manifests[index.n_manifests - 1], ret);
	return 0;
}

/* index.json as it is, for editing: all members live on. manifests is borrowed from it. */
static json_t *read_for_edit(const struct layout *layout, json_t **ret_manifests, struct error *err)
{
	autostr struct str text = STR_INIT;
	autojson json_t *document = NULL;
	struct jnode root;
	struct jnode manifests;
	size_t len;

	if (file_read_at(layout->dirfd, INDEX_FILE, LAYOUT_INDEX_MAX, &text, err) < 0)
		return NULL;
	document = json_parse(text.data, text.len, INDEX_FILE, err);
	if (!document)
		return NULL;
	root = jnode_root(document, INDEX_FILE);
	manifests = jnode_member(&root, "manifests");
	if (!json_is_object(document) || !jnode_is_present(&manifests)) {
		jnode_error(&root, err, "not an image index");
		return NULL;
	}
	if (jnode_array(&manifests, &len, err) < 0)
		return NULL;
	*ret_manifests = (json_t *)manifests.value;
	return steal(&document);
}

static int write_index(const struct layout *layout, const json_t *document, struct error *err)
{
	autostr struct str text = STR_INIT;
	autofree char *line = json_format(document);

	str_append(&text, line);
	str_append_char(&text, '\n');
	if (text.len > LAYOUT_INDEX_MAX)
		return error_set(err, ERROR_FAILED, INDEX_FILE " would exceed %u bytes",
				 LAYOUT_INDEX_MAX);
	return file_write_at(layout->dirfd, INDEX_FILE, text.data, text.len, 0644, FILE_SYNC, err);
}

struct removal {
	const char *ref; /* entries of that name, or NULL */
	const char *digest; /* entries of that digest, or NULL */
};

/* Returns how many entries went; *ret_first is where the first of them was, or the end. */
static int remove_entries(json_t *manifests, const struct removal *removal, size_t *ret_first)
{
	size_t i = 0;
	int n = 0;

	while (i < json_array_size(manifests)) {
		const json_t *entry = json_array_get(manifests, i);
		const char *name = json_string_value(json_object_get(
			json_object_get(entry, "annotations"), ANNOTATION_REF_NAME));
		const char *digest = json_string_value(json_object_get(entry, "digest"));

		if ((removal->ref && name && strcmp(name, removal->ref) == 0) ||
		    (removal->digest && digest && strcmp(digest, removal->digest) == 0)) {
			if (n++ == 0)
				*ret_first = i;
			json_array_remove(manifests, i);
		} else {
			i++;
		}
	}
	if (n == 0)
		*ret_first = i;
	return n;
}

/* Under the lock: remove entries, put one in their place (taken; may be NULL), and write when that
 * changed anything, so that fetching an image again costs no sync. Returns how many entries
 * went. */
static int edit(const struct layout *layout, const struct removal *removal, json_t *entry,
		struct error *err)
{
	autojson json_t *replacement = entry;
	autojson json_t *document = NULL;
	autojson json_t *before = NULL;
	autoclose int lock = -EBADF;
	json_t *manifests;
	size_t position;
	int removed;

	lock = lock_open_at(layout->dirfd, LOCK_FILE, LOCK_EXCLUSIVE, LOCK_WAIT, err);
	if (lock < 0)
		return -1;
	document = read_for_edit(layout, &manifests, err);
	if (!document)
		return -1;
	before = json_copy(manifests);
	removed = remove_entries(manifests, removal, &position);
	if (replacement)
		json_array_insert(manifests, position, replacement);
	if (!json_equal(before, manifests) && write_index(layout, document, err) < 0)
		return -1;
	return removed;
}

int layout_set_reference(const struct layout *layout, const char *ref,
			 const struct descriptor *descriptor, struct error *err)
{
	autodescriptor struct descriptor named = DESCRIPTOR_INIT;
	const struct removal removal = { .ref = ref };

	descriptor_copy(descriptor, &named);
	descriptor_set_annotation(&named, ANNOTATION_REF_NAME, ref);
	if (edit(layout, &removal, descriptor_to_json(&named), err) < 0)
		return error_prefix(err, "OCI layout '%s'", layout->path);
	return 0;
}

int layout_remove_reference(const struct layout *layout, const char *ref, struct error *err)
{
	const struct removal removal = { .ref = ref };
	int removed = edit(layout, &removal, NULL, err);

	if (removed < 0)
		return error_prefix(err, "OCI layout '%s'", layout->path);
	if (removed == 0)
		return error_set(err, ERROR_NOT_FOUND, "'%s' has no image '%s'", layout->path, ref);
	return 0;
}

int layout_remove_digest(const struct layout *layout, const struct digest *digest,
			 struct error *err)
{
	const struct removal removal = { .digest = digest->text };
	int removed = edit(layout, &removal, NULL, err);

	return removed < 0 ? error_prefix(err, "OCI layout '%s'", layout->path) : removed;
}
