/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An OCI image layout directory (image-spec image-layout.md): oci-layout, index.json, blobs/.
 *
 * Readers take no lock: blobs and index.json appear whole, by rename. Writers of index.json hold
 * an exclusive lock on the file ".lock" in the layout, for the moment of writing only. Verifying a
 * blob's content is the writer's duty (oci/blob.h); readers check the size.
 *
 * Whoever adds blobs and will make a reference to them opens with LAYOUT_CREATE. As long as that
 * layout is open it holds a shared lock on the file ".hold", and whoever removes blobs needs that
 * lock exclusively: a blob that was seen stays until the reference to it is written.
 */
#ifndef OCI_LAYOUT_H
#define OCI_LAYOUT_H

#include "base/str.h"
#include "oci/descriptor.h"
#include "oci/manifest.h"

#include <stdbool.h>

#define LAYOUT_INDEX_MAX (64U << 20) /* bytes of index.json: ten thousands of references */
#define LAYOUT_NESTING_MAX 8 /* indexes within indexes */

struct layout {
	char *path; /* absolute */
	int dirfd;
	int holdfd; /* of ".hold", locked; -EBADF in a layout opened by LAYOUT_READ */
};

#define LAYOUT_INIT \
	{ \
		NULL, -EBADF, -EBADF \
	}

void layout_release(struct layout *layout);
#define autolayout autocleanup(layout_release)

enum layout_mode {
	LAYOUT_READ, /* ERROR_NOT_FOUND when there is none */
	LAYOUT_CREATE, /* make what is missing; blobs stay while it is open */
};

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

/* Read a small blob whole (at most max bytes). Not hashed. */
int layout_read_blob(const struct layout *layout, const struct descriptor *descriptor, size_t max,
		     struct str *ret, struct error *err);

int layout_read_index(const struct layout *layout, struct index *ret, struct error *err);

/* Read a manifest or an index that is a blob of the layout. */
int layout_read_manifest(const struct layout *layout, const struct descriptor *descriptor,
			 struct manifest *ret, struct error *err);
int layout_read_nested_index(const struct layout *layout, const struct descriptor *descriptor,
			     struct index *ret, struct error *err);

/* The manifest behind a descriptor: itself, or what the index that it is (also nested) has for the
 * platform (NULL: the host's). */
int layout_resolve(const struct layout *layout, const struct descriptor *descriptor,
		   const struct platform *platform, struct descriptor *ret, struct error *err);

/* Of the entries that match (matches NULL: all) the one to take: when they are different images the
 * platform decides (NULL: the host's), and among equals the last, which was written last.
 * Borrowed from index; NULL with ERROR_NOT_FOUND. */
const struct descriptor *layout_choose_entry(const struct index *index,
					     bool (*matches)(const struct descriptor *entry,
							     const void *data),
					     const void *data, const struct platform *platform,
					     struct error *err);

/* The descriptor that ref (annotation ref.name) names; ref NULL: the only one in the layout, else
 * an error that lists the names. Of several descriptors with that name the platform decides, and
 * among equals the last. An index behind it is resolved as by layout_resolve(). ERROR_NOT_FOUND. */
int layout_find(const struct layout *layout, const char *ref, const struct platform *platform,
		struct descriptor *ret, struct error *err);

/* As layout_find(), without resolving an index; several different descriptors with that name are an
 * error. */
int layout_find_raw(const struct layout *layout, const char *ref, struct descriptor *ret,
		    struct error *err);

/* Let ref name exactly this descriptor (its annotations are kept, ref.name is set); whatever had
 * the name before is no longer in index.json. Other entries and unknown members are kept. */
int layout_set_reference(const struct layout *layout, const char *ref,
			 const struct descriptor *descriptor, struct error *err);

/* Take a name away: the entry stays without one, unless another entry has the same digest.
 * ERROR_NOT_FOUND when nothing has that name. */
int layout_unname(const struct layout *layout, const char *ref, struct error *err);

/* Remove a reference; ERROR_NOT_FOUND when there is none. Blobs stay. */
int layout_remove_reference(const struct layout *layout, const char *ref, struct error *err);

/* Remove all entries with that digest, named or not. Returns how many there were. */
int layout_remove_digest(const struct layout *layout, const struct digest *digest,
			 struct error *err);

#endif
