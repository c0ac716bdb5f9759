/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Making files, directories, symlinks, FIFOs and devices. Each is made with O_EXCL or its like in a
 * directory that is held open; what is in the way is removed first, never written to.
 *
 * Order for one object: content, owner (which clears set-ID bits and capabilities), mode, extended
 * attributes, time. A directory gets its time when the view closes it (view.h).
 */
#ifndef CTNR_UNPACK_WORKERS_LAYER_ENTRY_H
#define CTNR_UNPACK_WORKERS_LAYER_ENTRY_H

#include "workers/layer/layer.h"

#include "format/tar.h"

/* Make what an entry describes, but for a hardlink, in place of what is there. */
int entry_make(struct layer *layer, const struct place *place, const struct tar_entry *entry,
	       struct tar_reader *tar, struct error *err);

/* The entry of the root directory: it is never replaced, and gets the entry's metadata. */
int entry_set_root(struct layer *layer, const struct tar_entry *entry, struct error *err);

#endif
