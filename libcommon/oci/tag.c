/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/tag.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "oci/referrer.h"
#include "system/fd.h"
#include "system/lock.h"

#include <errno.h>
#include <string.h>

#define NAMES_SHOWN 12 /* in a message that lists references */

/* "a:1, b:2": names for a message. */
static void append_list(struct str *out, const struct strlist *names)
{
	for (size_t i = 0; i < names->len; i++) {
		if (i == NAMES_SHOWN) {
			str_append(out, ", ...");
			return;
		}
		str_appendf(out, "%s%s", i ? ", " : "", names->items[i]);
	}
}

static void append_names(struct str *out, const struct index *index)
{
	autostrlist struct strlist names = STRLIST_INIT;

	for (size_t i = 0; i < index->n_manifests; i++) {
		const char *name = descriptor_annotation(&index->manifests[i], ANNOTATION_REF_NAME);

		if (name)
			strlist_append(&names, name);
	}
	append_list(out, &names);
}

static bool has_name(const struct descriptor *entry, const char *name)
{
	const char *own = descriptor_annotation(entry, ANNOTATION_REF_NAME);

	return name ? own && strcmp(own, name) == 0 : !own;
}

bool tag_is_name_of(const struct descriptor *entry, const void *name)
{
	return has_name(entry, name);
}

/* Entries of an index, the last one first, so that of equals the one that was written last wins. */
struct selection {
	struct index view; /* shallow: the descriptors share everything with the index's */
	const struct descriptor **entries; /* the same ones, in the index itself */
};

static void selection_release(struct selection *selection)
{
	free(selection->view.manifests);
	free(selection->entries);
}
#define autoselection autocleanup(selection_release)

static void select_entries(const struct index *index,
			   bool (*matches)(const struct descriptor *, const void *),
			   const void *data, struct selection *ret)
{
	struct index *view = &ret->view;

	view->manifests = xcalloc(index->n_manifests + 1, sizeof(*view->manifests));
	ret->entries = xcalloc(index->n_manifests + 1, sizeof(const void *));
	for (size_t i = index->n_manifests; i-- > 0;) {
		if (matches && !matches(&index->manifests[i], data))
			continue;
		ret->entries[view->n_manifests] = &index->manifests[i];
		view->manifests[view->n_manifests++] = index->manifests[i];
	}
}

static bool is_one_image(const struct selection *selection)
{
	for (size_t i = 1; i < selection->view.n_manifests; i++)
		if (!digest_equal(&selection->entries[i]->digest, &selection->entries[0]->digest))
			return false;
	return true;
}

const struct descriptor *tag_choose(const struct index *index,
				    bool (*matches)(const struct descriptor *entry,
						    const void *data),
				    const void *data, const struct platform *platform,
				    struct error *err)
{
	autoselection struct selection selection = { .view = INDEX_INIT };
	const struct descriptor *chosen;

	select_entries(index, matches, data, &selection);
	if (selection.view.n_manifests == 0) {
		error_set(err, ERROR_NOT_FOUND, "no such image");
		return NULL;
	}
	if (is_one_image(&selection))
		return selection.entries[0];
	chosen = index_choose(&selection.view, platform, err);
	return chosen ? selection.entries[chosen - selection.view.manifests] : NULL;
}

static bool is_no_referrer(const struct descriptor *entry, const void *data)
{
	(void)data;
	return !referrer_subject(entry);
}

/* The first entry that is an image of its own, or NULL. */
static const struct descriptor *first_image(const struct index *index)
{
	for (size_t i = 0; i < index->n_manifests; i++)
		if (is_no_referrer(&index->manifests[i], NULL))
			return &index->manifests[i];
	return NULL;
}

/* Without a name the entries must have one name between them, or none. */
static int check_one_name(const struct layout *layout, const struct index *index, struct error *err)
{
	const struct descriptor *first = first_image(index);
	const char *name = first ? descriptor_annotation(first, ANNOTATION_REF_NAME) : NULL;

	for (size_t i = 0; i < index->n_manifests; i++) {
		autostr struct str names = STR_INIT;

		if (!is_no_referrer(&index->manifests[i], NULL) ||
		    has_name(&index->manifests[i], name))
			continue;
		append_names(&names, index);
		error_set(err, ERROR_FAILED, "'%s' has several images: %s", layout->path,
			  names.data);
		return error_hint(err, "name one of them");
	}
	return 0;
}

