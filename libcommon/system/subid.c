/* SPDX-License-Identifier: Apache-2.0 */
#include "system/subid.h"

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/number.h"
#include "base/str.h"
#include "system/fd.h"
#include "system/process.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SUBID_FILE_MAX (64U << 20) /* bytes: lines for two million users */

void subid_add_ranges(const char *path, const char *name, uid_t uid, struct idmap *map,
		      uint64_t *free_from)
{
	autostr struct str text = STR_INIT;
	uint64_t inside = 1;
	char number[16];
	char *line;
	char *rest;

	snprintf(number, sizeof(number), "%u", uid);
	if (file_read_at(AT_FDCWD, path, SUBID_FILE_MAX, &text, NULL) < 0)
		return;
	for (line = strtok_r(text.data, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		char *start = strchr(line, ':');
		char *count = start ? strchr(start + 1, ':') : NULL;
		uint64_t first;
		uint64_t len;

		if (!count)
			continue;
		*start++ = '\0';
		*count++ = '\0';
		if (number_parse(start, UINT32_MAX, &first, NULL) < 0 ||
		    number_parse(count, UINT32_MAX, &len, NULL) < 0)
			continue;
		if (first + len > *free_from)
			*free_from = first + len;
		if ((!name || strcmp(line, name) != 0) && strcmp(line, number) != 0)
			continue;
		if (idmap_add(map, inside, first, len, NULL) == 0)
			inside += len;
	}
}

enum subid_writer subid_find_writer(const char *name, char path[SUBID_WRITER_PATH_MAX])
{
	autofree char *found = process_find_system(name);
	struct stat st;

	path[0] = '\0';
	if (!found || strlen(found) >= SUBID_WRITER_PATH_MAX || stat(found, &st) < 0)
		return SUBID_WRITER_MISSING;
	snprintf(path, SUBID_WRITER_PATH_MAX, "%s", found);
	/* File capabilities (Fedora) are an xattr. */
	if (((st.st_mode & S_ISUID) && st.st_uid == 0) ||
	    syscall(SYS_getxattr, path, "security.capability", NULL, 0) >= 0)
		return SUBID_WRITER_READY;
	return SUBID_WRITER_POWERLESS;
}
