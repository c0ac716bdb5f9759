/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/layer/layer.h"

/* What the layer below says of this path in its file of owners goes into ours. */
static int carry_record(void *data, size_t lower, const char *path, struct error *err)
{
	struct layer *layer = data;
	struct owners_record record;
	int found = owners_stack_find(&layer->owners_below, lower, path, &record, err);

	return found > 0 ? owners_writer_add(&layer->owners, &record, path, err) : found;
}

int layer_init(struct layer *layer, const struct layer_target *target,
	       const struct identity *identity, struct error *err)
{
	*layer = (struct layer) {
		.form = target->form,
		.can_make_devices = identity->real_root,
		.owners_below = OWNERS_STACK_INIT(target->lowers, target->n_lowers),
		.view = { .carry_record = carry_record, .data = layer },
	};
	owners_writer_init(&layer->owners, identity, target->owners_fd);
	entry_xattrs_init(&layer->xattrs,
			  target->form == LAYER_PLAIN ? XATTR_IMAGE_TO_PLAIN : XATTR_IMAGE_TO_LAYER,
			  identity_has_one_id(identity));
	return view_init(&layer->view, target->top, target->lowers, target->n_lowers, err);
}

void layer_release(struct layer *layer)
{
	if (!layer)
		return;
	view_release(&layer->view);
	path_set_release(&layer->own_paths);
	path_set_release(&layer->cleared);
	owners_writer_release(&layer->owners);
	owners_stack_release(&layer->owners_below);
}
