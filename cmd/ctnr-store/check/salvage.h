/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What can be read of an index.json that layout_read_index() refuses as a whole: its valid entries.
 */
#ifndef CTNR_STORE_CHECK_SALVAGE_H
#define CTNR_STORE_CHECK_SALVAGE_H

#include "base/cleanup.h"
#include "base/str.h"
#include "format/json.h"
#include "oci/layout.h"

struct salvage {
	json_t *document; /* the whole, or NULL: it is no object of JSON */
	struct index index; /* the valid entries; the rest is empty */
	struct strlist
		lost_names; /* of entries that are not valid; one without a name is left out */
};

#define SALVAGE_INIT \
	{ \
		NULL, INDEX_INIT, STRLIST_INIT \
	}

void salvage_release(struct salvage *salvage);
#define autosalvage autocleanup(salvage_release)

/* Read what there is. ret is new. Never fails: of what is not there at all nothing can be read. */
void salvage_read(const struct layout *layout, struct salvage *ret);

#endif
