/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The layer that a bundle's changes are, as a blob of a layout. One pass: the archive of the changes is read,
 * hashed, compressed, hashed and written as it comes (layer/archive.h).
 */
#ifndef CTNR_PACK_NEW_LAYER_H
#define CTNR_PACK_NEW_LAYER_H

#include "changes.h"

#include "base/progress.h"
#include "format/compress.h"
#include "oci/layout.h"
#include "system/interrupt.h"

struct new_layer {
	bool is_there; /* false: nothing was changed, and no layer was made */
	struct descriptor blob;
	struct digest diff_id;
};

#define NEW_LAYER_INIT \
	{ \
		.blob = DESCRIPTOR_INIT \
	}

void new_layer_release(struct new_layer *layer);
#define autonewlayer autocleanup(new_layer_release)

/* How a layer is made. Everything is borrowed. */
struct new_layer_plan {
	const struct changes_request *changes;
	const struct compress_options *compress;
	const struct layout *layout; /* that gets it; opened by LAYOUT_CREATE, which leases it */
	const struct interrupt *interrupt; /* that ends it early */
	struct progress *progress; /* may be NULL */
};

/* Make the layer. Before it was made nothing of it is in the layout. */
int new_layer_make(const struct new_layer_plan *plan, struct new_layer *ret, struct error *err);

#endif
