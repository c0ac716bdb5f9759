/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The names in a layout: which entry of its index.json a name (annotation
 * org.opencontainers.image.ref.name) stands for.
 *
 *	if (tag_find(&layout, "debian:12", NULL, &descriptor, err) < 0) ...
 *	if (tag_set(&layout, "debian:stable", &descriptor, err) < 0) ...
 *
 *  - Names are compared as they stand: nothing is completed (store/image_query.h does that).
 *  - Other programs write several entries with one name, one for each platform, or one image twice.
 *    What is written here is one entry for a name.
 *  - Several names may stand for one image. An entry may have no name.
 *  - An entry says when its name was set (ANNOTATION_TAGGED), unless another program has written it. Setting
 *    a name again to what it stands for changes nothing, not that time either.
 *  - A referrer (oci/referrer.h) has no name and is no image: the only image of a layout is found beside it.
 *  - Editing keeps every entry and member that it is not about, known or not, and takes the layout's
 *    lock. Blobs are never touched.
 */
#ifndef OCI_TAG_H
#define OCI_TAG_H

#include "oci/descriptor.h"
#include "oci/layout.h"
#include "oci/manifest.h"
#include "oci/platform.h"

/* Has the entry that name (a string)? For tag_choose(). */
bool tag_is_name_of(const struct descriptor *entry, const void *name);

/* The entry to take of those that match (matches NULL: all). When they are different images the
 * platform decides (NULL: the host's); among equals the last is taken, which was written last.
 * Borrowed from index; NULL with ERROR_NOT_FOUND. */
const struct descriptor *tag_choose(const struct index *index,
				    bool (*matches)(const struct descriptor *entry,
						    const void *data),
				    const void *data, const struct platform *platform,
				    struct error *err);

/* The image manifest that name stands for: as by tag_choose(), and through an index as by
 * layout_resolve(). name NULL: the only one in the layout; when there are several, an error lists
 * them. ret is new. ERROR_NOT_FOUND. */
int tag_find(const struct layout *layout, const char *name, const struct platform *platform,
	     struct descriptor *ret, struct error *err);

/* The entry that name stands for, as it is: an index stays one. name NULL as above. ret is new.
 * ERROR_NOT_FOUND; ERROR_FAILED when the name stands for different images. */
int tag_find_raw(const struct layout *layout, const char *name, struct descriptor *ret,
		 struct error *err);

/* Let name stand for exactly this descriptor (its annotations are kept, ref.name and tagged are set). What
 * had the name before is no longer in index.json. */
int tag_set(const struct layout *layout, const char *name, const struct descriptor *descriptor,
	    struct error *err);

/* The same, and in the same edit the entries of n referrers (oci/referrer.h) come into index.json; one that
 * is there already stays as it is. */
int tag_set_with(const struct layout *layout, const char *name, const struct descriptor *descriptor,
		 const struct descriptor *referrers, size_t n, struct error *err);

/* What a name stands for is changed by someone who has read it before, and must not undo what others did since.
 * As tag_set(), if name stands for expected and nothing else at that moment (NULL: for nothing at all): 1. 0 when
 * it does not: then nothing is changed, and the caller reads it again. referrer (NULL: none) comes into
 * index.json in the same edit, and what expected was there as a referrer goes, unless another name keeps it. */
int tag_exchange(const struct layout *layout, const char *name, const struct digest *expected,
		 const struct descriptor *descriptor, const struct descriptor *referrer,
		 struct error *err);

/* Let an image be in index.json without a name, unless an entry has its digest already. */
int tag_add(const struct layout *layout, const struct descriptor *descriptor, struct error *err);

/* Take a name away: the entry stays without one, unless another entry has the same digest.
 * ERROR_NOT_FOUND when nothing has that name. */
int tag_unname(const struct layout *layout, const char *name, struct error *err);

/* An image that is removed by its digest may have several names. */
enum tag_several {
	TAG_SEVERAL_REFUSED,
	TAG_SEVERAL_REMOVED,
};

/* Remove all entries with that digest, named or not, and append their names to ret_names. Returns how
 * many entries there were, -1 on failure. With TAG_SEVERAL_REFUSED an image of several names stays:
 * ERROR_FAILED, and the message has the names. */
int tag_remove_digest(const struct layout *layout, const struct digest *digest,
		      enum tag_several several, struct strlist *ret_names, struct error *err);

/* Remove the entries whose digest and name (NULL: none) goes says true of, in one edit. Returns how many
 * there were, -1 on failure. */
int tag_remove_each(const struct layout *layout,
		    bool (*goes)(const char *digest, const char *name, const void *data),
		    const void *data, struct error *err);

/* Remove a name with its entries, and with what is there as a referrer of that digest, unless another name keeps
 * it. ERROR_NOT_FOUND when nothing has that name. */
int tag_remove_with(const struct layout *layout, const char *name, const struct digest *digest,
		    struct error *err);

/* Remove the referrers whose subject is_reached says false of, the digest's text. Returns how many there
 * were, -1 on failure. Nothing is removed when an image has come since is_reached was found out, and its
 * digest is not reached: what it brought a referrer for is not known then. */
int tag_remove_referrers(const struct layout *layout,
			 bool (*is_reached)(const char *digest, const void *data), const void *data,
			 struct error *err);

#endif
