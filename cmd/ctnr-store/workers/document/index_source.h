/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an IMAGE of the command line becomes in an index: one entry, or with --all those of the index that it is. The
 * images lie in the store, and are leased from then on.
 */
#ifndef CTNR_STORE_WORKERS_DOCUMENT_INDEX_SOURCE_H
#define CTNR_STORE_WORKERS_DOCUMENT_INDEX_SOURCE_H

#include "index_opts.h"
#include "workers/document/naming.h"

struct index_source {
	struct descriptor *entries;
	size_t n_entries;
};

#define INDEX_SOURCE_INIT \
	{ \
		NULL, 0 \
	}

void index_source_release(struct index_source *source);
#define autoindexsource autocleanup(index_source_release)

/* Append the entries of an image to ret. The options are those of create or add: annotations are not read here. */
int index_source_add(const struct naming *naming, const struct index_opts *opts, const char *word,
		     struct index_source *ret, struct error *err);

/* The digest of the entry that word means in an index: a digest itself, or that of an image of the store. */
int index_source_digest(const struct naming *naming, const char *word, struct digest *ret,
			struct error *err);

#endif
