/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A disk that remembers in which order it was written and flushed.
 *
 * It begins as an image file, which is never written to: what a sector holds is where its last write
 * stands in the log, or the image. So a disk as a power cut would have left it is made of the log of
 * another disk in milliseconds (disk_replay()), and what is written to it then is forgotten the same
 * way.
 *
 * A log is records one behind the other, each a struct disk_record and its bytes, padded to 8; a
 * record of kind 0 ends it. The programs that read logs are tests/power/log.py and this one.
 */
#ifndef TESTS_POWER_DISK_DISK_H
#define TESTS_POWER_DISK_DISK_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

#define DISK_SECTOR 512

enum disk_record_kind {
	DISK_WRITE = 1, /* length bytes at offset, both whole sectors */
	DISK_FLUSH, /* all that was written before is on the medium: no bytes */
	DISK_MARK, /* length bytes of text: what the outside says has happened by now */
};

struct disk_record {
	uint64_t kind; /* an enum disk_record_kind; 0: the end of the log */
	uint64_t offset;
	uint64_t length; /* of the bytes that follow */
};

struct disk_log {
	unsigned char *data; /* mapped */
	size_t size; /* of the records */
	size_t capacity; /* of the mapping */
};

struct disk {
	const unsigned char *image; /* mapped */
	size_t size;
	const unsigned char **sectors; /* into a log; NULL: as in the image */
	struct disk_log log; /* of this disk */
	struct disk_log past; /* of the disk that is replayed, if any */
};

/* Be the disk of the image file, whose log becomes the new file log_path. */
int disk_record(struct disk *disk, const char *image_path, const char *log_path, struct error *err);

/* Be a disk whose past is the log at log_path, none of which has happened yet; its own log is kept
 * nowhere. */
int disk_open_past(struct disk *disk, const char *image_path, const char *log_path,
		   struct error *err);

/* Be what the first count records of the past make, but for those whose numbers are in dropped (n of
 * them, ascending). What was written since the last such call is gone. */
void disk_replay(struct disk *disk, size_t count, const size_t *dropped, size_t n);

/* Read or write whole sectors within the disk, or fail with EINVAL. */
int disk_read(const struct disk *disk, uint64_t offset, void *data, size_t length);
int disk_write(struct disk *disk, uint64_t offset, const void *data, size_t length);

/* Log a flush, or a mark. -1 with ENOSPC where the log is full, as disk_write() too. */
int disk_flush(struct disk *disk);
int disk_mark(struct disk *disk, const char *text);

void disk_release(struct disk *disk);

#endif
