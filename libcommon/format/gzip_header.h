/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The header of a gzip member (RFC 1952, 2.3), passed over byte by byte. ISA-L's own reading of it
 * takes the header's checksum for wrong (2.30).
 *
 *	struct gzip_header header = { 0 };
 *
 *	found = gzip_header_pass(&header, &in, &in_len);
 */
#ifndef FORMAT_GZIP_HEADER_H
#define FORMAT_GZIP_HEADER_H

#include <stddef.h>
#include <stdint.h>

enum gzip_part {
	GZIP_FIXED,
	GZIP_EXTRA_LENGTH,
	GZIP_EXTRA,
	GZIP_NAME,
	GZIP_COMMENT,
	GZIP_CHECKSUM,
	GZIP_CONTENT, /* what follows the header */
};

/* Zeros at the start. */
struct gzip_header {
	enum gzip_part part; /* that the next byte belongs to */
	size_t done; /* bytes of it */
	size_t extra_length;
	uint32_t crc; /* of the header so far */
	uint16_t stated; /* the header's checksum */
	unsigned char flags;
};

enum gzip_found {
	GZIP_INCOMPLETE, /* all input is taken */
	GZIP_COMPLETE, /* *in is the first byte behind the header */
	GZIP_NO_MEMBER, /* the first bytes are none of a member */
	GZIP_WRONG_CHECKSUM,
};

/* Take input from *in, which is moved on. */
enum gzip_found gzip_header_pass(struct gzip_header *header, const unsigned char **in,
				 size_t *in_len);

#endif
