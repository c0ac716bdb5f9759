/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/image_history.h"

#include "base/alloc.h"

#include <stdlib.h>

void image_history_release(struct image_history *history)
{
	if (!history)
		return;
	free(history->entries);
	*history = (struct image_history)IMAGE_HISTORY_INIT;
}

static int read_text(const struct jnode *entry, const char *member, const char **ret,
		     struct error *err)
{
	struct jnode node = jnode_member(entry, member);

	if (!jnode_is_present(&node))
		return 0;
	if (jnode_check_string(&node, err) < 0)
		return -1;
	/* NULL for one that C cannot have: it is as good as not stated. */
	*ret = json_text(node.value);
	return 0;
}

static int read_entry(const struct jnode *node, struct image_history_entry *ret, struct error *err)
{
	struct jnode empty = jnode_member(node, "empty_layer");

	if (jnode_object(node, err) < 0 || read_text(node, "created", &ret->created, err) < 0 ||
	    read_text(node, "created_by", &ret->created_by, err) < 0 ||
	    read_text(node, "author", &ret->author, err) < 0 ||
	    read_text(node, "comment", &ret->comment, err) < 0)
		return -1;
	return jnode_bool_opt(&empty, &ret->empty_layer, err);
}

int image_history_read(const json_t *config, struct image_history *ret, struct error *err)
{
	autoimagehistory struct image_history history = IMAGE_HISTORY_INIT;
	struct jnode root = jnode_root(config, "image config");
	struct jnode array = jnode_member(&root, "history");
	size_t len = 0;

	if (jnode_array(&array, &len, err) < 0)
		return -1;
	if (len > IMAGE_HISTORY_MAX)
		return jnode_error(&array, err, "%zu entries are too many (at most %d)", len,
				   IMAGE_HISTORY_MAX);
	history.entries = xcalloc(len + 1, sizeof(*history.entries));
	history.n_entries = len;
	for (size_t i = 0; i < len; i++) {
		struct jnode node = jnode_element(&array, i);

		if (read_entry(&node, &history.entries[i], err) < 0)
			return -1;
	}
	*ret = history;
	history = (struct image_history)IMAGE_HISTORY_INIT;
	return 0;
}

static void set_text(json_t *object, const char *member, const char *text)
{
	if (text && *text)
		json_object_set_new(object, member, json_string(text));
}

void image_history_add(json_t *config, const struct image_history_entry *entry)
{
	json_t *object = json_object();
	json_t *history = json_object_get(config, "history");

	set_text(object, "created", entry->created);
	set_text(object, "created_by", entry->created_by);
	set_text(object, "author", entry->author);
	set_text(object, "comment", entry->comment);
	if (entry->empty_layer)
		json_object_set_new(object, "empty_layer", json_true());
	if (!json_is_array(history)) {
		json_object_set_new(config, "history", json_array());
		history = json_object_get(config, "history");
	}
	json_array_append_new(history, object);
}
