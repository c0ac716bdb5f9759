/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tar archive that images are written to: a file that appears whole, by rename, or standard output.
 *
 *	autoarchivefile struct archive_file file = ARCHIVE_FILE_INIT;
 *
 *	if (archive_file_open(&address, &interrupt, &file, err) < 0 ||
 *	    archive_file_add(&file, "oci-layout", text, len, err) < 0 ||
 *	    archive_file_add_blob(&file, name, &stream, err) < 0 ||
 *	    archive_file_finish(&file, err) < 0) ...
 *
 *  - A file in the making is FILE.RANDOM.part. A symlink that is FILE is replaced, as any file.
 *  - FILE may be a pipe, a device or a name of an open descriptor (/dev/fd/3), which is written to as it is.
 *  - Owners, modes and times in the archive are always the same ones, so that the same content is the same
 *    archive.
 *  - Nothing is seeked, nothing is read back.
 *  - Each name is there once: what was added under it is there already.
 */
#ifndef CTNR_PUSH_ARCHIVE_FILE_H
#define CTNR_PUSH_ARCHIVE_FILE_H

#include "blob_stream.h"

#include "format/tar_write.h"
#include "oci/address.h"
#include "system/fd.h"

struct archive_file {
	char *path; /* for messages */
	int fd; /* that is written to */
	int dirfd; /* where it appears; -EBADF: it is no file of ours */
	char *name; /* there; NULL when it is no file of ours */
	char *part; /* its name until then; NULL: it is not there */
	bool waits; /* writing may wait for somebody */
	const struct interrupt *interrupt; /* borrowed */
	struct str block; /* what was not written yet */
	struct strlist names; /* of what is in it */
	struct tar_writer *tar;
};

#define ARCHIVE_FILE_INIT \
	{ \
		.fd = -EBADF, .dirfd = -EBADF, .block = STR_INIT, .names = STRLIST_INIT \
	}

/* An archive that was not finished is removed. */
void archive_file_release(struct archive_file *file);
#define autoarchivefile autocleanup(archive_file_release)

/* Open the FILE of an address. ERROR_USAGE when the archive would go to a terminal. ret, which the other functions
 * get, stays where it is. */
int archive_file_open(const struct address *address, const struct interrupt *interrupt,
		      struct archive_file *ret, struct error *err);

/* Was something added under that name? */
bool archive_file_has(const struct archive_file *file, const char *name);

/* Add a directory; a file of these bytes; a file that a blob is. A name that is there is left as it is. */
int archive_file_add_directory(struct archive_file *file, const char *name, struct error *err);
int archive_file_add(struct archive_file *file, const char *name, const void *bytes, size_t len,
		     struct error *err);
int archive_file_add_blob(struct archive_file *file, const char *name,
			  const struct blob_stream *stream, struct error *err);

/* The end of the archive: it appears. */
int archive_file_finish(struct archive_file *file, struct error *err);

#endif
