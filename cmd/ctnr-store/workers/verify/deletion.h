/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Deletions, beside the marks that the unpacker makes of them in overlay form (whiteout.h of
 * ctnr-unpack-layer): a name that the layer did not make is a 0:0 device, a directory that it made
 * opaque; where there is nothing below, nothing.
 */
#ifndef CTNR_STORE_WORKERS_VERIFY_DELETION_H
#define CTNR_STORE_WORKERS_VERIFY_DELETION_H

#include "workers/verify/comparison.h"

/* Compare ".wh.NAME", and ".wh..wh..opq". -1: the archive states too many paths. */
int deletion_compare(struct comparison *comparison, const struct name_parts *name,
		     struct error *err);
int deletion_compare_opaque(struct comparison *comparison, const struct name_parts *name,
			    struct error *err);

/* A directory that took the place of something hides what is below. */
void deletion_compare_hidden(struct comparison *comparison, struct view_dir *dir);

/* A directory that is opaque although nothing was replaced or deleted there. */
void deletion_tell_opaque(struct comparison *comparison, const char *path);

#endif
