/* SPDX-License-Identifier: Apache-2.0 */
#include "input.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

int input_open(const char *path, struct error *err)
{
	int fd = strcmp(path, "-") == 0 ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)
					: open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	return fd < 0 ? error_errno(err, "cannot open '%s'", path) : fd;
}
