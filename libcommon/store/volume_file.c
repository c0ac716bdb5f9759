/* SPDX-License-Identifier: Apache-2.0 */
#include "store/volume_file.h"

#include "base/alloc.h"
#include "base/str.h"
#include "layer/owners.h"
#include "system/fd.h"

#include <string.h>

static const char *const suffixes[VOLUME_FILE_MAX] = {
	[VOLUME_FILE_LOCK] = ".lock",
	[VOLUME_FILE_PART] = FILE_PART_SUFFIX,
	[VOLUME_FILE_LINKS] = ".links",
	[VOLUME_FILE_OWNERS] = ":" OWNERS_FILE,
	[VOLUME_FILE_OWNERS_PART] = ":" OWNERS_FILE FILE_PART_SUFFIX,
};

char *volume_file_name(enum volume_file file, const char *volume)
{
	return xasprintf(".%s%s", volume, suffixes[file]);
}

char *volume_file_parse(const char *name, enum volume_file *ret)
{
	size_t len = strlen(name);

	/* The longest suffixes are the last ones. */
	for (int i = VOLUME_FILE_MAX - 1; name[0] == '.' && i >= 0; i--) {
		size_t tail = strlen(suffixes[i]);

		if (len <= 1 + tail || !str_ends_with(name, suffixes[i]))
			continue;
		*ret = (enum volume_file)i;
		return xstrndup(name + 1, len - 1 - tail);
	}
	return NULL;
}
