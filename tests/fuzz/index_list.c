/* SPDX-License-Identifier: Apache-2.0 */
/* index.json: what is read without a tree is listed as the tree has it, byte for byte. */
#include "oci/index_list.h"
#include "system/fd.h"
#include "system/tree.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char root[] = "/tmp/ctnr-fuzz-index.XXXXXX";
static struct layout layout = LAYOUT_INIT;

static void remove_layout(void)
{
	layout_release(&layout);
	tree_remove_at(AT_FDCWD, root, NULL);
}

static void make_layout(void)
{
	if (layout.dirfd >= 0)
		return;
	if (!mkdtemp(root) || layout_open(root, LAYOUT_CREATE, &layout, NULL) < 0)
		abort();
	atexit(remove_layout);
}

/* Append what the list has of each entry. Returns whether it is plain, -1 when it cannot be read. */
static int append_list(const char *text, size_t len, struct str *ret)
{
	autoindexlist struct index_list list = INDEX_LIST_INIT;
	struct error err;

	if (file_write_at(layout.dirfd, LAYOUT_INDEX_FILE, text, len, 0600, FILE_NO_SYNC, NULL) < 0)
		abort();
	if (index_list_read(&layout, &list, &err) < 0)
		return -1;
	for (size_t i = 0; i < list.n_entries; i++) {
		autoindexentry struct index_entry entry = INDEX_ENTRY_INIT;

		index_list_get(&list, i, &entry);
		str_appendf(ret, "%s %s %s %s ", entry.name ? entry.name : "-",
			    entry.source ? entry.source : "-", entry.descriptor.media_type,
			    entry.descriptor.platform.variant);
		index_entry_append_json(&entry, ret);
		str_append_char(ret, '\n');
	}
	return !list.index.json;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autostr struct str text = STR_INIT;
	autostr struct str plain = STR_INIT;
	autostr struct str odd = STR_INIT;

	make_layout();
	/* A blank before it, and it is not plain. */
	str_append_char(&text, '\n');
	str_append_bytes(&text, data, size);
	if (append_list(text.data + 1, size, &plain) != 1)
		return 0;
	if (append_list(text.data, text.len, &odd) != 0 || strcmp(plain.data, odd.data) != 0)
		abort();
	return 0;
}
