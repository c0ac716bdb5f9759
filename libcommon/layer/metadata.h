/* SPDX-License-Identifier: Apache-2.0 */
/* What a directory is besides its content: mode, owner, attributes. Its time says only that a name was made or
 * removed in it. */
#ifndef LAYER_METADATA_H
#define LAYER_METADATA_H

#include "layer/xattr.h"
#include "system/id_view.h"

/* Have two open directories the same? 1, 0, -1. */
int metadata_is_same(int a, int b, enum xattr_route route, const struct id_view *ids,
		     struct error *err);

#endif
