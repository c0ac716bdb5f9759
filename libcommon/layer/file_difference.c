/* SPDX-License-Identifier: Apache-2.0 */
#include "layer/file_difference.h"

#include "base/alloc.h"
#include "base/cleanup.h"
#include "system/fd.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define BLOCK_SIZE (64U << 10) /* bytes read at once, of each file */

/* Where the next data begin at or behind an offset: size when only a hole is left. A filesystem that does not tell
 * has data everywhere. */
static uint64_t find_data(int fd, uint64_t at, uint64_t size)
{
	off_t found = lseek(fd, (off_t)at, SEEK_DATA);

	if (found < 0)
		return errno == ENXIO ? size : at;
	return (uint64_t)found < size ? (uint64_t)found : size;
}

static int do_blocks_differ(int a, int b, char *buffer, size_t len, uint64_t at, struct error *err)
{
	ssize_t a_len = fd_pread_full(a, buffer, len, at);
	ssize_t b_len = fd_pread_full(b, buffer + BLOCK_SIZE, len, at);

	if (a_len < 0 || b_len < 0)
		return error_errno(err, "cannot read");
	return a_len != (ssize_t)len || b_len != (ssize_t)len ||
	       memcmp(buffer, buffer + BLOCK_SIZE, len) != 0;
}

int file_content_differs(int a, int b, uint64_t size, struct error *err)
{
	autofree char *buffer = NULL;
	int differs = 0;
	size_t len;

	for (uint64_t at = 0; at < size && differs == 0; at += len) {
		uint64_t a_data = find_data(a, at, size);
		uint64_t b_data = find_data(b, at, size);

		at = a_data < b_data ? a_data : b_data;
		len = size - at < BLOCK_SIZE ? (size_t)(size - at) : BLOCK_SIZE;
		if (len && !buffer)
			buffer = xmalloc(2 * (size_t)BLOCK_SIZE);
		if (len)
			differs = do_blocks_differ(a, b, buffer, len, at, err);
	}
	return differs;
}
