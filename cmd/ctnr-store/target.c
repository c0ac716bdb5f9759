/* SPDX-License-Identifier: Apache-2.0 */
#include "target.h"

#include "base/alloc.h"
#include "base/str.h"
#include "oci/tag.h"
#include "store/image_resolve.h"

#include <stdlib.h>
#include <string.h>

void target_release(struct target *target)
{
	if (!target)
		return;
	free(target->layout);
	free(target->name);
	descriptor_release(&target->entry);
	*target = (struct target)TARGET_INIT;
}

static int find_in_store(const struct store *store, const char *word, struct target *ret,
			 struct error *err)
{
	enum image_match match;
	const char *name;

	if (image_find_entry(store, word, &ret->entry, &match, err) < 0)
		return -1;
	name = descriptor_annotation(&ret->entry, ANNOTATION_REF_NAME);
	ret->layout = xasprintf("%s/images", store->path);
	ret->name = name && match == IMAGE_BY_NAME ? xstrdup(name) : NULL;
	ret->in_store = true;
	return 0;
}

/* A record or oci:DIR[:REF]: the image may lie in any layout. */
static int find_elsewhere(const struct store *store, const char *word, struct target *ret,
			  struct error *err)
{
	autofree char *images = store->path ? xasprintf("%s/images", store->path) : NULL;
	autoimage struct image image = IMAGE_INIT;
	autolayout struct layout layout = LAYOUT_INIT;

	if (image_resolve(store->path ? store : NULL, word, NULL, &image, err) < 0 ||
	    layout_open(image.layout, LAYOUT_READ, &layout, err) < 0)
		return -1;
	ret->layout = xstrdup(layout.path);
	ret->name = image.ref ? xstrdup(image.ref) : NULL;
	ret->in_store = images && strcmp(images, layout.path) == 0;
	/* The name may stand for an index, of which the record has one image. */
	if (!image.ref || tag_find_raw(&layout, image.ref, &ret->entry, NULL) < 0)
		descriptor_copy(&image.descriptor, &ret->entry);
	return 0;
}

static int find_anywhere(const struct store *store, const char *word, struct target *ret,
			 struct error *err)
{
	if (*word == '{' || strcmp(word, "-") == 0 || str_starts_with(word, "oci:"))
		return find_elsewhere(store, word, ret, err);
	if (!store->path)
		return error_set(err, ERROR_NOT_FOUND, "image '%s': there is no store", word);
	return find_in_store(store, word, ret, err);
}

int target_look(const struct store *store, const char *word, struct target *ret, struct error *err)
{
	autotarget struct target target = TARGET_INIT;

	if (find_anywhere(store, word, &target, err) < 0)
		return -1;
	*ret = target;
	target = (struct target)TARGET_INIT;
	return 0;
}

int target_find(const struct store *store, const char *word, struct target *ret, struct error *err)
{
	autotarget struct target target = TARGET_INIT;

	if (target_look(store, word, &target, err) < 0 ||
	    (target.in_store && store_check_writable(store, err) < 0))
		return -1;
	*ret = target;
	target = (struct target)TARGET_INIT;
	return 0;
}

int target_find_present(const struct store *store, const char *word, struct target *ret,
			struct error *err)
{
	if (target_find(store, word, ret, err) == 0)
		return 0;
	if (error_is(err, ERROR_NOT_FOUND))
		error_hint(err, "'ctnr images' lists those that are there");
	return -1;
}
