/* SPDX-License-Identifier: Apache-2.0 */
#include "check/program.h"

#include "base/alloc.h"
#include "base/cleanup.h"
#include "system/fd.h"
#include "system/process.h"

#include <fcntl.h>

int program_run(const char *const *words, struct error *err)
{
	autofree char *path = process_libexec(words[0], err);
	autoclose int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	autofree char **argv = NULL;
	size_t n = 0;
	pid_t pid;

	if (!path)
		return -1;
	if (null < 0)
		return error_errno(err, "cannot open /dev/null");
	while (words[n])
		n++;
	argv = xcalloc(n + 1, sizeof(*argv));
	argv[0] = path;
	for (size_t i = 1; i < n; i++)
		argv[i] = (char *)words[i];
	pid = process_spawn(argv, (const int[]) { -1, null, -1 }, err);
	return pid < 0 ? -1 : process_wait(pid, err);
}
