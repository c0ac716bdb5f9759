/* SPDX-License-Identifier: Apache-2.0 */
#include "format/digest_file.h"

#include "base/output.h"
#include "system/fd.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void digest_file_release(struct digest_file *file)
{
	free(file->name);
	fd_close(&file->dirfd);
	fd_close(&file->fd);
}

static int with_option(const struct digest_file *file, struct error *err)
{
	return error_prefix(err, "option --%s: '%s'", file->option, file->path);
}

int digest_file_open(const char *option, const char *path, struct digest_file *ret,
		     struct error *err)
{
	struct stat st;

	if (!path)
		return 0;
	ret->option = option;
	ret->path = path;
	ret->dirfd = output_open_directory(path, &ret->name, err);
	if (ret->dirfd < 0)
		return with_option(ret, err);
	if (fstatat(ret->dirfd, ret->name, &st, AT_SYMLINK_NOFOLLOW) < 0 || S_ISREG(st.st_mode))
		return 0;
	ret->fd = output_open(path, err);
	return ret->fd < 0 ? with_option(ret, err) : 0;
}

int digest_file_write(const struct digest_file *file, const struct digest *digest,
		      struct error *err)
{
	size_t len = strlen(digest->text);

	if (!file->path)
		return 0;
	if (file->fd < 0)
		return file_write_at(file->dirfd, file->name, digest->text, len, 0644, FILE_NO_SYNC,
				     err) < 0
			       ? with_option(file, err)
			       : 0;
	/* A symlink may have led to a regular file, which had a digest before; a device has no length. */
	if ((ftruncate(file->fd, 0) < 0 && errno != EINVAL) ||
	    fd_write_all(file->fd, digest->text, len) < 0) {
		error_errno(err, "cannot write");
		return with_option(file, err);
	}
	return 0;
}
