/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of a tar archive's notation that need no stream: header blocks, extended headers,
 * sparse maps. For format/tar.c and format/tar_write.c.
 */
#ifndef FORMAT_TAR_HEADER_H
#define FORMAT_TAR_HEADER_H

#include "base/str.h"
#include "format/tar.h"

#define TAR_BLOCK_SIZE 512

/* Keys of extended headers. */
#define TAR_KEY_XATTR "SCHILY.xattr." /* and the attribute's name */
#define TAR_KEY_SPARSE "GNU.sparse." /* and major, minor, name, realsize... */

/* A header block as POSIX has it (ustar). */
struct tar_block {
	char name[100];
	char mode[8];
	char uid[8];
	char gid[8];
	char size[12];
	char mtime[12];
	char checksum[8];
	char type;
	char link[100];
	char magic[6];
	char version[2];
	char user[32];
	char group[32];
	char major[8];
	char minor[8];
	char prefix[155];
	char padding[12];
};

_Static_assert(sizeof(struct tar_block) == TAR_BLOCK_SIZE, "a header is one block");

#define tar_field_size(field) sizeof(((struct tar_block *)0)->field)

/* Bytes that fill the last block of so many. */
static inline unsigned int tar_padding(uint64_t size)
{
	return (unsigned int)(-size & (TAR_BLOCK_SIZE - 1));
}

/* The sum of a header's bytes, those of its own field counted as blanks. */
uint32_t tar_checksum(const struct tar_block *block);

/* A header block, read. Texts are copies, NUL-terminated. */
struct tar_header {
	char type;
	bool is_gnu; /* old GNU: what ustar uses as prefix has other meanings */
	char path[100 + 1 + 155 + 1];
	char link[100 + 1];
	uint32_t mode;
	int64_t uid;
	int64_t gid;
	uint64_t size;
	int64_t mtime;
	int64_t major;
	int64_t minor;
};

/* Is every byte of a block 0? Two such blocks end an archive. */
bool tar_block_is_zero(const unsigned char *block);

/* Read one header block; a wrong checksum or number is an error. */
int tar_header_parse(const unsigned char *block, struct tar_header *ret, struct error *err);

/* A growing list of the pieces of a sparse file. */
struct tar_segments {
	struct tar_segment *items;
	size_t len;
	size_t capacity;
};

/* Append a piece. -1 when there are TAR_SEGMENTS_MAX already. */
int tar_segments_add(struct tar_segments *segments, uint64_t offset, uint64_t len,
		     struct error *err);

/* Pieces must ascend, must not overlap nor pass the end of the file, and must add up to the bytes
 * that are stored. */
int tar_segments_check(const struct tar_segments *segments, uint64_t size, uint64_t stored,
		       struct error *err);

/* The pieces in an old GNU sparse header, or in a block that continues it. ret_more: another block
 * follows. */
int tar_segments_parse_header(const unsigned char *block, struct tar_segments *segments,
			      uint64_t *ret_size, bool *ret_more, struct error *err);
int tar_segments_parse_block(const unsigned char *block, struct tar_segments *segments,
			     bool *ret_more, struct error *err);

enum tar_sparse {
	TAR_SPARSE_NONE,
	TAR_SPARSE_HEADER, /* the map is in the extended header: pax 0.0 and 0.1 */
	TAR_SPARSE_DATA, /* the map stands before the content: pax 1.0 */
};

enum tar_acl {
	TAR_ACL_ACCESS,
	TAR_ACL_DEFAULT,
	TAR_ACL_MAX,
};

/* What an extended header says about the next entry. Pointers lie in its text. */
struct tar_extension {
	const char *path;
	const char *link;
	bool has_size, has_uid, has_gid, has_mtime;
	uint64_t size;
	uint64_t uid;
	uint64_t gid;
	struct timespec mtime;
	struct tar_xattr xattrs[TAR_XATTRS_MAX];
	size_t n_xattrs;
	char *acls[TAR_ACL_MAX]; /* owned: values of xattrs */
	enum tar_sparse sparse;
	const char *sparse_path;
	bool has_sparse_size;
	uint64_t sparse_size;
	struct tar_segments segments; /* owned */
};

void tar_extension_clear(struct tar_extension *extension);

/* Read the records in text[0..len), which is rewritten in place. */
int tar_extension_parse(char *text, size_t len, struct tar_extension *ret, struct error *err);

/* Decimal digits only, the whole of text[0..len). */
int tar_decimal(const char *text, size_t len, uint64_t *ret);

#endif
