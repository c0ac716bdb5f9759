/* SPDX-License-Identifier: Apache-2.0 */
/*
 * --digestfile FILE: the digest of what was copied, without a line end, as skopeo and podman write it.
 *
 *	autodigestfile struct digest_file file = DIGEST_FILE_INIT;
 *
 *	if (digest_file_open(opts->digestfile, &file, err) < 0) ...	// before anything is copied
 *	... digest_file_write(&file, &digest, err)
 *
 * It appears whole, by rename.
 */
#ifndef CTNR_PUSH_DIGEST_FILE_H
#define CTNR_PUSH_DIGEST_FILE_H

#include "base/cleanup.h"
#include "format/digest.h"

#include <errno.h>

struct digest_file {
	const char *path; /* borrowed; NULL: none is wanted */
	char *name; /* in the directory */
	int dirfd;
};

#define DIGEST_FILE_INIT \
	{ \
		.dirfd = -EBADF \
	}

void digest_file_release(struct digest_file *file);
#define autodigestfile autocleanup(digest_file_release)

/* Find the place, so that a mistake shows early; ret is new. path NULL: none is wanted. */
int digest_file_open(const char *path, struct digest_file *ret, struct error *err);

int digest_file_write(const struct digest_file *file, const struct digest *digest,
		      struct error *err);

#endif
