/* SPDX-License-Identifier: Apache-2.0 */
/*
 * image rm, in this order:
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
#include "removed.h"
#include "target.h"
#include "verbs.h"

#include "base/alloc.h"
#include "base/message.h"
#include "oci/tag.h"
#include "store/refcache.h"

#include <errno.h>
#include <unistd.h>

struct removal {
	const struct store *store;
	json_t *configs; /* of what was removed from the store: a set */
	bool force;
};

static int delete_unreached_blobs(const struct layout *layout, const struct content *removed,
				  const struct content *kept, struct error *err)
{
	const char *text;
	json_t *value;

	json_object_foreach (removed->digests, text, value) {
		char path[LAYOUT_BLOB_PATH_MAX];
		struct digest digest;

		if (content_has(kept, text) || digest_parse(text, &digest, NULL) < 0)
			continue;
		if (unlinkat(layout->dirfd, layout_blob_path(&digest, path), 0) < 0 &&
		    errno != ENOENT)
			return error_errno(err, "cannot remove blob %s", text);
	}
	return 0;
}

/* Take the entries out of index.json, and say whose names are gone. */
static int remove_entries(const struct removal *removal, const struct layout *layout,
			  const struct target *target, struct error *err)
{
	autostrlist struct strlist names = STRLIST_INIT;

	if (target->name) {
		if (tag_remove(layout, target->name, err) < 0)
			return -1;
		return removed_print(REMOVED_NAME, target->name, err);
	}
	if (tag_remove_digest(layout, &target->entry.digest,
			      removal->force ? TAG_SEVERAL_REMOVED : TAG_SEVERAL_REFUSED, &names,
			      err) < 0)
		return error_errno_is(err, 0)
			       ? error_hint(err, "remove it by each name, or with --force")
			       : -1;
	for (size_t i = 0; i < names.len; i++)
		if (removed_print(REMOVED_NAME, names.items[i], err) < 0)
			return -1;
	return 0;
}

/* Delete what nothing needs any more of the content of an image whose entries are gone. */
static int delete_content(const struct removal *removal, const struct layout *layout,
			  const struct target *target, const struct content *removed,
			  struct error *err)
{
	autocontent struct content kept = { 0 };

	content_init(&kept);
	if (content_add_roots(&kept, layout, removal->store, err) < 0 ||
	    delete_unreached_blobs(layout, removed, &kept, err) < 0)
		return -1;
	if (content_has(&kept, target->entry.digest.text))
		return 0;
	return removed_print(REMOVED_IMAGE, target->entry.digest.text, err);
}

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
	if (remove_entries(removal, &layout, target, err) < 0)
		return -1;
	if (target->in_store)
		json_object_update(removal->configs, removed.configs);
	if (!held) {
		message_warning("images are being added to '%s', keeping the blobs of '%s'",
				layout.path,
				target->name ? target->name : target->entry.digest.text);
		return 0;
	}
	return delete_content(removal, &layout, target, &removed, err);
}

static int remove_word(const char *word, void *data, struct error *err)
{
	struct removal *removal = data;
	autotarget struct target target = TARGET_INIT;
	struct error cause = { 0 };

	if (target_find_present(removal->store, word, &target, &cause) < 0) {
		if (!removal->force || cause.code != ERROR_NOT_FOUND)
			return error_move(err, &cause);
		message_warning("%s, nothing to remove", cause.message);
		return 0;
	}
	if (remove_target(removal, &target, err) < 0)
		return error_prefix(err, "image '%s'", word);
	return 0;
}

int image_rm(const void *opts_, const struct strlist *operands, struct error *err)
{
	const struct store_opts *opts = opts_;
	autostore struct store store = STORE_INIT;
	autojson json_t *configs = json_object();
	struct removal removal = { &store, configs, opts->force };
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
