/* SPDX-License-Identifier: Apache-2.0 */
#include "process/listen_fds.h"

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/number.h"
#include "base/str.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define LISTEN_FDS_MAX 1024

void listen_fds_release(struct listen_fds *fds)
{
	if (fds)
		free(steal(&fds->names));
}

int listen_fds_read(struct listen_fds *ret, struct error *err)
{
	const char *pid = getenv("LISTEN_PID");
	const char *count = getenv("LISTEN_FDS");
	const char *names = getenv("LISTEN_FDNAMES");
	uint64_t number;

	if (!pid || !count || number_parse(pid, INT32_MAX, &number, NULL) < 0 ||
	    (pid_t)number != getpid())
		return 0;
	if (number_parse(count, LISTEN_FDS_MAX, &number, err) < 0)
		return error_prefix(err, "LISTEN_FDS");
	ret->count = (unsigned)number;
	ret->names = names && number ? xasprintf("LISTEN_FDNAMES=%s", names) : NULL;
	return 0;
}

bool listen_fds_has_variable(const struct listen_fds *fds, const char *variable)
{
	return fds->count && (str_starts_with(variable, "LISTEN_FDS=") ||
			      str_starts_with(variable, "LISTEN_PID=") ||
			      str_starts_with(variable, "LISTEN_FDNAMES="));
}

size_t listen_fds_append(struct listen_fds *fds, char **env, size_t len)
{
	if (!fds->count)
		return len;
	snprintf(fds->texts[0], sizeof(fds->texts[0]), "LISTEN_FDS=%u", fds->count);
	snprintf(fds->texts[1], sizeof(fds->texts[1]), "LISTEN_PID=%d", (int)getpid());
	env[len++] = fds->texts[0];
	env[len++] = fds->texts[1];
	if (fds->names)
		env[len++] = fds->names;
	return len;
}
