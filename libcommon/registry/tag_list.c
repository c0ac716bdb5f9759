/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/tag_list.h"

#include "base/alloc.h"
#include "oci/reference.h"
#include "registry/listing.h"

#include <stdlib.h>

#define PAGE_REST 1000 /* values of a page besides its tags */

void tag_list_release(struct tag_list *list)
{
	if (!list)
		return;
	strlist_release(&list->tags);
	json_free(&list->known);
	free(list->unusable);
}

static void add_unusable_tag(struct tag_list *list, const json_t *value)
{
	const char *text = json_string_value(value);

	list->n_unusable++;
	if (!list->unusable)
		list->unusable = xstrdup(text ? text : "");
}

static int add_tag(struct tag_list *list, const json_t *value, struct error *err)
{
	const char *tag = json_text(value);

	if (!tag || !reference_is_tag(tag)) {
		add_unusable_tag(list, value);
		return 0;
	}
	if (json_object_get(list->known, tag))
		return 0;
	if (list->tags.len == TAG_LIST_MAX)
		return error_set(err, ERROR_VERIFY, "the repository has more than %d tags",
				 TAG_LIST_MAX);
	json_object_set_new(list->known, tag, json_true());
	strlist_append(&list->tags, tag);
	return 0;
}

int tag_list_read_page(const struct str *text, struct tag_list *list, struct error *err)
{
	autojson json_t *document = NULL;
	struct jnode root;
	struct jnode tags;
	size_t len;

	if (json_check_values(text->data, text->len, TAG_LIST_MAX + PAGE_REST, "the answer", err) <
	    0)
		return -1;
	document = json_parse(text->data, text->len, "the answer", err);
	if (!document)
		return -1;
	root = jnode_root(document, "the answer");
	tags = jnode_member(&root, "tags");
	if (jnode_object(&root, err) < 0 || jnode_array(&tags, &len, err) < 0)
		return -1;
	if (!list->known)
		list->known = json_object();
	for (size_t i = 0; i < len; i++)
		if (add_tag(list, json_array_get(tags.value, i), err) < 0)
			return -1;
	return 0;
}

static int take_tag_page(void *data, const struct http_response *page, struct error *err)
{
	if (http_is_web_page(page))
		return error_set(err, ERROR_FAILED, "the answer is a web page, as of no registry");
	return tag_list_read_page(&page->body, data, err);
}

int tag_list_get(struct session *session, struct http *http, struct tag_list *ret,
		 struct error *err)
{
	autotaglist struct tag_list list = TAG_LIST_INIT;
	autoresponse struct http_response response = HTTP_RESPONSE_INIT;
	const struct listing listing = { .path = "tags/list",
					 .take = take_tag_page,
					 .data = &list };

	if (listing_get(session, http, &listing, &response, err) < 0)
		return -1;
	*ret = list;
	list = (struct tag_list)TAG_LIST_INIT;
	return 0;
}
