/* SPDX-License-Identifier: Apache-2.0 */
#include "format/gzip_header.h"

#include <isa-l/crc.h>

#include <stdbool.h>

#define FIXED_LENGTH 10 /* bytes: magic, method, flags, time, and two more */
#define FLAGS_AT 3

#define FLAG_CHECKSUM 0x02
#define FLAG_EXTRA 0x04
#define FLAG_NAME 0x08
#define FLAG_COMMENT 0x10

static bool has_part(const struct gzip_header *h, enum gzip_part part)
{
	switch (part) {
	case GZIP_EXTRA_LENGTH:
	case GZIP_EXTRA:
		return h->flags & FLAG_EXTRA;
	case GZIP_NAME:
		return h->flags & FLAG_NAME;
	case GZIP_COMMENT:
		return h->flags & FLAG_COMMENT;
	case GZIP_CHECKSUM:
		return h->flags & FLAG_CHECKSUM;
	default:
		return true;
	}
}

/* Take a byte of the present part; was it the last one? */
static bool take_byte(struct gzip_header *h, unsigned char byte)
{
	switch (h->part) {
	case GZIP_FIXED:
		if (h->done == FLAGS_AT)
			h->flags = byte;
		return h->done + 1 == FIXED_LENGTH;
	case GZIP_EXTRA_LENGTH:
		h->extra_length |= (size_t)byte << 8 * h->done;
		return h->done == 1;
	case GZIP_CHECKSUM:
		h->stated = (uint16_t)(h->stated | byte << 8 * h->done);
		return h->done == 1;
	case GZIP_NAME:
	case GZIP_COMMENT:
		return byte == 0;
	default:
		return h->done + 1 == h->extra_length;
	}
}

static void begin_next_part(struct gzip_header *h)
{
	h->done = 0;
	do
		h->part++;
	while (!has_part(h, h->part) || (h->part == GZIP_EXTRA && h->extra_length == 0));
}

enum gzip_found gzip_header_pass(struct gzip_header *h, const unsigned char **in, size_t *in_len)
{
	static const unsigned char magic[] = { 0x1f, 0x8b, 8 };

	while (h->part != GZIP_CONTENT) {
		unsigned char byte;

		if (*in_len == 0)
			return GZIP_INCOMPLETE;
		byte = **in;
		if (h->part == GZIP_FIXED && h->done < sizeof(magic) && byte != magic[h->done])
			return GZIP_NO_MEMBER;
		if (h->part != GZIP_CHECKSUM)
			h->crc = crc32_gzip_refl(h->crc, &byte, 1);
		(*in)++;
		(*in_len)--;
		if (take_byte(h, byte))
			begin_next_part(h);
		else
			h->done++;
	}
	if ((h->flags & FLAG_CHECKSUM) && h->stated != (h->crc & 0xffff))
		return GZIP_WRONG_CHECKSUM;
	return GZIP_COMPLETE;
}
