/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The platform of an index's entry (image-spec image-index.md): what the image's config states, and what the options
 * state instead of it.
 */
#ifndef CTNR_STORE_WORKERS_DOCUMENT_ENTRY_PLATFORM_H
#define CTNR_STORE_WORKERS_DOCUMENT_ENTRY_PLATFORM_H

#include "index_opts.h"

#include "oci/manifest.h"

/* Is any of the options stated? */
bool entry_platform_is_stated(const struct entry_platform_opts *opts);

/* Read the platform from the config of an image, which lies in that layout. An artifact's config states none. */
int entry_platform_read(const struct layout *layout, const struct manifest *manifest,
			struct descriptor *entry, struct error *err);

/* Let the entry have what the options state. ERROR_USAGE. */
int entry_platform_apply(const struct entry_platform_opts *opts, struct descriptor *entry,
			 struct error *err);

/* The platform that the options ask for, of those of an index; 0 when they ask for none, else 1. ERROR_USAGE. */
int entry_platform_wanted(const struct entry_platform_opts *opts, struct platform *ret,
			  struct error *err);

#endif
