/* SPDX-License-Identifier: Apache-2.0 */
/*
 * image tag, image untag and image rm.
 *
 * Removing an image, in this order:
 *
 *  1. The layout is held against everybody who adds blobs (oci/layout.h). When somebody does, only
 *     the name goes, and the blobs wait for the next removal or collection.
 *  2. What the image consists of is noted, then its entries leave index.json.
 *  3. What all remaining entries and all bundles reach is marked. When a document of them cannot
 *     be read, nothing is deleted.
 *  4. What was noted and is not marked is deleted.
 *  5. When all is done, the unpacked layers that nothing needs any more are deleted (layers.c).
 *
 * A kill in between leaves blobs that nothing names, never a name whose blobs are gone.
 */
#include "content.h"
#include "layers.h"
#include "operand.h"
#include "opts.h"
#include "verbs.h"

#include "base/alloc.h"
#include "base/message.h"
#include "oci/reference.h"
#include "oci/tag.h"
#include "store/image_print.h"
#include "store/image_resolve.h"
#include "store/refcache.h"
#include "system/fd.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* The entry of a layout that a word means. */
struct target {
	char *layout; /* its path */
	struct descriptor entry;
	char *name; /* NULL: all entries with the digest are meant */
	bool in_store;
};

static void target_release(struct target *target)
{
	free(target->layout);
	free(target->name);
	descriptor_release(&target->entry);
}
#define autotarget autocleanup(target_release)

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

static int find_target(const struct store *store, const char *word, struct target *ret,
		       struct error *err)
{
	if (*word == '{' || strcmp(word, "-") == 0 || str_starts_with(word, "oci:"))
		return find_elsewhere(store, word, ret, err);
	if (!store->path)
		return error_set(err, ERROR_NOT_FOUND, "image '%s': there is no store", word);
	return find_in_store(store, word, ret, err);
}

int image_tag(const void *opts_, const struct strlist *operands, struct error *err)
{
	const struct store_opts *opts = opts_;
	autostore struct store store = STORE_INIT;
	autotarget struct target target = { 0 };
	autolayout struct layout layout = LAYOUT_INIT;
	autofree char *name = NULL;
	autoimage struct image image = IMAGE_INIT;

	if (operands->len != 2)
		return error_set(err, ERROR_USAGE, "expected an image and a new name");
	name = reference_new_name(operands->items[1], err);
	if (!name || opts_open_store(opts, &store, err) < 0)
		return -1;
	if (find_target(&store, operands->items[0], &target, err) < 0)
		return -1;
	/* Held from here on: a removal cannot take the blobs away before the name is there. */
	if (layout_open(target.layout, LAYOUT_CREATE, &layout, err) < 0)
		return -1;
	if (!layout_has_blob(&layout, &target.entry.digest, target.entry.size))
		return error_set(err, ERROR_NOT_FOUND, "image '%s': blob %s is not there",
				 operands->items[0], target.entry.digest.text);
	if (tag_set(&layout, name, &target.entry, err) < 0)
		return -1;
	image.layout = xstrdup(layout.path);
	image.ref = steal(&name);
	descriptor_copy(&target.entry, &image.descriptor);
	return image_print(stdout, &image, (enum image_print)opts->print, err);
}

/* As find_target(), for removing: the hint says what is there, not how to get what is not. */
static int find_target_to_remove(const struct store *store, const char *word, struct target *ret,
				 struct error *err)
{
	if (find_target(store, word, ret, err) == 0)
		return 0;
	if (error_is(err, ERROR_NOT_FOUND))
		error_hint(err, "'ctnr images' lists those that are there");
	return -1;
}

static int untag_word(const char *word, void *data, struct error *err)
{
	const struct store *store = data;
	autotarget struct target target = { 0 };
	autolayout struct layout layout = LAYOUT_INIT;

	if (find_target_to_remove(store, word, &target, err) < 0)
		return -1;
	if (!target.name)
		return error_set(err, ERROR_USAGE, "'%s' is not a name", word);
	if (layout_open(target.layout, LAYOUT_READ, &layout, err) < 0)
		return -1;
	return tag_unname(&layout, target.name, err);
}

int image_untag(const void *opts_, const struct strlist *operands, struct error *err)
{
	const struct store_opts *opts = opts_;
	autostore struct store store = STORE_INIT;
	int status;

	if (operands->len == 0)
		return error_set(err, ERROR_USAGE, "no name given");
	if (opts_open_store(opts, &store, err) < 0)
		return -1;
	status = operand_each(operands, untag_word, &store, err);
	if (store.path)
		refcache_clear(&store);
	return status;
}

static int delete_unreached_blobs(const struct store *store, const struct layout *layout,
				  const struct content *removed, struct error *err)
{
	autocontent struct content kept = { 0 };
	const char *text;
	json_t *value;

	content_init(&kept);
	if (content_add_roots(&kept, layout, store, err) < 0)
		return -1;
	json_object_foreach (removed->digests, text, value) {
		char path[LAYOUT_BLOB_PATH_MAX];
		struct digest digest;

		if (content_has(&kept, text) || digest_parse(text, &digest, NULL) < 0)
			continue;
		if (unlinkat(layout->dirfd, layout_blob_path(&digest, path), 0) < 0 &&
		    errno != ENOENT)
			return error_errno(err, "cannot remove blob %s", text);
	}
	return 0;
}

struct removal {
	const struct store *store;
	json_t *configs; /* of what was removed from the store: a set */
};

static int remove_target(struct removal *removal, const struct target *target, struct error *err)
{
	autolayout struct layout layout = LAYOUT_INIT;
	autocontent struct content removed = { 0 };
	int held;

	content_init(&removed);
	if (layout_open(target->layout, LAYOUT_READ, &layout, err) < 0)
		return -1;
	held = layout_hold_for_removal(&layout, err);
	if (held < 0)
		return -1;
	content_add(&removed, &layout, &target->entry);
	if (target->name ? tag_remove(&layout, target->name, err) < 0
			 : tag_remove_digest(&layout, &target->entry.digest, err) < 0)
		return -1;
	if (target->in_store)
		json_object_update(removal->configs, removed.configs);
	if (!held) {
		message_warning("images are being added to '%s', keeping the blobs of '%s'",
				layout.path,
				target->name ? target->name : target->entry.digest.text);
		return 0;
	}
	return delete_unreached_blobs(removal->store, &layout, &removed, err);
}

static int remove_word(const char *word, void *data, struct error *err)
{
	struct removal *removal = data;
	autotarget struct target target = { 0 };

	if (find_target_to_remove(removal->store, word, &target, err) < 0)
		return -1;
	if (remove_target(removal, &target, err) < 0)
		return error_prefix(err, "image '%s'", word);
	return 0;
}

int image_rm(const void *opts_, const struct strlist *operands, struct error *err)
{
	const struct store_opts *opts = opts_;
	autostore struct store store = STORE_INIT;
	autojson json_t *configs = json_object();
	struct removal removal = { &store, configs };
	struct error cause = { 0 };
	int status;

	if (operands->len == 0)
		return error_set(err, ERROR_USAGE, "no image given");
	if (opts_open_store(opts, &store, err) < 0)
		return -1;
	status = operand_each(operands, remove_word, &removal, err);
	if (!store.path)
		return status;
	refcache_clear(&store);
	if (layers_remove(&store, configs, &cause) == 0)
		return status;
	if (status < 0)
		return -1;
	return error_move(err, &cause);
}
