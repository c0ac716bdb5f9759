/* SPDX-License-Identifier: Apache-2.0 */
/* image tag and image untag. */
#include "operand.h"
#include "opts.h"
#include "target.h"
#include "verbs.h"

#include "base/alloc.h"
#include "oci/reference.h"
#include "oci/tag.h"
#include "store/image_print.h"
#include "store/refcache.h"

#include <string.h>

int image_tag(const void *opts_, const struct strlist *operands, struct error *err)
{
	const struct store_opts *opts = opts_;
	autostore struct store store = STORE_INIT;
	autotarget struct target target = TARGET_INIT;
	autolayout struct layout layout = LAYOUT_INIT;
	autofree char *name = NULL;
	autoimage struct image image = IMAGE_INIT;

	if (operands->len != 2)
		return error_set(err, ERROR_USAGE, "expected an image and a new name");
	name = reference_new_name(operands->items[1], err);
	if (!name || opts_open_store(opts, &store, err) < 0)
		return -1;
	if (target_find(&store, operands->items[0], &target, err) < 0)
		return -1;
	/* Leased from here on: no collector takes the blobs away before the name is there. */
	if (layout_open(target.layout, LAYOUT_CREATE, &layout, err) < 0 ||
	    layout_lease_blob(&layout, &target.entry.digest, err) < 0)
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

static int untag_word(const char *word, void *data, struct error *err)
{
	const struct store *store = data;
	autotarget struct target target = TARGET_INIT;
	autolayout struct layout layout = LAYOUT_INIT;

	if (target_find_present(store, word, &target, err) < 0)
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
