/* SPDX-License-Identifier: Apache-2.0 */
#include "format/tar_header.h"

#include "base/alloc.h"

#include <stddef.h>
#include <string.h>

bool tar_block_is_zero(const unsigned char *block)
{
	return block[0] == 0 && memcmp(block, block + 1, TAR_BLOCK_SIZE - 1) == 0;
}

/* GNU's base-256: a big-endian number of two's complement behind the mark 0x80. */
static int parse_binary(const unsigned char *field, size_t size, int64_t *ret)
{
	int64_t value = (field[0] & 0x7f) - (field[0] & 0x40 ? 128 : 0);

	for (size_t i = 1; i < size; i++) {
		if (value > INT64_MAX / 256 - 1 || value < INT64_MIN / 256 + 1)
			return -1;
		value = value * 256 + field[i];
	}
	*ret = value;
	return 0;
}

/* Octal digits, blanks and NULs around them; an empty field is 0. */
static int parse_octal(const unsigned char *field, size_t size, int64_t *ret)
{
	int64_t value = 0;
	size_t i = 0;

	while (i < size && (field[i] == ' ' || field[i] == 0))
		i++;
	for (; i < size && field[i] >= '0' && field[i] <= '7'; i++)
		value = value * 8 + (field[i] - '0');
	for (; i < size; i++)
		if (field[i] != ' ' && field[i] != 0)
			return -1;
	*ret = value;
	return 0;
}

static int parse_number(const void *field_, size_t size, const char *what, int64_t *ret,
			struct error *err)
{
	const unsigned char *field = field_;
	int failed =
		field[0] & 0x80 ? parse_binary(field, size, ret) : parse_octal(field, size, ret);

	if (failed)
		return error_set(err, ERROR_FAILED, "damaged archive: a header's %s is no number",
				 what);
	return 0;
}

static int parse_unsigned(const void *field, size_t size, const char *what, uint64_t *ret,
			  struct error *err)
{
	int64_t value;

	if (parse_number(field, size, what, &value, err) < 0)
		return -1;
	if (value < 0)
		return error_set(err, ERROR_FAILED, "damaged archive: a header's %s is negative",
				 what);
	*ret = (uint64_t)value;
	return 0;
}

/* The sum of all bytes with the checksum's own field as blanks; ret_high counts those that are negative when
 * signed. No branch in the loop: every file has a header, and this is most of what parsing one costs. */
static uint32_t sum_bytes(const unsigned char *block, uint32_t *ret_high)
{
	const size_t at = offsetof(struct tar_block, checksum);
	const size_t size = tar_field_size(checksum);
	uint32_t sum = (uint32_t)size * ' ';
	uint32_t high = 0;

	for (size_t i = 0; i < TAR_BLOCK_SIZE; i++) {
		sum += block[i];
		high += block[i] >> 7;
	}
	for (size_t i = at; i < at + size; i++) {
		sum -= block[i];
		high -= block[i] >> 7;
	}
	*ret_high = high;
	return sum;
}

uint32_t tar_checksum(const struct tar_block *block)
{
	uint32_t high;

	return sum_bytes((const unsigned char *)block, &high);
}

/* Old writers added signed bytes. */
static int check_sum(const struct tar_block *block, struct error *err)
{
	uint32_t high;
	uint32_t sum = sum_bytes((const unsigned char *)block, &high);
	int64_t stated;

	if (parse_octal((const unsigned char *)block->checksum, sizeof(block->checksum), &stated) <
		    0 ||
	    (stated != sum && stated != (int64_t)sum - 256 * (int64_t)high))
		return error_set(err, ERROR_FAILED,
				 "damaged archive, or none: a header's checksum is wrong");
	return 0;
}

static void copy_field(const char *field, size_t size, char *ret)
{
	size_t len = strnlen(field, size);

	memcpy(ret, field, len);
	ret[len] = '\0';
}

/* The name is prefix/name; only POSIX headers have a prefix, and star's is shorter. */
static void copy_path(const struct tar_block *block, struct tar_header *ret)
{
	bool is_posix = memcmp(block->magic, "ustar", 6) == 0;
	size_t prefix_size =
		memcmp(block->padding + 8, "tar", 4) == 0 ? 131 : sizeof(block->prefix);
	size_t len = 0;

	if (is_posix && block->prefix[0]) {
		copy_field(block->prefix, prefix_size, ret->path);
		len = strlen(ret->path);
		ret->path[len++] = '/';
	}
	copy_field(block->name, sizeof(block->name), ret->path + len);
}

