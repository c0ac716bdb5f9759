/* SPDX-License-Identifier: Apache-2.0 */
#include "content.h"

#include "base/alloc.h"
#include "system/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define PIECE_MAX (256U << 10) /* bytes that are read at once */
#define TICK_MAX 20000000 /* nanoseconds: no kernel has longer ones (CONFIG_HZ is 100 at least) */
#define TICKS_WAITED 3 /* for a file that is changed in each: it will change while it is read */
#define BLOCK 512 /* bytes of st_blocks' unit */

void content_release(struct content *content)
{
	free(steal(&content->buffer));
	free(steal(&content->segments));
}

static int64_t nanoseconds(struct timespec time)
{
	return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

/* The clock of the kernel's times of files. A file may have one that is yet to come (its clock was put back):
 * there is nothing to wait for. */
static bool is_of_this_tick(struct timespec changed)
{
	struct timespec now;
	int64_t ahead;

	if (changed.tv_sec > INT64_MAX / 2000000000 ||
	    clock_gettime(CLOCK_REALTIME_COARSE, &now) < 0)
		return false;
	ahead = nanoseconds(changed) - nanoseconds(now);
	return ahead >= 0 && ahead <= TICK_MAX;
}

int content_stat(int fd, struct stat *ret, struct error *err)
{
	for (int i = 0; i < TICKS_WAITED; i++) {
		if (fstat(fd, ret) < 0)
			return error_errno(err, "cannot stat");
		if (!is_of_this_tick(ret->st_ctim))
			return 1;
		while (is_of_this_tick(ret->st_ctim))
			sched_yield();
	}
	return 0;
}

static bool is_same_time(struct timespec a, struct timespec b)
{
	return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

int content_is_unchanged(int fd, const struct stat *st, struct error *err)
{
	struct stat now;

	if (fstat(fd, &now) < 0)
		return error_errno(err, "cannot stat");
	return now.st_size == st->st_size && is_same_time(now.st_mtim, st->st_mtim) &&
	       is_same_time(now.st_ctim, st->st_ctim);
}

bool content_is_small(const struct stat *st)
{
	return st->st_size <= CONTENT_WHOLE_MAX;
}

static void make_buffer(struct content *content)
{
	if (!content->buffer)
		content->buffer = xmalloc(CONTENT_WHOLE_MAX + 1);
}

int content_read_small(struct content *content, int fd, const struct stat *st, struct error *err)
{
	size_t size = (size_t)st->st_size;
	ssize_t len;

	make_buffer(content);
	/* One byte more tells a file that has grown. */
	len = fd_pread_full(fd, content->buffer, size + 1, 0);
	if (len < 0)
		return error_errno(err, "cannot read");
	return (size_t)len == size;
}

static int add_segment(struct content *content, off_t start, off_t end, struct error *err)
{
	if (content->n_segments + 1 >= TAR_SEGMENTS_MAX)
		return error_set(err, ERROR_FAILED, "it has more than %u holes", TAR_SEGMENTS_MAX);
	if (content->n_segments == content->segments_capacity) {
		content->segments_capacity =
			content->segments_capacity ? content->segments_capacity * 2 : 64;
		content->segments = xrealloc(content->segments, content->segments_capacity,
					     sizeof(content->segments[0]));
	}
	content->segments[content->n_segments++] =
		(struct tar_segment) { (uint64_t)start, (uint64_t)(end - start) };
	return 0;
}

/* The next piece from offset at on. 1, 0 when there is none: a hole up to the end. */
static int find_piece(int fd, off_t at, off_t size, off_t *ret_start, off_t *ret_end,
		      struct error *err)
{
	off_t start = lseek(fd, at, SEEK_DATA);
	off_t end;

	if (start < 0 && errno == ENXIO)
		return 0;
	end = start < 0 ? -1 : lseek(fd, start, SEEK_HOLE);
	if (start < 0 || (end < 0 && errno != ENXIO))
		return error_errno(err, "cannot find its holes");
	/* It may have grown or shrunk meanwhile, which is seen later. */
	if (start >= size)
		return 0;
	*ret_start = start;
	*ret_end = end > start && end < size ? end : size;
	return 1;
}

int content_find_holes(struct content *content, int fd, const struct stat *st, struct error *err)
{
	uint64_t data = 0;
	off_t start = 0, end = 0;
	int found = 1;

	content->n_segments = 0;
	if (st->st_size <= CONTENT_HOLES_MAX || st->st_blocks >= st->st_size / BLOCK)
		return 0;
	while (end < st->st_size && found > 0) {
		found = find_piece(fd, end, st->st_size, &start, &end, err);
		if (found > 0 && add_segment(content, start, end, err) < 0)
			return -1;
		if (found > 0)
			data += (uint64_t)(end - start);
	}
	if (found < 0)
		return -1;
	return (uint64_t)st->st_size - data > CONTENT_HOLES_MAX;
}

/* Hand on a piece. 1, or 0 when the file ends before. */
static int write_piece(struct content *content, int fd, const struct tar_segment *piece,
		       struct tar_writer *tar, struct error *err)
{
	uint64_t done = 0;

	while (done < piece->len) {
		size_t wanted =
			piece->len - done < PIECE_MAX ? (size_t)(piece->len - done) : PIECE_MAX;
		ssize_t n = fd_pread_full(fd, content->buffer, wanted, piece->offset + done);

		if (n < 0)
			return error_errno(err, "cannot read");
		if (n == 0)
			return 0;
		if (tar_write_data(tar, content->buffer, (size_t)n, err) < 0)
			return -1;
		done += (uint64_t)n;
	}
	return 1;
}

int content_write_large(struct content *content, int fd, const struct stat *st, bool is_sparse,
			struct tar_writer *tar, struct error *err)
{
	const struct tar_segment whole = { 0, (uint64_t)st->st_size };
	const struct tar_segment *pieces = is_sparse ? content->segments : &whole;
	size_t n_pieces = is_sparse ? content->n_segments : 1;
	int result = 1;

	make_buffer(content);
	posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	for (size_t i = 0; i < n_pieces && result > 0; i++)
		result = write_piece(content, fd, &pieces[i], tar, err);
	if (result > 0)
		result = content_is_unchanged(fd, st, err);
	if (result > 0)
		return 0;
	if (result == 0) {
		content->is_torn = true;
		error_set(err, ERROR_FAILED, "it changed while it was read");
	}
	return -1;
}
