/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /etc/passwd and /etc/group of an image: the input is passwd up to the first NUL and group behind
 * it. The files lie in a directory of the temporary folder, which is removed at the end.
 */
#include "base/alloc.h"
#include "layer/account.h"
#include "system/fd.h"
#include "system/tree.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char *folder;

static void remove_folder(void)
{
	tree_remove_at(AT_FDCWD, folder, NULL);
	free(folder);
}

/* The root directory, made when it is first asked for. */
static int root_fd(void)
{
	static int fd = -EBADF;
	const char *place = getenv("TMPDIR");

	if (fd >= 0)
		return fd;
	folder = xasprintf("%s/ctnr-fuzz.XXXXXX", place ? place : "/tmp");
	if (!mkdtemp(folder))
		abort();
	atexit(remove_folder);
	fd = dir_open_at(AT_FDCWD, folder, NULL);
	if (fd < 0 || dir_make_at(fd, "etc", 0700, NULL) < 0)
		abort();
	return fd;
}

static void write_file(const char *path, const uint8_t *data, size_t size)
{
	autoclose int fd = openat(root_fd(), path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0 || fd_write_all(fd, data, size) < 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const users[] = { "",    "root",   "app", "0",    "1000",
					     "a:b", "app:10", ":",   "root:" };
	int dirfd = root_fd();
	const struct stack root = { .dirfds = &dirfd, .n_dirfds = 1 };
	const uint8_t *nul = size ? memchr(data, 0, size) : NULL;
	size_t first = nul ? (size_t)(nul - data) : size;

	write_file("etc/passwd", data, first);
	write_file("etc/group", nul ? nul + 1 : data, nul ? size - first - 1 : 0);
	for (size_t i = 0; i < array_size(users); i++) {
		autoaccount struct account account = ACCOUNT_INIT;
		struct error err = { 0 };

		if (account_resolve(&root, NULL, users[i], &account, &err) == 0 &&
		    (account.uid == UINT32_MAX || account.gid == UINT32_MAX))
			abort();
	}
	return 0;
}
