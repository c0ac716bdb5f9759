/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tags of a repository, as its registry lists them (distribution-spec, "Listing Tags").
 *
 *	autotaglist struct tag_list list = TAG_LIST_INIT;
 *
 *	if (tag_list_get(session, http, &list, err) < 0) ...
 *	... list.tags.items[0] is "3.19"
 *
 * The order is the registry's, and each tag stands there once. What is no tag by the grammar, and could be no part
 * of a reference, is left out and counted.
 */
#ifndef REGISTRY_TAG_LIST_H
#define REGISTRY_TAG_LIST_H

#include "base/str.h"
#include "format/json.h"
#include "registry/session.h"

#define TAG_LIST_MAX 500000 /* tags */

struct tag_list {
	struct strlist tags;
	json_t *known; /* those of tags: a set; NULL: none yet */
	size_t n_unusable; /* further ones that are none */
	char *unusable; /* the first of these, or NULL */
};

#define TAG_LIST_INIT \
	{ \
		.known = NULL \
	}

void tag_list_release(struct tag_list *list);
#define autotaglist autocleanup(tag_list_release)

/* Add a page's text to the list. What a fuzzer calls. */
int tag_list_read_page(const struct str *text, struct tag_list *list, struct error *err);

/* Get all tags; ret is new. ERROR_NOT_FOUND when there is no such repository. */
int tag_list_get(struct session *session, struct http *http, struct tag_list *ret,
		 struct error *err);

#endif
