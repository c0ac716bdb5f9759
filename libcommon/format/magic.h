/* SPDX-License-Identifier: Apache-2.0 */
/* What we cannot read, known by its first bytes, so that an error can name it. */
#ifndef FORMAT_MAGIC_H
#define FORMAT_MAGIC_H

#include <stddef.h>

/* "xz", "bzip2", "lz4", "lzip", "compress" or "zip" (static text), or NULL. */
const char *magic_name(const void *bytes, size_t len);

#endif
