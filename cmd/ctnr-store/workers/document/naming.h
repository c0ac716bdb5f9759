/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A name of the store that gets a new document: what it stands for is read, a document is made of that, and the name
 * stands for the new one, unless somebody else was faster. Then all of that is done again.
 *
 *	autonaming struct naming naming = NAMING_INIT;
 *
 *	if (naming_open(&opts->common, &naming, err) < 0 || naming_find(&naming, word, err) < 0)
 *		return -1;
 *	do {
 *		if (naming_read(&naming, err) < 0)
 *			return -1;
 *		... make a document of naming.entry, and put it into naming.layout
 *		done = naming_exchange(&naming, &document, NULL, err);
 *	} while (done == 0);
 *
 * No lock is held while documents and blobs are made. Blobs are leased by the layout until the name is set; what the
 * name stood for before is left to the collector.
 */
#ifndef CTNR_STORE_WORKERS_DOCUMENT_NAMING_H
#define CTNR_STORE_WORKERS_DOCUMENT_NAMING_H

#include "opts.h"

#include "oci/layout.h"

struct naming {
	struct store store;
	struct layout layout; /* the store's, with leases */
	char *name;
	struct descriptor entry; /* what the name stands for, without the name */
	bool is_there; /* is there an entry? */
};

#define NAMING_INIT \
	{ \
		.store = STORE_INIT, .layout = LAYOUT_INIT \
	}

void naming_release(struct naming *naming);
#define autonaming autocleanup(naming_release)

/* Open the store, which is made where there is none, and its layout. ret is new. */
int naming_open(const struct store_opts *opts, struct naming *ret, struct error *err);

/* The name is one that a user gives (reference_new_name()). ERROR_USAGE for what cannot be one. */
int naming_give(struct naming *naming, const char *word, struct error *err);

/* The name is one that is there, by the word that means it (store/image_query.h). ERROR_NOT_FOUND. */
int naming_find(struct naming *naming, const char *word, struct error *err);

/* Read what the name stands for now, if anything. */
int naming_read(struct naming *naming, struct error *err);

/* Does the name stand for something else than that digest by now? Reads it again. */
bool naming_has_changed(struct naming *naming, const struct digest *digest);

/* Let the name stand for the descriptor, as tag_exchange(): 1, or 0 when it does not stand any more for what
 * naming_read() has read. */
int naming_exchange(const struct naming *naming, const struct descriptor *descriptor,
		    const struct descriptor *referrer, struct error *err);

/* Print the record, or the name, of what the name stands for now. */
int naming_print(const struct naming *naming, const struct descriptor *descriptor,
		 const struct store_opts *opts, struct error *err);

/* Lease a blob, and look whether it is there: ERROR_NOT_FOUND when not. */
int naming_keep_blob(const struct naming *naming, const struct descriptor *descriptor,
		     struct error *err);

#endif
