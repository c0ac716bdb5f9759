/* SPDX-License-Identifier: Apache-2.0 */
#include "digest_file.h"

#include "base/output.h"
#include "system/fd.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

void digest_file_release(struct digest_file *file)
{
	free(file->name);
	fd_close(&file->dirfd);
}

int digest_file_open(const char *path, struct digest_file *ret, struct error *err)
{
	struct stat st;

	if (!path)
		return 0;
	ret->path = path;
	ret->dirfd = output_open_directory(path, &ret->name, err);
	if (ret->dirfd < 0)
		return error_prefix(err, "option --digestfile: '%s'", path);
	if (fstatat(ret->dirfd, ret->name, &st, AT_SYMLINK_NOFOLLOW) == 0 && !S_ISREG(st.st_mode))
		return error_set(err, ERROR_FAILED,
				 "option --digestfile: '%s' is there and is no regular file", path);
	return 0;
}

int digest_file_write(const struct digest_file *file, const struct digest *digest,
		      struct error *err)
{
	if (!file->path)
		return 0;
	if (file_write_at(file->dirfd, file->name, digest->text, strlen(digest->text), 0644,
			  FILE_NO_SYNC, err) < 0)
		return error_prefix(err, "option --digestfile: '%s'", file->path);
	return 0;
}
