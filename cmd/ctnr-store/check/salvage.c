/* SPDX-License-Identifier: Apache-2.0 */
#include "check/salvage.h"

#include "base/alloc.h"
#include "system/fd.h"

void salvage_release(struct salvage *salvage)
{
	json_free(&salvage->document);
	index_release(&salvage->index);
	strlist_release(&salvage->lost_names);
}

static void note_lost_name(struct salvage *salvage, const json_t *entry)
{
	const json_t *annotations = json_object_get(entry, "annotations");
	const char *name = json_text(json_object_get(annotations, ANNOTATION_REF_NAME));

	if (name)
		strlist_append(&salvage->lost_names, name);
}

static void take_entries(struct salvage *salvage, const struct jnode *manifests, size_t len)
{
	struct index *index = &salvage->index;

	index->manifests = xcalloc(len + 1, sizeof(*index->manifests));
	for (size_t i = 0; i < len; i++) {
		struct jnode node = jnode_element(manifests, i);
		struct descriptor *entry = &index->manifests[index->n_manifests];
		int unusable = descriptor_from_index(&node, entry, NULL);

		if (unusable == 0)
			index->n_manifests++;
		else if (unusable < 0)
			note_lost_name(salvage, node.value);
	}
}

void salvage_read(const struct layout *layout, struct salvage *ret)
{
	autostr struct str text = STR_INIT;
	struct jnode root;
	struct jnode manifests;
	size_t len;

	*ret = (struct salvage)SALVAGE_INIT;
	if (file_read_at(layout->dirfd, LAYOUT_INDEX_FILE, LAYOUT_INDEX_MAX, &text, NULL) == 0)
		ret->document = json_parse(text.data, text.len, LAYOUT_INDEX_FILE, NULL);
	if (!json_is_object(ret->document)) {
		json_free(&ret->document);
		return;
	}
	root = jnode_root(ret->document, LAYOUT_INDEX_FILE);
	manifests = jnode_member(&root, "manifests");
	if (jnode_array(&manifests, &len, NULL) == 0 && len <= INDEX_MANIFESTS_MAX)
		take_entries(ret, &manifests, len);
}
