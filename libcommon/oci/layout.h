/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An OCI image layout directory (image-spec image-layout.md): oci-layout, index.json, blobs/.
 *
 * Readers take no lock: blobs and index.json appear whole, by rename. Writers of index.json hold
 * an exclusive lock on the file ".lock" in the layout, for the moment of writing only.
 *
 * A blob's content is verified by its writer (oci/blob.h); readers check the size. A layout that
 * another program may have written gets a check: then every blob that is read whole is hashed too.
 *
 *	autolayout struct layout layout = LAYOUT_INIT;
 *
 *	if (layout_open(path, LAYOUT_READ, &layout, err) < 0) ...
 *	layout.check = blob_check;
 *	if (layout_read_manifest(&layout, &descriptor, &manifest, err) < 0) ...
 *
 * A process that adds blobs and will make a reference to them opens with LAYOUT_CREATE. As long as
 * that layout is open it holds a shared lock on the file ".hold", and removing blobs needs that lock
 * exclusively: a blob that was seen stays until the reference to it is written.
 */
#ifndef OCI_LAYOUT_H
#define OCI_LAYOUT_H

#include "base/str.h"
#include "oci/descriptor.h"
#include "oci/manifest.h"

#include <stdbool.h>

#define LAYOUT_INDEX_FILE "index.json"
#define LAYOUT_LOCK_FILE ".lock" /* held by writers of index.json */
#define LAYOUT_INDEX_MAX (64U << 20) /* bytes of index.json: ten thousands of references */

struct layout {
	char *path; /* absolute */
	int dirfd;
	int holdfd; /* of ".hold", locked; -EBADF in a layout opened by LAYOUT_READ */
	/* Looks at each blob that was read whole; blob_check(), or NULL: none. To be set by the
	 * caller, so that readers of the store's own layout need no libcrypto. */
	int (*check)(const struct descriptor *descriptor, const void *bytes, size_t len,
		     struct error *err);
};

#define LAYOUT_INIT \
	{ \
		NULL, -EBADF, -EBADF, NULL \
	}

void layout_release(struct layout *layout);
#define autolayout autocleanup(layout_release)

enum layout_mode {
	LAYOUT_READ, /* ERROR_NOT_FOUND when there is none */
	LAYOUT_CREATE, /* make what is missing; blobs stay while it is open */
};

/* Open the layout at path; ret is new. -1 when its file oci-layout is missing or of a version that is
 * not known. */
int layout_open(const char *path, enum layout_mode mode, struct layout *ret, struct error *err);

/* Take ".hold" exclusively, for removing blobs, in a layout opened by LAYOUT_READ. Returns 1, or 0
 * when somebody is adding blobs. */
int layout_hold_for_removal(struct layout *layout, struct error *err);

/* "blobs/sha256/9f86..." in a caller's buffer. */
#define LAYOUT_BLOB_PATH_MAX 160
const char *layout_blob_path(const struct digest *digest, char path[LAYOUT_BLOB_PATH_MAX]);

/* Is the blob there, with that size? (size UINT64_MAX: any) */
bool layout_has_blob(const struct layout *layout, const struct digest *digest, uint64_t size);

/* Open a blob for reading; a size other than the descriptor's is ERROR_VERIFY, a missing blob
 * ERROR_NOT_FOUND. Returns the fd. */
int layout_open_blob(const struct layout *layout, const struct descriptor *descriptor,
		     struct error *err);

/* Read a small blob whole (at most max bytes), and check it. */
int layout_read_blob(const struct layout *layout, const struct descriptor *descriptor, size_t max,
		     struct str *ret, struct error *err);

/* Read index.json. */
int layout_read_index(const struct layout *layout, struct index *ret, struct error *err);

/* Read a manifest that is a blob of the layout, by layout_read_blob(). */
int layout_read_manifest(const struct layout *layout, const struct descriptor *descriptor,
			 struct manifest *ret, struct error *err);

/* The manifest behind a descriptor, as by index_resolve(): the indexes are blobs of the layout. */
int layout_resolve(const struct layout *layout, const struct descriptor *descriptor,
		   const struct platform *platform, struct descriptor *ret, struct error *err);

#endif
