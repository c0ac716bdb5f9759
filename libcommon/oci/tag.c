/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/tag.h"

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

static bool entry_has_name(const struct descriptor *entry, const void *name)
{
	return has_name(entry, name);
}

/* The matching entries in reverse order, shallow: only the array is to be freed. */
static struct index select_entries(const struct index *index,
				   bool (*matches)(const struct descriptor *, const void *),
				   const void *data)
{
	struct index view = INDEX_INIT;

	view.manifests =
		xcalloc(index->n_manifests ? index->n_manifests : 1, sizeof(*view.manifests));
	for (size_t i = index->n_manifests; i-- > 0;)
		if (!matches || matches(&index->manifests[i], data))
			view.manifests[view.n_manifests++] = index->manifests[i];
	return view;
}

static bool all_equal(const struct index *index)
{
	for (size_t i = 1; i < index->n_manifests; i++)
		if (!digest_equal(&index->manifests[i].digest, &index->manifests[0].digest))
			return false;
	return true;
}

/* The entry of index that a shallow copy was made from: they share their strings. */
static const struct descriptor *original(const struct index *index, const struct descriptor *copy)
{
	for (size_t i = 0; copy && i < index->n_manifests; i++)
		if (index->manifests[i].media_type == copy->media_type)
			return &index->manifests[i];
	return NULL;
}

const struct descriptor *tag_choose(const struct index *index,
				    bool (*matches)(const struct descriptor *entry,
						    const void *data),
				    const void *data, const struct platform *platform,
				    struct error *err)
{
	struct index view = select_entries(index, matches, data);
	autofree struct descriptor *entries = view.manifests;

	if (view.n_manifests == 0) {
		error_set(err, ERROR_NOT_FOUND, "no such image");
		return NULL;
	}
	if (all_equal(&view))
		return original(index, &entries[0]);
	return original(index, index_choose(&view, platform, err));
}

/* Without a name the entries must have one name between them, or none. */
static int check_one_name(const struct layout *layout, const struct index *index, struct error *err)
{
	const char *name = index->n_manifests ? descriptor_annotation(&index->manifests[0],
								      ANNOTATION_REF_NAME)
					      : NULL;

	for (size_t i = 1; i < index->n_manifests; i++) {
		autostr struct str names = STR_INIT;

		if (has_name(&index->manifests[i], name))
			continue;
		append_names(&names, index);
		error_set(err, ERROR_FAILED, "'%s' has several images: %s", layout->path,
			  names.data);
		return error_hint(err, "name one of them");
	}
	return 0;
}

int tag_find(const struct layout *layout, const char *ref, const struct platform *platform,
	     struct descriptor *ret, struct error *err)
{
	autoindex struct index index = INDEX_INIT;
	const struct descriptor *chosen;

	if (layout_read_index(layout, &index, err) < 0 ||
	    (!ref && check_one_name(layout, &index, err) < 0))
		return -1;
	chosen = tag_choose(&index, ref ? entry_has_name : NULL, ref, platform, err);
	if (chosen && layout_resolve(layout, chosen, platform, ret, err) == 0)
		return 0;
	if (ref)
		error_prefix(err, "image '%s'", ref);
	return error_prefix(err, "OCI layout '%s'", layout->path);
}

int tag_find_raw(const struct layout *layout, const char *ref, struct descriptor *ret,
		 struct error *err)
{
	autoindex struct index index = INDEX_INIT;
	struct index view;
	autofree struct descriptor *entries = NULL;

	if (layout_read_index(layout, &index, err) < 0 ||
	    (!ref && check_one_name(layout, &index, err) < 0))
		return -1;
	view = select_entries(&index, ref ? entry_has_name : NULL, ref);
	entries = view.manifests;
	if (view.n_manifests == 0)
		return error_set(err, ERROR_NOT_FOUND, "OCI layout '%s' has no image%s%s%s",
				 layout->path, ref ? " '" : "s", ref ? ref : "", ref ? "'" : "");
	if (!all_equal(&view))
		return error_set(err, ERROR_FAILED, "'%s' has %zu different images%s%s%s",
				 layout->path, view.n_manifests, ref ? " called '" : "",
				 ref ? ref : "", ref ? "'" : "");
	descriptor_copy(&entries[0], ret);
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
	return file_write_locked_at(layout->dirfd, INDEX_FILE, text.data, text.len, 0644, FILE_SYNC,
				    err);
}

static const char *entry_name(const json_t *entry)
{
	return json_string_value(
		json_object_get(json_object_get(entry, "annotations"), ANNOTATION_REF_NAME));
}

