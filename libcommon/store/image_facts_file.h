/* SPDX-License-Identifier: Apache-2.0 */
/*
 * STORE/cache/images: the memory of image_facts.h as a file, in the form that image_facts.h shows. What the
 * file says is untrusted: numbers and digests are checked where they are parsed.
 */
#ifndef STORE_IMAGE_FACTS_FILE_H
#define STORE_IMAGE_FACTS_FILE_H

#include "store/image_facts_memory.h"

/* Fill an empty memory from the file. It stays empty where the file is absent, not the owner's, or not
 * exactly of the form. */
void facts_file_read(struct image_facts_memory *memory);

/* Write the documents that were used and are whole as a new file, where this process may, and where that
 * is worth it (image_facts.h). Failing is no failure. */
void facts_file_write(struct image_facts_memory *memory);

#endif
