/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a container changed, as a layer's archive (image-spec layer.md).
 *
 * The content is the container's, and a container that runs changes it meanwhile. So it is read by a child that
 * entered the user namespace which owns the files and then confined itself (system/confine.h): it sees the
 * bundle's trees alone, may only read, and gives nothing back but the archive's bytes, through one pipe, and
 * warnings and its verdict through another. What this process does with the archive needs no look into it.
 *
 *	overlay		the upper directory is the change set: whiteouts and opaque directories become the
 *			archive's, what is in it becomes entries. Time and calls are proportional to it.
 *	copy		rootfs/ is compared with the layers of the image, which must be in the store
 *	squashed	all that there is: upper and layers as the overlay shows them, or rootfs/
 *
 * Left out: sockets (with a warning), and what is there only because something was mounted on it, an empty file
 * or directory where the bundle's config mounts and the image has nothing (store/mount_points.h; all that a squashed
 * copy has is there). How an object becomes an entry, and which cannot, is told in object.h.
 */
#ifndef CTNR_PACK_CHANGES_H
#define CTNR_PACK_CHANGES_H

#include "format/tar_write.h"
#include "store/bundle.h"
#include "system/identity.h"

enum changes_extent {
	CHANGES_SINCE_IMAGE,
	CHANGES_ALL, /* squashed: as if there were no image */
};

/* Everything is borrowed. */
struct changes_request {
	const struct store *store; /* path NULL: there is none */
	const struct bundle *bundle;
	const struct identity *identity;
	enum changes_extent extent;
	/* Times of files after it become it: seconds since 1970; INT64_MAX: none do. */
	int64_t latest;
	/* Make the sink as if nothing had been written to it: a file that had been handed on in part has changed, and
	 * all is read once more. NULL: that is an error at once. Called once at most. < 0 ends it, with err set. */
	int (*restart)(void *sink, struct error *err);
};

/* What was read. */
struct changes_found {
	uint64_t n_entries; /* 0: nothing was changed, and the archive is an empty one */
};

/* Read the changes; write gets the archive, in pieces, in this process. Warnings are printed as they come. A
 * file that changes while it is read is read once more (content.h), then it is an error that names it. */
int changes_read(const struct changes_request *request, tar_sink write, void *sink,
		 struct changes_found *ret, struct error *err);

#endif
