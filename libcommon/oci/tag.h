/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The names in a layout: which entry of its index.json a name (annotation
 * org.opencontainers.image.ref.name) stands for. Writing keeps all members that are not known here.
 *
 *	if (tag_find(&layout, "debian:12", NULL, &descriptor, err) < 0) ...
 *	if (tag_set(&layout, "debian:stable", &descriptor, err) < 0) ...
 */
#ifndef OCI_TAG_H
#define OCI_TAG_H

#include "oci/descriptor.h"
#include "oci/layout.h"
#include "oci/manifest.h"
#include "oci/platform.h"

/* Of the entries that match (matches NULL: all) the one to take: when they are different images the
 * platform decides (NULL: the host's), and among equals the last, which was written last.
 * Borrowed from index; NULL with ERROR_NOT_FOUND. */
const struct descriptor *tag_choose(const struct index *index,
				    bool (*matches)(const struct descriptor *entry,
						    const void *data),
				    const void *data, const struct platform *platform,
				    struct error *err);

/* The descriptor that ref (annotation ref.name) names; ref NULL: the only one in the layout, else
 * an error that lists the names. Of several descriptors with that name the platform decides, and
 * among equals the last. An index behind it is resolved as by layout_resolve(). ERROR_NOT_FOUND. */
int tag_find(const struct layout *layout, const char *ref, const struct platform *platform,
	     struct descriptor *ret, struct error *err);

/* As tag_find(), without resolving an index; several different descriptors with that name are an
 * error. */
int tag_find_raw(const struct layout *layout, const char *ref, struct descriptor *ret,
		 struct error *err);

/* Let ref name exactly this descriptor (its annotations are kept, ref.name is set); whatever had
 * the name before is no longer in index.json. Other entries and unknown members are kept. */
int tag_set(const struct layout *layout, const char *ref, const struct descriptor *descriptor,
	    struct error *err);

/* Take a name away: the entry stays without one, unless another entry has the same digest.
 * ERROR_NOT_FOUND when nothing has that name. */
int tag_unname(const struct layout *layout, const char *ref, struct error *err);

/* Remove a reference; ERROR_NOT_FOUND when there is none. Blobs stay. */
int tag_remove(const struct layout *layout, const char *ref, struct error *err);

/* Remove all entries with that digest, named or not. Returns how many there were. */
int tag_remove_digest(const struct layout *layout, const struct digest *digest, struct error *err);

#endif
