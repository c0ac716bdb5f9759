/* SPDX-License-Identifier: Apache-2.0 */
#include "mount_source.h"

#include "system/fd.h"
#include "system/path.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>

static int open_source(void *source, struct error *err)
{
	int fd = open(source, O_PATH | O_CLOEXEC);

	return fd < 0 ? error_errno(err, "mount source '%s'", (const char *)source) : fd;
}

char *mount_source_resolve(const struct identity *identity, const char *source, struct error *err)
{
	char *absolute = realpath(source, NULL);
	autoclose int fd = -EBADF;

	if (absolute)
		return absolute;
	fd = identity_open(identity, open_source, (void *)(uintptr_t)source, err);
	if (fd >= 0)
		return path_of_fd(fd, err);
	if (error_errno_is(err, ENOENT)) {
		error_recode(err, ERROR_NOT_FOUND);
		error_hint(err, "make it first, or mount a volume by its name: -v NAME:/data");
	}
	return NULL;
}

struct place {
	const char *source;
	const char *path;
};

static int open_place(void *data, struct error *err)
{
	const struct place *place = data;
	autoclose int top = open(place->source, O_PATH | O_CLOEXEC);
	int fd = top < 0 ? -1 : path_open(top, place->path, O_PATH, 0, PATH_IN_ROOT);

	return fd < 0 ? error_errno(err, "'%s%s'", place->source, place->path) : fd;
}

bool mount_source_has(const struct identity *identity, const char *source, const char *path)
{
	struct place place = { source, path };
	struct error absent = { 0 };
	autoclose int fd = identity_open(identity, open_place, &place, &absent);

	return fd >= 0;
}