static int parse_device(const struct tar_block *block, struct tar_header *ret, struct error *err)
{
	if (parse_number(block->major, sizeof(block->major), "device", &ret->major, err) < 0 ||
	    parse_number(block->minor, sizeof(block->minor), "device", &ret->minor, err) < 0)
		return -1;
	return 0;
}

int tar_header_parse(const unsigned char *bytes, struct tar_header *ret, struct error *err)
{
	const struct tar_block *block = (const void *)bytes;
	uint64_t mode = 0;

	if (check_sum(block, err) < 0)
		return -1;
	ret->type = block->type;
	ret->is_gnu = memcmp(block->magic, "ustar ", 6) == 0 && memcmp(block->version, " ", 2) == 0;
	copy_path(block, ret);
	copy_field(block->link, sizeof(block->link), ret->link);
	if (parse_unsigned(block->mode, sizeof(block->mode), "mode", &mode, err) < 0 ||
	    parse_number(block->uid, sizeof(block->uid), "uid", &ret->uid, err) < 0 ||
	    parse_number(block->gid, sizeof(block->gid), "gid", &ret->gid, err) < 0 ||
	    parse_unsigned(block->size, sizeof(block->size), "size", &ret->size, err) < 0 ||
	    parse_number(block->mtime, sizeof(block->mtime), "time", &ret->mtime, err) < 0)
		return -1;
	ret->mode = mode & 07777;
	ret->major = ret->minor = 0;
	return ret->type == '3' || ret->type == '4' ? parse_device(block, ret, err) : 0;
}

int tar_segments_add(struct tar_segments *segments, uint64_t offset, uint64_t len,
		     struct error *err)
{
	if (segments->len == TAR_SEGMENTS_MAX)
		return error_set(err, ERROR_FAILED, "a sparse file has more than %u pieces",
				 TAR_SEGMENTS_MAX);
	if (segments->len == segments->capacity) {
		segments->capacity = segments->capacity ? segments->capacity * 2 : 16;
		segments->items =
			xrealloc(segments->items, segments->capacity, sizeof(segments->items[0]));
	}
	segments->items[segments->len++] = (struct tar_segment) { offset, len };
	return 0;
}

int tar_segments_check(const struct tar_segments *segments, uint64_t size, uint64_t stored,
		       struct error *err)
{
	uint64_t end = 0;
	uint64_t sum = 0;

	for (size_t i = 0; i < segments->len; i++) {
		const struct tar_segment *s = &segments->items[i];

		if (s->offset < end || s->offset > size || s->len > size - s->offset)
			return error_set(err, ERROR_FAILED,
					 "damaged archive: a sparse file's map is not in order");
		end = s->offset + s->len;
		sum += s->len;
	}
	if (sum != stored)
		return error_set(err, ERROR_FAILED,
				 "damaged archive: a sparse file's map does not fit its content");
	return 0;
}

/* count pairs of offset and length, 12 bytes each; the first empty pair ends them. */
static int parse_pairs(const unsigned char *pairs, size_t count, struct tar_segments *segments,
		       struct error *err)
{
	for (size_t i = 0; i < count; i++) {
		const unsigned char *pair = pairs + i * 24;
		uint64_t offset = 0;
		uint64_t len = 0;

		if (pair[0] == 0 && pair[12] == 0)
			return 0;
		if (parse_unsigned(pair, 12, "sparse map", &offset, err) < 0 ||
		    parse_unsigned(pair + 12, 12, "sparse map", &len, err) < 0)
			return -1;
		if (tar_segments_add(segments, offset, len, err) < 0)
			return -1;
	}
	return 0;
}

int tar_segments_parse_header(const unsigned char *block, struct tar_segments *segments,
			      uint64_t *ret_size, bool *ret_more, struct error *err)
{
	if (parse_pairs(block + 386, 4, segments, err) < 0)
		return -1;
	*ret_more = block[482] != 0;
	return parse_unsigned(block + 483, 12, "size", ret_size, err);
}

int tar_segments_parse_block(const unsigned char *block, struct tar_segments *segments,
			     bool *ret_more, struct error *err)
{
	*ret_more = block[504] != 0;
	return parse_pairs(block, 21, segments, err);
}
