/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What check looks at: a layout, and the store around it when it is the store's own; all that is in there, or
 * what some images, bundles and volumes consist of.
 *
 * A layout is opened here whatever state its files are in: layout_open() wants them whole.
 */
#ifndef CTNR_STORE_CHECK_SCOPE_H
#define CTNR_STORE_CHECK_SCOPE_H

#include "collect/roots.h"

#include "base/cleanup.h"
#include "base/error.h"
#include "format/json.h"
#include "oci/layout.h"
#include "store/store.h"

#include <stdbool.h>
#include <stdint.h>

struct scope {
	const struct store *store; /* borrowed; NULL: the layout is elsewhere */
	struct layout layout; /* path is set; dirfd is negative when there is none */
	bool is_whole; /* all of it, and the rest does not matter: */
	json_t *entries; /* of index.json, by name or digest: a set */
	json_t *bundles; /* by ID: a set */
	json_t *volumes; /* by name: a set */
	struct roots_scope roots_scope;
	struct roots selected; /* the blobs and layers of entries and bundles; by scope_close() */
};

/* Begin with nothing selected. path is the layout's. Without a layout there everything is as in an empty
 * one; ERROR_FAILED when it cannot be opened. */
int scope_init(struct scope *scope, const struct store *store, const char *path, struct error *err);
void scope_release(struct scope *scope);

/* Everything has been selected: find out what that consists of. */
void scope_close(struct scope *scope);

/* Is it to be looked at? */
bool scope_has_entry(const struct scope *scope, const struct descriptor *entry);
bool scope_has_bundle(const struct scope *scope, const char *id);
bool scope_has_volume(const struct scope *scope, const char *name);
bool scope_has_blob(const struct scope *scope, const char *digest);
bool scope_has_layer(const struct scope *scope, const char *path); /* "layers/IDMAP/ALG/HEX" */

/* "images/PATH" in the store, PATH in a layout elsewhere: new. */
char *scope_layout_path(const struct scope *scope, const char *path);

#endif
