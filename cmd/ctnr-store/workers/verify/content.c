/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/verify/content.h"

#include "base/alloc.h"
#include "system/fd.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define PIECE_SIZE (64U << 10) /* bytes */

static void tell_difference(struct comparison *c, uint64_t offset)
{
	if (!c->content.differs)
		comparison_tell(c, "content differs from byte %llu on", (unsigned long long)offset);
	c->content.differs = true;
}

/* Compare a piece; wanted NULL: with zeros. */
static void compare_piece(struct comparison *c, const unsigned char *wanted, size_t len,
			  uint64_t offset)
{
	unsigned char piece[PIECE_SIZE];
	ssize_t done = fd_pread_full(c->content.fd, piece, len, offset);

	if (done < 0) {
		comparison_tell(c, "cannot be read: %s", strerror(errno));
		c->content.differs = true;
		return;
	}
	for (size_t i = 0; i < len; i++) {
		if (i < (size_t)done && piece[i] == (wanted ? wanted[i] : 0))
			continue;
		tell_difference(c, offset + i);
		return;
	}
}

/* Where the file has data next; end when nowhere before. */
static uint64_t find_data(int fd, uint64_t offset, uint64_t end)
{
	off_t at = lseek(fd, (off_t)offset, SEEK_DATA);

	if (at < 0)
		return errno == ENXIO ? end : offset;
	return (uint64_t)at < end ? (uint64_t)at : end;
}

static void compare_hole(struct comparison *c, uint64_t end)
{
	uint64_t at = c->content.end;

	while (at < end && !c->content.differs) {
		uint64_t len;

		at = find_data(c->content.fd, at, end);
		len = end - at < PIECE_SIZE ? end - at : PIECE_SIZE;
		compare_piece(c, NULL, (size_t)len, at);
		at += len;
	}
	c->content.end = end;
}

void content_compare(struct comparison *c, const struct tar_data *data)
{
	const unsigned char *bytes = data->bytes;

	if (c->content.fd < 0 || c->content.differs)
		return;
	compare_hole(c, data->offset);
	for (size_t done = 0; done < data->len && !c->content.differs;) {
		size_t len = data->len - done < PIECE_SIZE ? data->len - done : PIECE_SIZE;

		compare_piece(c, bytes + done, len, data->offset + done);
		done += len;
	}
	c->content.end = data->offset + data->len;
}

void content_finish(struct comparison *c)
{
	if (c->content.fd < 0)
		return;
	if (!c->content.differs)
		compare_hole(c, c->content.size);
	fd_close(&c->content.fd);
	comparison_end_tell(c);
}