/* The index of the layout; without a name to look for it must have one name only. */
static int read_index_for(const struct layout *layout, const char *name, struct index *ret,
			  struct error *err)
{
	if (layout_read_index(layout, ret, err) < 0)
		return -1;
	return name ? 0 : check_one_name(layout, ret, err);
}

static int name_not_there(const struct layout *layout, const char *name, struct error *err)
{
	return error_set(err, ERROR_NOT_FOUND, "OCI layout '%s' has no image '%s'", layout->path,
			 name);
}

int tag_find(const struct layout *layout, const char *name, const struct platform *platform,
	     struct descriptor *ret, struct error *err)
{
	autoindex struct index index = INDEX_INIT;
	const struct descriptor *chosen;

	if (read_index_for(layout, name, &index, err) < 0)
		return -1;
	chosen = tag_choose(&index, name ? tag_is_name_of : is_no_referrer, name, platform, err);
	if (chosen && layout_resolve(layout, chosen, platform, ret, err) == 0)
		return 0;
	if (name)
		error_prefix(err, "image '%s'", name);
	return error_prefix(err, "OCI layout '%s'", layout->path);
}

int tag_find_raw(const struct layout *layout, const char *name, struct descriptor *ret,
		 struct error *err)
{
	autoindex struct index index = INDEX_INIT;
	autoselection struct selection selection = { .view = INDEX_INIT };

	if (read_index_for(layout, name, &index, err) < 0)
		return -1;
	select_entries(&index, name ? tag_is_name_of : is_no_referrer, name, &selection);
	if (selection.view.n_manifests == 0)
		return name ? name_not_there(layout, name, err)
			    : error_set(err, ERROR_NOT_FOUND, "OCI layout '%s' has no images",
					layout->path);
	if (!is_one_image(&selection))
		return error_set(err, ERROR_FAILED, "'%s' has %zu different images%s%s%s",
				 layout->path, selection.view.n_manifests, name ? " called '" : "",
				 name ? name : "", name ? "'" : "");
	descriptor_copy(selection.entries[0], ret);
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

	if (layout_read_index_text(layout, &text, err) < 0)
		return NULL;
	document = json_parse(text.data, text.len, LAYOUT_INDEX_FILE, err);
	if (!document)
		return NULL;
	root = jnode_root(document, LAYOUT_INDEX_FILE);
	manifests = jnode_member(&root, "manifests");
	if (!json_is_object(document)) {
		jnode_error(&root, err, "not an image index");
		return NULL;
	}
	if (jnode_array(&manifests, &len, err) < 0)
		return NULL;
	if (!jnode_is_present(&manifests)) {
		json_object_set_new(document, "manifests", json_array());
		manifests = jnode_member(&root, "manifests");
	}
	*ret_manifests = (json_t *)manifests.value;
	return steal(&document);
}

/* A name that goes makes the file shorter, and must not need room: on a full disk the removal of
 * images is what makes room. */
static int write_index(const struct layout *layout, const json_t *document, struct error *err)
{
	autostr struct str text = STR_INIT;
	autofree char *line = json_format(document);
	struct error cause = { 0 };

	str_append(&text, line);
	str_append_char(&text, '\n');
	if (text.len > LAYOUT_INDEX_MAX)
		return error_set(err, ERROR_FAILED, LAYOUT_INDEX_FILE " would exceed %u bytes",
				 LAYOUT_INDEX_MAX);
	if (file_write_locked_at(layout->dirfd, LAYOUT_INDEX_FILE, text.data, text.len, 0644,
				 FILE_SYNC, &cause) == 0)
		return 0;
	if ((cause.saved_errno == ENOSPC || cause.saved_errno == EDQUOT) &&
	    file_overwrite_at(layout->dirfd, LAYOUT_INDEX_FILE, text.data, text.len, NULL) == 0)
		return 0;
	return error_move(err, &cause);
}

static const char *entry_name(const json_t *entry)
{
	return json_text(
		json_object_get(json_object_get(entry, "annotations"), ANNOTATION_REF_NAME));
}

static const char *entry_digest(const json_t *entry)
{
	const char *digest = json_string_value(json_object_get(entry, "digest"));

	return digest ? digest : "";
}

