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
 * A process that adds blobs and will make a reference to them opens with LAYOUT_CREATE, and leases each
 * blob before it looks whether the blob is there (oci/lease.h, layout_lease_blob()).
 *
 * A collector renames a blob to blobs/ALG/HEX.aside before it deletes the blob. Who misses a blob takes one
 * back that lies aside, and finds it so: a collector that is stopped or killed hides nothing, and deletes
 * only what nobody has taken back.
 */
#ifndef OCI_LAYOUT_H
#define OCI_LAYOUT_H

#include "base/str.h"
#include "oci/descriptor.h"
#include "oci/lease.h"
#include "oci/manifest.h"

#include <stdbool.h>

#define LAYOUT_FILE "oci-layout" /* says that it is one, and of which version */
#define LAYOUT_INDEX_FILE "index.json"
#define LAYOUT_LOCK_FILE ".lock" /* held by writers of index.json */
#define LAYOUT_INDEX_MAX (64U << 20) /* bytes of index.json: ten thousands of references */

/* A collector renames what it is about to delete, a blob or an unpacked layer, to NAME.aside. */
#define ASIDE_SUFFIX ".aside"

struct layout {
	char *path; /* absolute */
	int dirfd;
	struct lease lease; /* empty in a layout opened by LAYOUT_READ */
	/* Looks at each blob that was read whole; blob_check(), or NULL: none. To be set by the
	 * caller, so that readers of the store's own layout need no libcrypto. */
	int (*check)(const struct descriptor *descriptor, const void *bytes, size_t len,
		     struct error *err);
};

#define LAYOUT_INIT \
	{ \
		NULL, -EBADF, LEASE_INIT, NULL \
	}

void layout_release(struct layout *layout);
#define autolayout autocleanup(layout_release)

enum layout_mode {
	LAYOUT_READ, /* ERROR_NOT_FOUND when there is none */
	LAYOUT_CREATE, /* make what is missing; leased blobs stay while it is open */
};

/* Open the layout at path; ret is new. -1 when its file oci-layout is missing or of a version that is
 * not known. */
int layout_open(const char *path, enum layout_mode mode, struct layout *ret, struct error *err);

/* Is the file oci-layout in a directory, and does it state a version that is known? What layout_open() asks.
 * ERROR_NOT_FOUND when it is not there. */
int layout_check_version(int dirfd, struct error *err);

/* Let a blob stay from now on, in a layout opened by LAYOUT_CREATE, as long as the layout is open. To be
 * asked before layout_has_blob(). */
int layout_lease_blob(const struct layout *layout, const struct digest *digest, struct error *err);

/* "blobs/sha256/9f86..." in a caller's buffer. */
#define LAYOUT_BLOB_PATH_MAX 160
const char *layout_blob_path(const struct digest *digest, char path[LAYOUT_BLOB_PATH_MAX]);

/* "blobs/sha256/9f86....aside": where a collector keeps a blob that nothing reaches, before it is
 * deleted. */
const char *layout_aside_path(const struct digest *digest, char path[LAYOUT_BLOB_PATH_MAX]);

/* Is the blob there, with that size? (size UINT64_MAX: any) */
bool layout_has_blob(const struct layout *layout, const struct digest *digest, uint64_t size);

/* Bring to the disk what blobs there are, whoever made them: what a name is to stand for must not get lost
 * while the name is kept. */
int layout_sync_blobs(const struct layout *layout, struct error *err);

/* Open a blob for reading; a size other than the descriptor's is ERROR_VERIFY, a missing blob
 * ERROR_NOT_FOUND. Returns the fd. */
int layout_open_blob(const struct layout *layout, const struct descriptor *descriptor,
		     struct error *err);

/* Read a small blob whole (at most max bytes), and check it. */
int layout_read_blob(const struct layout *layout, const struct descriptor *descriptor, size_t max,
		     struct str *ret, struct error *err);

/* Read the text of index.json into ret, which is empty before. One that another program is writing in place is
 * waited for, a moment: what ret has then may be cut. */
int layout_read_index_text(const struct layout *layout, struct str *ret, struct error *err);

/* Read index.json. */
int layout_read_index(const struct layout *layout, struct index *ret, struct error *err);

/* Read a manifest that is a blob of the layout, by layout_read_blob(). */
int layout_read_manifest(const struct layout *layout, const struct descriptor *descriptor,
			 struct manifest *ret, struct error *err);

/* The same for an index that is a blob. */
int layout_read_nested_index(const struct layout *layout, const struct descriptor *descriptor,
			     struct index *ret, struct error *err);

/* The manifest behind a descriptor, as by index_resolve(): the indexes are blobs of the layout. */
int layout_resolve(const struct layout *layout, const struct descriptor *descriptor,
		   const struct platform *platform, struct descriptor *ret, struct error *err);

#endif
