/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file that a person names for the digest of what a command makes (--digestfile, --iidfile): the digest without a
 * line end, as skopeo, podman and docker write it.
 *
 *	autodigestfile struct digest_file file = DIGEST_FILE_INIT;
 *
 *	if (digest_file_open("digestfile", opts->digestfile, &file, err) < 0) ...	// before anything is done
 *	... digest_file_write(&file, &digest, err)
 *
 * A regular file appears whole, by rename. What is there and is none, as /dev/stdout may be, is written to
 * (base/output.h). Errors name the option and the path.
 */
#ifndef FORMAT_DIGEST_FILE_H
#define FORMAT_DIGEST_FILE_H

#include "base/cleanup.h"
#include "format/digest.h"

#include <errno.h>

struct digest_file {
	const char *option; /* without the dashes; borrowed */
	const char *path; /* borrowed; NULL: none is wanted */
	char *name; /* in the directory */
	int dirfd;
	int fd; /* of what is no regular file; else -EBADF */
};

#define DIGEST_FILE_INIT \
	{ \
		.dirfd = -EBADF, .fd = -EBADF \
	}

void digest_file_release(struct digest_file *file);
#define autodigestfile autocleanup(digest_file_release)

/* Find the place, so that a mistake shows early. path NULL: none is wanted. */
int digest_file_open(const char *option, const char *path, struct digest_file *ret,
		     struct error *err);

int digest_file_write(const struct digest_file *file, const struct digest *digest,
		      struct error *err);

#endif
