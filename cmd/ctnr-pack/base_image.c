/* SPDX-License-Identifier: Apache-2.0 */
#include "base_image.h"

#include "base/alloc.h"
#include "oci/blob.h"
#include "store/store.h"
#include "system/fd.h"

#define PIECE (256U << 10) /* bytes that are copied at a time */
#define BUSY_MS 50 /* how often to ask for a blob that another process is making */

void base_image_release(struct base_image *base)
{
	layout_release(&base->layout);
	manifest_release(&base->manifest);
	image_config_release(&base->config);
}

/* A layout may be another program's: what it says is checked here. */
static int read_documents(struct base_image *base, struct error *err)
{
	if (layout_open(base->image->layout, LAYOUT_READ, &base->layout, err) < 0)
		return -1;
	base->layout.check = blob_check;
	if (layout_read_manifest(&base->layout, &base->image->descriptor, &base->manifest, err) <
		    0 ||
	    image_config_read(&base->layout, &base->manifest.config, &base->config, err) < 0)
		return -1;
	if (base->config.n_diff_ids != base->manifest.n_layers)
		return error_set(err, ERROR_VERIFY, "%zu layers, and %zu diff IDs in the config",
				 base->manifest.n_layers, base->config.n_diff_ids);
	return 0;
}

int base_image_open(const struct bundle *bundle, struct base_image *ret, struct error *err)
{
	if (!bundle->image.layout) {
		error_set(err, ERROR_FAILED, "%s '%s' does not say which image it was made from",
			  bundle_word(), bundle->id);
		return error_hint(err, "those that ctnr-unpack makes do, in " BUNDLE_RECORD_FILE);
	}
	ret->image = &bundle->image;
	if (read_documents(ret, err) == 0)
		return 0;
	image_found_unfit(err);
	return error_prefix(err, "image '%s'", image_name(&bundle->image));
}

static int copy_content(int from, struct blob_writer *writer, const struct interrupt *interrupt,
			struct error *err)
{
	autofree char *piece = xmalloc(PIECE);
	ssize_t len;

	while ((len = fd_read_full(from, piece, PIECE)) > 0)
		if (interrupt_wait(interrupt, 0))
			return interrupt_error(err);
		else if (blob_write(writer, piece, (size_t)len, err) < 0)
			return -1;
	return len < 0 ? error_errno(err, "cannot read") : blob_finish(writer, err);
}

static int bring_layer(const struct base_image *base, const struct descriptor *layer,
		       const struct layout *layout, const struct interrupt *interrupt,
		       struct error *err)
{
	autoblobwriter struct blob_writer writer = BLOB_WRITER_INIT;
	autoclose int from = -EBADF;
	int state;

	while ((state = blob_try_start(layout, &layer->digest, layer->size, &writer, err)) ==
	       BLOB_BUSY)
		if (interrupt_wait(interrupt, BUSY_MS))
			return interrupt_error(err);
	if (state != BLOB_READY)
		return state < 0 ? -1 : 0;
	from = layout_open_blob(&base->layout, layer, err);
	return from < 0 ? -1 : copy_content(from, &writer, interrupt, err);
}

int base_image_bring(const struct base_image *base, const struct layout *layout,
		     const struct interrupt *interrupt, struct error *err)
{
	for (size_t i = 0; i < base->manifest.n_layers; i++) {
		const struct descriptor *layer = &base->manifest.layers[i];

		if (bring_layer(base, layer, layout, interrupt, err) < 0)
			return error_prefix(err, "layer %s", layer->digest.text);
	}
	return 0;
}
