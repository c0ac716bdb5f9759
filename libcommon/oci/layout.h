/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An OCI image layout directory (image-spec image-layout.md): oci-layout, index.json, blobs/.
 *
 * Readers take no lock: blobs and index.json appear whole, by rename. Writers of index.json hold
 * an exclusive lock on the file ".lock" in the layout. Verifying a blob's content is the writer's
 * duty (oci/blob.h); readers check the size.
 */
#ifndef OCI_LAYOUT_H
#define OCI_LAYOUT_H

#include "base/str.h"
#include "oci/descriptor.h"
#include "oci/manifest.h"

#include <stdbool.h>

#define LAYOUT_INDEX_MAX (64U << 20) /* bytes of index.json: ten thousands of references */

struct layout {
	char *path; /* absolute */
	int dirfd;
};

#define LAYOUT_INIT \
	{ \
		NULL, -EBADF \
	}

void layout_release(struct layout *layout);
#define autolayout autocleanup(layout_release)

enum layout_mode {
	LAYOUT_READ, /* ERROR_NOT_FOUND when there is none */
	LAYOUT_CREATE, /* make what is missing */
};

int layout_open(const char *path, enum layout_mode mode, struct layout *ret, struct error *err);

/* "blobs/sha256/9f86..." in a caller's buffer. */
#define LAYOUT_BLOB_PATH_MAX 160
const char *layout_blob_path(const struct digest *digest, char path[LAYOUT_BLOB_PATH_MAX]);

/* Is the blob there, with that size? (size UINT64_MAX: any) */
bool layout_has_blob(const struct layout *layout, const struct digest *digest, uint64_t size);

/* Open a blob for reading; a size other than the descriptor's is ERROR_VERIFY, a missing blob
 * ERROR_NOT_FOUND. Returns the fd. */
int layout_open_blob(const struct layout *layout, const struct descriptor *descriptor,
		     struct error *err);

/* Read a small blob whole (at most max bytes). Not hashed. */
int layout_read_blob(const struct layout *layout, const struct descriptor *descriptor, size_t max,
		     struct str *ret, struct error *err);

int layout_read_index(const struct layout *layout, struct index *ret, struct error *err);

/* The descriptor that ref (annotation ref.name) names; ref NULL: the only one in the layout, else
 * an error that lists the names. An index behind it (also nested, depth 8) is resolved by platform
 * (NULL: the host's). ERROR_NOT_FOUND. */
int layout_find(const struct layout *layout, const char *ref, const struct platform *platform,
		struct descriptor *ret, struct error *err);

/* As layout_find(), without resolving an index. */
int layout_find_raw(const struct layout *layout, const char *ref, struct descriptor *ret,
		    struct error *err);

/* Let ref name exactly this descriptor (its annotations are kept, ref.name is set); whatever had
 * the name before loses it. */
int layout_set_reference(const struct layout *layout, const char *ref,
			 const struct descriptor *descriptor, struct error *err);

/* Remove a reference; ERROR_NOT_FOUND when there is none. */
int layout_remove_reference(const struct layout *layout, const char *ref, struct error *err);

#endif
