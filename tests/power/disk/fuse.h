/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The disk as a file, by the kernel's FUSE protocol and without its library: the file system is that one
 * file, mounted over a file. It is read and written past the page cache, so that the log has what the
 * loop device above did, when it did it: what the loop device is told to flush arrives as an fsync.
 *
 * It does one request after the other, so the log has one order.
 */
#ifndef TESTS_POWER_DISK_FUSE_H
#define TESTS_POWER_DISK_FUSE_H

#include "disk.h"

#include "base/error.h"

struct fuse_request;
struct fuse_answer;

struct fuse_file {
	int fd; /* what requests are read from, and answers written to */
	struct fuse_request *request;
	struct fuse_answer *answer;
};

/* Mount over the file path, as root; ret is released also on failure. */
int fuse_file_mount(struct fuse_file *ret, const char *path, struct error *err);

/* Answer one request. Returns 1, 0 when the file is mounted no more, -1 on failure. */
int fuse_file_serve(const struct fuse_file *file, struct disk *disk, struct error *err);

/* What is mounted still fails from then on. */
void fuse_file_release(struct fuse_file *file);

#endif
