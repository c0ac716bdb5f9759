/* SPDX-License-Identifier: Apache-2.0 */
#include "format/magic.h"

#include "base/cleanup.h"

#include <string.h>

static const struct {
	const char *name;
	const char *magic;
	size_t len;
} formats[] = {
	{ "xz",
	  "\xfd"
	  "7zXZ",
	  6 },
	{ "bzip2", "BZh", 3 },
	{ "lz4", "\x04\x22\x4d\x18", 4 },
	{ "lzip", "LZIP", 4 },
	{ "compress", "\x1f\x9d", 2 },
	{ "zip", "PK\x03\x04", 4 },
};

const char *magic_name(const void *bytes, size_t len)
{
	for (size_t i = 0; i < array_size(formats); i++)
		if (len >= formats[i].len && memcmp(bytes, formats[i].magic, formats[i].len) == 0)
			return formats[i].name;
	return NULL;
}
