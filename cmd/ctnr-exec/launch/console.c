/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/console.h"

#include "system/socket.h"

#include <fcntl.h>

int console_connect(const char *path, bool has_terminal, int *ret, struct error *err)
{
	if (!path && has_terminal) {
		error_set(err, ERROR_FAILED,
			  "the process has a terminal, and nothing was given that it could go to");
		return error_hint(err,
				  "--console-socket PATH, or \"terminal\": false in config.json");
	}
	if (path && !has_terminal)
		return error_set(err, ERROR_USAGE,
				 "--console-socket: the process has no terminal to send there");
	if (!path)
		return 0;
	*ret = socket_connect_at(AT_FDCWD, path, err);
	return *ret < 0 ? error_prefix(err, "--console-socket") : 0;
}