static const char *entry_digest(const json_t *entry)
{
	const char *digest = json_string_value(json_object_get(entry, "digest"));

	return digest ? digest : "";
}

struct edit {
	const char *ref; /* the entries with this name, or NULL */
	const char *digest; /* the entries with this digest, or NULL */
	json_t *replacement; /* what stands in their place; borrowed, or NULL */
	bool keep_unnamed; /* their last one without its name, when no other has its digest */
};

static bool is_meant(const struct edit *edit, const json_t *entry)
{
	const char *name = entry_name(entry);

	return (edit->ref && name && strcmp(name, edit->ref) == 0) ||
	       (edit->digest && strcmp(entry_digest(entry), edit->digest) == 0);
}

static bool has_digest(const json_t *manifests, const char *digest)
{
	for (size_t i = 0; i < json_array_size(manifests); i++)
		if (strcmp(entry_digest(json_array_get(manifests, i)), digest) == 0)
			return true;
	return false;
}

static json_t *without_name(const json_t *entry)
{
	json_t *copy = json_deep_copy(entry);
	json_t *annotations = json_object_get(copy, "annotations");

	json_object_del(annotations, ANNOTATION_REF_NAME);
	if (json_object_size(annotations) == 0)
		json_object_del(copy, "annotations");
	return copy;
}

/* Returns how many entries were meant. */
static int edit_entries(json_t *manifests, const struct edit *edit)
{
	autojson json_t *last = NULL;
	size_t position = 0;
	size_t i = 0;
	int n = 0;

	while (i < json_array_size(manifests)) {
		json_t *entry = json_array_get(manifests, i);

		if (!is_meant(edit, entry)) {
			i++;
			continue;
		}
		if (n++ == 0)
			position = i;
		json_decref(last);
		last = json_incref(entry);
		json_array_remove(manifests, i);
	}
	if (n == 0)
		position = i;
	if (edit->replacement)
		json_array_insert(manifests, position, edit->replacement);
	else if (edit->keep_unnamed && last && !has_digest(manifests, entry_digest(last)))
		json_array_insert_new(manifests, position, without_name(last));
	return n;
}

/* Edit index.json under its lock, and write it when that changed anything, so that fetching an
 * image again costs no sync. Returns how many entries were meant. */
static int edit_index(const struct layout *layout, const struct edit *edit, struct error *err)
{
	autojson json_t *document = NULL;
	autojson json_t *before = NULL;
	autoclose int lock = -EBADF;
	json_t *manifests = NULL;
	int n;

	lock = lock_open_at(layout->dirfd, LOCK_FILE, LOCK_EXCLUSIVE, LOCK_WAIT, err);
	if (lock >= 0)
		document = read_for_edit(layout, &manifests, err);
	if (!document)
		return error_prefix(err, "OCI layout '%s'", layout->path);
	before = json_copy(manifests);
	n = edit_entries(manifests, edit);
	if (!json_equal(before, manifests) && write_index(layout, document, err) < 0)
		return error_prefix(err, "OCI layout '%s'", layout->path);
	return n;
}

int tag_set(const struct layout *layout, const char *ref, const struct descriptor *descriptor,
	    struct error *err)
{
	autodescriptor struct descriptor named = DESCRIPTOR_INIT;
	autojson json_t *entry = NULL;
	struct edit edit = { .ref = ref };

	descriptor_copy(descriptor, &named);
	descriptor_set_annotation(&named, ANNOTATION_REF_NAME, ref);
	entry = descriptor_to_json(&named);
	edit.replacement = entry;
	return edit_index(layout, &edit, err) < 0 ? -1 : 0;
}

static int not_there(const struct layout *layout, const char *ref, struct error *err)
{
	return error_set(err, ERROR_NOT_FOUND, "OCI layout '%s' has no image '%s'", layout->path,
			 ref);
}

int tag_unname(const struct layout *layout, const char *ref, struct error *err)
{
	const struct edit edit = { .ref = ref, .keep_unnamed = true };
	int n = edit_index(layout, &edit, err);

	return n == 0 ? not_there(layout, ref, err) : n < 0 ? -1 : 0;
}

int tag_remove(const struct layout *layout, const char *ref, struct error *err)
{
	const struct edit edit = { .ref = ref };
	int n = edit_index(layout, &edit, err);

	return n == 0 ? not_there(layout, ref, err) : n < 0 ? -1 : 0;
}

int tag_remove_digest(const struct layout *layout, const struct digest *digest, struct error *err)
{
	const struct edit edit = { .digest = digest->text };

	return edit_index(layout, &edit, err);
}
