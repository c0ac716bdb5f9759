/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The memory of image_facts.h while a list is made: the blobs of a layout, and of those that are documents
 * what they say and name. image_facts.c fills it from documents, image_facts_file.c from the store's file.
 *
 * Blobs and documents are known by their numbers, the places in their arrays, because the arrays move
 * while a walk over the documents learns of others. A pointer to a blob is good until the next blob is
 * added, and one to a document until the next document is.
 *
 *	uint32_t number = facts_blob_number(memory, &digest);
 *
 *	if (facts_blob_is_there(memory, number))
 *		size += memory->blobs[number].size;
 */
#ifndef STORE_IMAGE_FACTS_MEMORY_H
#define STORE_IMAGE_FACTS_MEMORY_H

#include "base/str.h"
#include "oci/layout.h"
#include "store/store.h"

#include <stdbool.h>
#include <stdint.h>

#define FACTS_NO_DOCUMENT UINT32_MAX
#define FACTS_CHILD_IS_DOCUMENT (1U << 31) /* in a child's number */
#define FACTS_SIZE_UNKNOWN UINT64_MAX

enum facts_presence {
	FACTS_UNSEEN,
	FACTS_THERE,
	FACTS_ABSENT,
};

struct facts_blob {
	const char *digest; /* within the file's text, or owned by the list of strings */
	uint64_t size; /* bytes, or FACTS_SIZE_UNKNOWN */
	uint32_t hash; /* of the digest, so that the texts of different ones are seldom compared */
	uint32_t document; /* that it is, or FACTS_NO_DOCUMENT */
	uint32_t round; /* of image_facts_find() that has counted it */
	uint32_t saved; /* its number in the file that is being written, from 1 on */
	bool is_damaged; /* a descriptor states another size */
	enum facts_presence presence;
};

struct facts_document {
	uint32_t blob;
	uint32_t first_child;
	uint32_t n_children;
	bool used; /* asked for in this process */
	bool whole; /* all that it says was there and could be read: worth remembering */
	bool dated;
	int64_t created;
	const char *platform; /* as in the file; "-": not known; FACTS_ARTIFACT: of no image */
};
#define FACTS_ARTIFACT "artifact"

struct image_facts_memory {
	const struct store *store; /* borrowed */
	const struct layout *layout; /* borrowed */
	struct str text; /* of the file, cut into strings */
	struct strlist strings; /* what was learned */
	struct facts_blob *blobs;
	uint32_t n_blobs;
	uint32_t *slots; /* hash table of blobs: number + 1, or 0 */
	uint32_t n_slots; /* a power of two */
	uint64_t seed; /* of the hash */
	struct facts_document *documents;
	uint32_t n_documents;
	uint32_t *children;
	uint32_t n_children;
	uint32_t n_remembered; /* documents that were in the file */
	uint32_t n_learned; /* whole ones that were not */
	uint32_t round;
};

/* An empty memory of a store's layout. New. */
struct image_facts_memory *facts_new(const struct store *store, const struct layout *layout);

/* Let the memory be empty again. */
void facts_forget(struct image_facts_memory *memory);

/* The number of a blob, known or new. */
uint32_t facts_blob_number(struct image_facts_memory *memory, const struct digest *digest);

/* Add a blob behind the others; digest is borrowed. False: it is known already. */
bool facts_blob_add(struct image_facts_memory *memory, const char *digest, uint64_t size);

/* Add the document that a blob is, without children: those that are added next are its. Borrowed. */
struct facts_document *facts_document_add(struct image_facts_memory *memory, uint32_t blob);

/* Add what the newest document names: the number of a blob, with FACTS_CHILD_IS_DOCUMENT where it names a
 * document. */
void facts_child_add(struct image_facts_memory *memory, uint32_t child);

/* Look which of the blobs are in the layout, all at once. */
void facts_see_blobs(struct image_facts_memory *memory);

/* Is the blob of that number in the layout? Then its size is known. */
bool facts_blob_is_there(struct image_facts_memory *memory, uint32_t number);

#endif
