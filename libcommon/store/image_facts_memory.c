/* SPDX-License-Identifier: Apache-2.0 */
#include "store/image_facts_memory.h"

#include "base/alloc.h"
#include "base/fnv.h"
#include "system/fd.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define SLOTS_MIN 128 /* a power of two */
#define NAMES_READ 4 /* names of a folder that are read for each blob that is known */

/* Digests are as good as random, but those that a document names need not be of anything: an image may
 * name thousands that begin alike. The seed, a secret of this process, keeps them apart. */
static uint32_t hash_digest(const struct image_facts_memory *memory, const char *text)
{
	return (uint32_t)fnv_add_words(memory->seed, text, strlen(text));
}

/* The slot of a digest of that hash, or the free one where it belongs. */
static uint32_t *find_slot(const struct image_facts_memory *memory, const char *digest,
			   uint32_t hash)
{
	uint32_t mask = memory->n_slots - 1;

	for (uint32_t i = hash & mask;; i = (i + 1) & mask) {
		uint32_t *slot = &memory->slots[i];
		const struct facts_blob *blob = *slot ? &memory->blobs[*slot - 1] : NULL;

		if (!blob || (blob->hash == hash && strcmp(blob->digest, digest) == 0))
			return slot;
	}
}

/* At most half of the slots are taken. */
static void grow_slots(struct image_facts_memory *memory)
{
	if (2 * (memory->n_blobs + 1) <= memory->n_slots)
		return;
	memory->n_slots *= 2;
	free(memory->slots);
	memory->slots = xcalloc(memory->n_slots, sizeof(*memory->slots));
	for (uint32_t i = 0; i < memory->n_blobs; i++)
		*find_slot(memory, memory->blobs[i].digest, memory->blobs[i].hash) = i + 1;
}

static uint32_t append_blob(struct image_facts_memory *memory, uint32_t *slot,
			    const struct facts_blob *blob)
{
	memory->blobs = xgrow(memory->blobs, memory->n_blobs, sizeof(*memory->blobs));
	memory->blobs[memory->n_blobs] = *blob;
	*slot = memory->n_blobs + 1;
	return memory->n_blobs++;
}

bool facts_blob_add(struct image_facts_memory *memory, const char *digest, uint64_t size)
{
	const struct facts_blob blob = { .digest = digest,
					 .size = size,
					 .hash = hash_digest(memory, digest),
					 .document = FACTS_NO_DOCUMENT };
	uint32_t *slot;

	grow_slots(memory);
	slot = find_slot(memory, digest, blob.hash);
	if (*slot)
		return false;
	append_blob(memory, slot, &blob);
	return true;
}

uint32_t facts_blob_number(struct image_facts_memory *memory, const struct digest *digest)
{
	struct facts_blob blob = { .size = FACTS_SIZE_UNKNOWN,
				   .hash = hash_digest(memory, digest->text),
				   .document = FACTS_NO_DOCUMENT };
	uint32_t *slot;

	grow_slots(memory);
	slot = find_slot(memory, digest->text, blob.hash);
	if (*slot)
		return *slot - 1;
	strlist_append(&memory->strings, digest->text);
	blob.digest = memory->strings.items[memory->strings.len - 1];
	return append_blob(memory, slot, &blob);
}

void facts_child_add(struct image_facts_memory *memory, uint32_t child)
{
	memory->children = xgrow(memory->children, memory->n_children, sizeof(*memory->children));
	memory->children[memory->n_children++] = child;
	memory->documents[memory->n_documents - 1].n_children++;
}

struct facts_document *facts_document_add(struct image_facts_memory *memory, uint32_t blob)
{
	struct facts_document *document;

	memory->documents =
		xgrow(memory->documents, memory->n_documents, sizeof(*memory->documents));
	document = &memory->documents[memory->n_documents];
	*document = (struct facts_document) { .blob = blob,
					      .first_child = memory->n_children,
					      .platform = "-" };
	memory->blobs[blob].document = memory->n_documents++;
	return document;
}

