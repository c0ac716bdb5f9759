/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The entries of a layout's index.json in the order of a list: by name, those without one last, and of
 * equals by digest. Read without a tree of the whole, because it has one for each reference.
 *
 *	autoindexlist struct index_list list = INDEX_LIST_INIT;
 *
 *	if (index_list_read(&layout, &list, err) < 0)
 *		return -1;
 *	for (size_t i = 0; i < list.n_entries; i++) {
 *		autoindexentry struct index_entry entry = INDEX_ENTRY_INIT;
 *
 *		index_list_get(&list, i, &entry);
 *
 * Entries are those of layout_read_index(), and so are the errors: an index.json that is not plain
 * (format/json_plain.h), or has an entry that is in any way unusual, is read by it as a whole.
 */
#ifndef OCI_INDEX_LIST_H
#define OCI_INDEX_LIST_H

#include "base/str.h"
#include "format/json_plain.h"
#include "oci/layout.h"

struct index_list {
	struct str text; /* of an index.json that is plain */
	struct index index; /* of another one */
	struct index_list_item *items;
	size_t n_entries;
};

#define INDEX_LIST_INIT \
	{ \
		STR_INIT, INDEX_INIT, NULL, 0 \
	}

void index_list_release(struct index_list *list);
#define autoindexlist autocleanup(index_list_release)

/* ret is new. */
int index_list_read(const struct layout *layout, struct index_list *ret, struct error *err);

struct index_entry {
	struct descriptor descriptor; /* json is NULL where the entry is plain */
	char *name; /* ref.name, or NULL */
	char *source; /* the digest that the image was converted or chosen from, or NULL */
	bool is_referrer; /* no image, but what refers to one (oci/referrer.h) */
	struct json_slice text; /* of a plain entry: its object, borrowed from the list */
	struct json_slice name_member; /* of a plain entry with a name: "KEY":"NAME", and the
					  whole of "annotations":{...} */
	struct json_slice annotations_member;
	bool has_more_annotations; /* than the name */
	bool states_platform; /* of a plain entry: its text does */
};

#define INDEX_ENTRY_INIT \
	{ \
		.name = NULL \
	}

void index_entry_release(struct index_entry *entry);
#define autoindexentry autocleanup(index_entry_release)

/* The entry at position i; ret is new. */
void index_list_get(const struct index_list *list, size_t i, struct index_entry *ret);

/* Append the entry's descriptor as JSON, as an image record has it: without the name, and with the
 * platform that descriptor has by now. */
void index_entry_append_json(const struct index_entry *entry, struct str *out);

#endif
