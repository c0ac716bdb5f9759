/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/console.h"

#include "system/fd.h"
#include "system/fd_pass.h"
#include "system/socket.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>

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

int console_pass(int console, int from, struct error *err)
{
	struct pollfd ready = { .fd = from, .events = POLLIN };
	autoclose int master = -EBADF;

	while (poll(&ready, 1, -1) < 0 && errno == EINTR)
		;
	master = fd_pass_receive(from);
	if (master < 0 && (errno == EPIPE || errno == ECONNRESET))
		return 0;
	if (master < 0)
		return error_errno(err, "cannot take the terminal");
	if (fd_pass_send(console, master) < 0)
		return error_errno(err, "cannot send the terminal to the console socket");
	return 1;
}
