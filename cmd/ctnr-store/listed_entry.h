/* SPDX-License-Identifier: Apache-2.0 */
/* An entry of index.json as lists show it: what all of them say of an image, an index or an artifact. */
#ifndef CTNR_STORE_LISTED_ENTRY_H
#define CTNR_STORE_LISTED_ENTRY_H

#include "base/table.h"
#include "oci/index_list.h"

/* Its name on a line, or its digest (borrowed): a name that others wrote may hold anything, and one name is one line,
 * and gives a terminal no orders. */
const char *listed_entry_name(const struct index_entry *entry);

/* Add the cells REPOSITORY, TAG and DIGEST. */
void listed_entry_add_name(const struct index_entry *entry, struct table *table);

/* Append the image record (store/image.h) of an entry of the layout, as text and without its end, because ten thousand
 * trees cost too much: {"layout":"...","ref":"...","descriptor":{...} */
void listed_entry_append_record(const struct index_entry *entry, const struct layout *layout,
				struct str *out);

#endif
