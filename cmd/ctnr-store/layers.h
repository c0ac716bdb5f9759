/* SPDX-License-Identifier: Apache-2.0 */
/* The unpacked layers that images leave behind when they are removed. */
#ifndef CTNR_STORE_LAYERS_H
#define CTNR_STORE_LAYERS_H

#include "base/error.h"
#include "format/json.h"
#include "store/store.h"

/* Delete the layers of removed images that neither another image nor a bundle has. configs is a
 * set of the digests of their image configs. May enter the user namespace that owns the files. */
int layers_remove(const struct store *store, const json_t *configs, struct error *err);

#endif
