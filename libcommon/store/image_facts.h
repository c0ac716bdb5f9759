/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a list tells of an image beside its record: how large it is, when it was made, for which
 * platform. All that follows from its documents, which are named by their digests and so say the same
 * for ever: STORE/cache/images remembers it, and the list opens none of them again.
 *
 *	ctnr-images 2
 *	DIGEST SIZE
 *	NUMBER CREATED OS/ARCHITECTURE/VARIANT/VERSION CHILD...
 *	end
 *
 * The second line is a blob's: there are many, numbered 0, 1, 2, ... The third one is a document's, a
 * manifest's or an index's: NUMBER is its own blob, each CHILD the number of a blob that it names, with
 * a '+' where that is a document too. Blobs stand before the documents that name them. CREATED is in
 * seconds since 1970. "-" stands for what is not known, and "artifact" for a platform where the manifest is that of no image.
 *
 *  - Blobs count while they are in the layout: that is looked up each time, in the names of its folders.
 *    Bytes that changed under a digest are found by those who read them, not here; but no document is
 *    remembered that is damaged, or names a blob that is there in another size.
 *  - The file is written by the owner of the store alone, as a new one, by rename, and read only when
 *    it is the owner's. What is not exactly of the form above is as good as absent. Of two writers the
 *    later one wins; what it did not know is read and remembered again.
 *  - It holds what the last list asked for, and is written anew when more than a 128th of that was not in
 *    it, or more than a half of it was not asked for. (Reading so few documents costs less than writing.)
 *  - It may be deleted at any time. Failing to write it is no failure.
 *  - Nothing is ever deleted because of what it says.
 *
 *	struct image_facts_memory *memory = image_facts_open(&store, &layout);
 *
 *	image_facts_find(memory, &descriptor, source, &facts);
 *	image_facts_save(memory);
 *	image_facts_free(memory);
 */
#ifndef STORE_IMAGE_FACTS_H
#define STORE_IMAGE_FACTS_H

#include "oci/layout.h"
#include "store/store.h"

#include <stdbool.h>
#include <stdint.h>

struct image_facts {
	uint64_t size; /* bytes of the blobs that it reaches and that are there, each once */
	bool dated;
	int64_t created; /* seconds since 1970, when dated: by the config of an image, or the manifest of an artifact */
	bool is_artifact; /* its config is none of an image */
	/* Of its config, for a descriptor that states none; empty: not known. */
	struct platform platform;
};

struct image_facts_memory;

/* What is remembered of the images of a store's layout, both borrowed. New, and never NULL. */
struct image_facts_memory *image_facts_open(const struct store *store, const struct layout *layout);
void image_facts_free(struct image_facts_memory *memory);
static inline void image_facts_cleanup(struct image_facts_memory **memory)
{
	image_facts_free(*memory);
}
#define autoimagefacts autocleanup(image_facts_cleanup)

/* What is known of the image or index that a descriptor names; source is its org.ctnr.source, or NULL.
 * Documents that are not remembered are read, and then they are. Never fails: what cannot be read is
 * not known, and a blob that is not there has no bytes. */
void image_facts_find(struct image_facts_memory *memory, const struct descriptor *descriptor,
		      const char *source, struct image_facts *ret);

/* Write down what was asked for since image_facts_open(), where that is worth it. To be called when all
 * images were asked for: the others are forgotten. */
void image_facts_save(struct image_facts_memory *memory);

#endif