struct image_facts_memory *facts_new(const struct store *store, const struct layout *layout)
{
	struct image_facts_memory *memory = xcalloc(1, sizeof(*memory));

	*memory = (struct image_facts_memory) {
		.store = store, .layout = layout, .text = STR_INIT, .n_slots = SLOTS_MIN
	};
	memory->slots = xcalloc(memory->n_slots, sizeof(*memory->slots));
	memory->seed = fnv_seed();
	return memory;
}

void facts_forget(struct image_facts_memory *memory)
{
	str_clear(&memory->text);
	memset(memory->slots, 0, memory->n_slots * sizeof(*memory->slots));
	memory->n_blobs = 0;
	memory->n_documents = 0;
	memory->n_children = 0;
}

/* Ask for one blob. */
static void look_for_blob(const struct image_facts_memory *memory, struct facts_blob *blob)
{
	char path[LAYOUT_BLOB_PATH_MAX];
	struct digest digest;
	struct stat st;

	blob->presence = FACTS_ABSENT;
	if (digest_parse(blob->digest, &digest, NULL) < 0 ||
	    fstatat(memory->layout->dirfd, layout_blob_path(&digest, path), &st,
		    AT_SYMLINK_NOFOLLOW) < 0 ||
	    !S_ISREG(st.st_mode))
		return;
	blob->presence = FACTS_THERE;
	blob->size = (uint64_t)st.st_size;
}

/* Mark the blob of a name in a folder as there. False: what kind of file has the name is not known. */
static bool see_name(struct image_facts_memory *memory, const char *algorithm,
		     const struct dirent *entry)
{
	char text[DIGEST_TEXT_MAX];
	uint32_t slot;
	size_t len = (size_t)snprintf(text, sizeof(text), "%s:%s", algorithm, entry->d_name);

	/* Not all filesystems tell. */
	if (entry->d_type == DT_UNKNOWN)
		return false;
	if (entry->d_type != DT_REG || len >= sizeof(text))
		return true;
	slot = *find_slot(memory, text, hash_digest(memory, text));
	if (slot)
		memory->blobs[slot - 1].presence = FACTS_THERE;
	return true;
}

/* Look which blobs are there, by the names in a folder. False: not all names were seen, or there are so
 * many others that asking for each blob is cheaper. */
static bool see_folder(struct image_facts_memory *memory, enum digest_algorithm algorithm)
{
	const char *name = digest_algorithm_name(algorithm);
	autofree char *path = xasprintf("blobs/%s", name);
	int fd = openat(memory->layout->dirfd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *folder = fd < 0 ? NULL : fdopendir(fd);
	uint64_t left = (uint64_t)NAMES_READ * memory->n_blobs;
	const struct dirent *entry;
	bool all_seen;

	if (!folder) {
		bool is_absent = errno == ENOENT;

		fd_close(&fd);
		return is_absent;
	}
	errno = 0; /* readdir(3) tells a failure from the end by it alone */
	while ((entry = readdir(folder)) && left && see_name(memory, name, entry))
		left--;
	all_seen = !entry && errno == 0;
	closedir(folder);
	return all_seen;
}

void facts_see_blobs(struct image_facts_memory *memory)
{
	bool all_seen = memory->n_blobs > 0;

	for (int i = 0; i < DIGEST_ALGORITHM_MAX && all_seen; i++)
		all_seen = see_folder(memory, (enum digest_algorithm)i);
	for (uint32_t i = 0; i < memory->n_blobs && all_seen; i++)
		if (memory->blobs[i].presence == FACTS_UNSEEN)
			memory->blobs[i].presence = FACTS_ABSENT;
}

bool facts_blob_is_there(struct image_facts_memory *memory, uint32_t number)
{
	struct facts_blob *blob = &memory->blobs[number];

	if (blob->presence == FACTS_UNSEEN ||
	    (blob->presence == FACTS_THERE && blob->size == FACTS_SIZE_UNKNOWN))
		look_for_blob(memory, blob);
	return blob->presence == FACTS_THERE;
}