/* A change of index.json: which entries it removes, and what then stands in their place. */
struct edit {
	const char *name; /* the entries with this name, or NULL */
	const char *digest; /* the entries with this digest, or NULL */
	/* The entries of which it is true, or NULL. */
	bool (*goes)(const char *digest, const char *name, const void *data);
	const void *data;
	/* The referrers whose subjects it is false of, or NULL; then nothing goes where another entry is new. */
	bool (*is_reached)(const char *digest, const void *data);
	/* What name has to stand for, the text of a digest, or "" for nothing; or NULL. Else nothing happens, and
	 * *ret_differs is true. */
	const char *expected;
	bool *ret_differs;
	/* The digest whose entries without a name go too when none with a name is left, or NULL. */
	const char *unkept;
	json_t *replacement; /* borrowed, or NULL */
	json_t *added; /* entries that come if they are not there: an array, borrowed, or NULL */
	json_t *unnamed; /* an entry that comes if none has its digest: borrowed, or NULL */
	bool keep_unnamed; /* the last one without its name, when no other has its digest */
	bool one_name; /* entries with several names are refused */
	struct strlist *ret_names; /* of the entries that match; or NULL */
};

/* The subject of an entry that is a referrer, or NULL. */
static const char *entry_subject(const json_t *entry)
{
	const json_t *annotations = json_object_get(entry, "annotations");

	return entry_name(entry) ? NULL
				 : json_text(json_object_get(annotations, ANNOTATION_SUBJECT));
}

static bool is_unreached_referrer(const struct edit *edit, const json_t *entry)
{
	const char *subject = entry_subject(entry);

	return subject && !edit->is_reached(subject, edit->data);
}

/* Is there an image that was not there when it was found out what is reached? */
static bool has_new_image(const json_t *manifests, const struct edit *edit)
{
	for (size_t i = 0; i < json_array_size(manifests); i++) {
		const json_t *entry = json_array_get(manifests, i);

		if (!entry_subject(entry) && !edit->is_reached(entry_digest(entry), edit->data))
			return true;
	}
	return false;
}

static bool edit_matches(const struct edit *edit, const json_t *entry)
{
	const char *name = entry_name(entry);

	return (edit->name && name && strcmp(name, edit->name) == 0) ||
	       (edit->digest && strcmp(entry_digest(entry), edit->digest) == 0) ||
	       (edit->goes && edit->goes(entry_digest(entry), name, edit->data)) ||
	       (edit->is_reached && is_unreached_referrer(edit, entry));
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

/* The entries that do not match, in their order: a new array. ret_last becomes the last of the others,
 * borrowed, or NULL; ret_position the place of the first of them, else the end. */
static json_t *list_others(const json_t *manifests, const struct edit *edit, json_t **ret_last,
			   size_t *ret_position)
{
	json_t *others = json_array();
	json_t *entry;
	size_t i;

	*ret_last = NULL;
	json_array_foreach (manifests, i, entry) {
		if (!edit_matches(edit, entry)) {
			json_array_append(others, entry);
			continue;
		}
		if (!*ret_last)
			*ret_position = json_array_size(others);
		*ret_last = entry;
	}
	if (!*ret_last)
		*ret_position = json_array_size(others);
	return others;
}

/* Do entries say the same, but for when their names were set? */
static bool is_same_entry(const json_t *one, const json_t *other)
{
	autojson json_t *first = json_deep_copy(one);
	autojson json_t *second = json_deep_copy(other);

	json_object_del(json_object_get(first, "annotations"), ANNOTATION_TAGGED);
	json_object_del(json_object_get(second, "annotations"), ANNOTATION_TAGGED);
	return json_equal(first, second);
}

static bool has_entry(const json_t *manifests, const json_t *entry)
{
	for (size_t i = 0; i < json_array_size(manifests); i++)
		if (json_equal(json_array_get(manifests, i), entry))
			return true;
	return false;
}

static void add_entries(json_t *manifests, const json_t *added)
{
	for (size_t i = 0; i < json_array_size(added); i++)
		if (!has_entry(manifests, json_array_get(added, i)))
			json_array_append(manifests, json_array_get(added, i));
}

/* Does the name of the edit stand for what it expects? */
static bool is_as_expected(const json_t *manifests, const struct edit *edit)
{
	bool is_there = false;

	for (size_t i = 0; i < json_array_size(manifests); i++) {
		const json_t *entry = json_array_get(manifests, i);
		const char *name = entry_name(entry);

		if (!name || strcmp(name, edit->name) != 0)
			continue;
		if (strcmp(entry_digest(entry), edit->expected) != 0)
			return false;
		is_there = true;
	}
	return is_there == (*edit->expected != '\0');
}

/* Has an entry with a name that digest? */
static bool is_named(const json_t *manifests, const char *digest)
{
	for (size_t i = 0; i < json_array_size(manifests); i++) {
		const json_t *entry = json_array_get(manifests, i);

		if (entry_name(entry) && strcmp(entry_digest(entry), digest) == 0)
			return true;
	}
	return false;
}

/* Take out the referrers of that digest, if no name keeps it. */
static void drop_unkept(json_t *manifests, const char *digest)
{
	if (is_named(manifests, digest))
		return;
	for (size_t i = json_array_size(manifests); i-- > 0;) {
		const json_t *entry = json_array_get(manifests, i);

		if (entry_subject(entry) && strcmp(entry_digest(entry), digest) == 0)
			json_array_remove(manifests, i);
	}
}

/* Returns the array as the edit leaves it, new. */
static json_t *edit_entries(const json_t *manifests, const struct edit *edit, int *ret_matches)
{
	json_t *last = NULL;
	size_t position = 0;
	json_t *others = list_others(manifests, edit, &last, &position);

	*ret_matches = (int)(json_array_size(manifests) - json_array_size(others));
	if (edit->replacement && *ret_matches == 1 && is_same_entry(last, edit->replacement))
		json_array_insert(others, position, last);
	else if (edit->replacement)
		json_array_insert(others, position, edit->replacement);
	else if (edit->keep_unnamed && last && !has_digest(others, entry_digest(last)))
		json_array_insert_new(others, position, without_name(last));
	if (edit->unkept)
		drop_unkept(others, edit->unkept);
	add_entries(others, edit->added);
	if (edit->unnamed && !has_digest(others, entry_digest(edit->unnamed)))
		json_array_append(others, edit->unnamed);
	return others;
}

/* The different names of the entries that match, sorted. */
static void collect_names(const json_t *manifests, const struct edit *edit, struct strlist *ret)
{
	autostrlist struct strlist all = STRLIST_INIT;

	for (size_t i = 0; i < json_array_size(manifests); i++) {
		const json_t *entry = json_array_get(manifests, i);
		const char *name = entry_name(entry);

		if (name && edit_matches(edit, entry))
			strlist_append(&all, name);
	}
	strlist_sort(&all);
	for (size_t i = 0; i < all.len; i++)
		if (i == 0 || strcmp(all.items[i], all.items[i - 1]) != 0)
			strlist_append(ret, all.items[i]);
}

static int check_names(const json_t *manifests, const struct edit *edit, struct error *err)
{
	autostrlist struct strlist names = STRLIST_INIT;
	autostr struct str text = STR_INIT;

	collect_names(manifests, edit, &names);
	if (edit->one_name && names.len > 1) {
		append_list(&text, &names);
		return error_set(err, ERROR_FAILED, "the image has several names: %s", text.data);
	}
	for (size_t i = 0; edit->ret_names && i < names.len; i++)
		strlist_append(edit->ret_names, names.items[i]);
	return 0;
}

/* Edit index.json under its lock. It is written only when that changed anything, so that fetching
 * an image again costs no sync. What a name is set to is on the disk before the name is. Returns how many
 * entries matched. */
static int edit_index(const struct layout *layout, const struct edit *edit, struct error *err)
{
	autojson json_t *document = NULL;
	autojson json_t *after = NULL;
	autoclose int lock = -EBADF;
	json_t *manifests = NULL;
	int n;

	lock = lock_open_at(layout->dirfd, LAYOUT_LOCK_FILE, LOCK_EXCLUSIVE, LOCK_WAIT_HEARING,
			    err);
	if (lock >= 0)
		document = read_for_edit(layout, &manifests, err);
	if (!document)
		return error_prefix(err, "OCI layout '%s'", layout->path);
	if (check_names(manifests, edit, err) < 0)
		return -1;
	if (edit->is_reached && has_new_image(manifests, edit))
		return 0;
	if (edit->expected && !is_as_expected(manifests, edit)) {
		*edit->ret_differs = true;
		return 0;
	}
	after = edit_entries(manifests, edit, &n);
	if (json_equal(manifests, after))
		return n;
	json_object_set(document, "manifests", after);
	if (((edit->replacement || edit->unnamed) && layout_sync_blobs(layout, err) < 0) ||
	    write_index(layout, document, err) < 0)
		return error_prefix(err, "OCI layout '%s'", layout->path);
	return n;
}

/* An edit of a name that must be there. */
static int edit_name(const struct layout *layout, const struct edit *edit, struct error *err)
{
	int n = edit_index(layout, edit, err);

	if (n < 0)
		return -1;
	return n > 0 ? 0 : name_not_there(layout, edit->name, err);
}

int tag_set(const struct layout *layout, const char *name, const struct descriptor *descriptor,
	    struct error *err)
{
	return tag_set_with(layout, name, descriptor, NULL, 0, err);
}

/* The entry by which name stands for a descriptor from now on, new. */
static json_t *make_named_entry(const struct descriptor *descriptor, const char *name)
{
	autodescriptor struct descriptor named = DESCRIPTOR_INIT;
	char now[CLOCK_TEXT_MAX];

	descriptor_copy(descriptor, &named);
	descriptor_set_annotation(&named, ANNOTATION_REF_NAME, name);
	descriptor_set_annotation(&named, ANNOTATION_TAGGED,
				  clock_rfc3339(clock_wall_ns() / CLOCK_NS, now));
	return descriptor_to_json(&named);
}

int tag_set_with(const struct layout *layout, const char *name, const struct descriptor *descriptor,
		 const struct descriptor *referrers, size_t n, struct error *err)
{
	autojson json_t *added = json_array();
	autojson json_t *entry = make_named_entry(descriptor, name);
	const struct edit edit = { .name = name, .replacement = entry, .added = added };

	for (size_t i = 0; i < n; i++)
		json_array_append_new(added, descriptor_to_json(&referrers[i]));
	return edit_index(layout, &edit, err) < 0 ? -1 : 0;
}

int tag_exchange(const struct layout *layout, const char *name, const struct digest *expected,
		 const struct descriptor *descriptor, const struct descriptor *referrer,
		 struct error *err)
{
	autojson json_t *added = json_array();
	autojson json_t *entry = make_named_entry(descriptor, name);
	bool differs = false;
	const struct edit edit = {
		.name = name,
		.expected = expected ? expected->text : "",
		.ret_differs = &differs,
		.unkept = expected ? expected->text : NULL,
		.replacement = entry,
		.added = added,
	};

	if (referrer)
		json_array_append_new(added, descriptor_to_json(referrer));
	if (edit_index(layout, &edit, err) < 0)
		return -1;
	return differs ? 0 : 1;
}

int tag_add(const struct layout *layout, const struct descriptor *descriptor, struct error *err)
{
	autodescriptor struct descriptor unnamed = DESCRIPTOR_INIT;
	autojson json_t *entry = NULL;
	struct edit edit = { 0 };

	descriptor_copy(descriptor, &unnamed);
	descriptor_remove_annotation(&unnamed, ANNOTATION_REF_NAME);
	entry = descriptor_to_json(&unnamed);
	edit.unnamed = entry;
	return edit_index(layout, &edit, err) < 0 ? -1 : 0;
}

int tag_unname(const struct layout *layout, const char *name, struct error *err)
{
	const struct edit edit = { .name = name, .keep_unnamed = true };

	return edit_name(layout, &edit, err);
}

int tag_remove_with(const struct layout *layout, const char *name, const struct digest *digest,
		    struct error *err)
{
	const struct edit edit = { .name = name, .unkept = digest->text };

	return edit_name(layout, &edit, err);
}

int tag_remove_digest(const struct layout *layout, const struct digest *digest,
		      enum tag_several several, struct strlist *ret_names, struct error *err)
{
	const struct edit edit = {
		.digest = digest->text,
		.one_name = several == TAG_SEVERAL_REFUSED,
		.ret_names = ret_names,
	};

	return edit_index(layout, &edit, err);
}

int tag_remove_each(const struct layout *layout,
		    bool (*goes)(const char *digest, const char *name, const void *data),
		    const void *data, struct error *err)
{
	const struct edit edit = { .goes = goes, .data = data };

	return edit_index(layout, &edit, err);
}

int tag_remove_referrers(const struct layout *layout,
			 bool (*is_reached)(const char *digest, const void *data), const void *data,
			 struct error *err)
{
	const struct edit edit = { .is_reached = is_reached, .data = data };

	return edit_index(layout, &edit, err);
}
