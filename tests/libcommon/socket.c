/* SPDX-License-Identifier: Apache-2.0 */
/* Connecting to sockets by their path. */
#include "tap.h"

#include "base/alloc.h"
#include "base/cleanup.h"
#include "system/fd.h"
#include "system/socket.h"
#include "system/tree.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static struct error err;

static int listen_at(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	return bind(fd, (const struct sockaddr *)&address, sizeof(address)) == 0 &&
			       listen(fd, 8) == 0
		       ? fd
		       : -1;
}

static void connects(int dirfd, const char *path, const char *title)
{
	autoclose int fd = socket_connect_at(dirfd, path, &err);

	if (!ok(fd >= 0 && fcntl(fd, F_GETFD) == FD_CLOEXEC, title))
		printf("# %s\n", err.message);
}

/* The time for which connecting and sending block at most. */
static void has_patience(const char *path)
{
	autoclose int fd = socket_connect_at(AT_FDCWD, path, &err);
	struct timeval patience = { 0 };
	socklen_t len = sizeof(patience);

	getsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, &len);
	is_int(patience.tv_sec, 10, "a listener that does not read is waited for 10 seconds");
}

static void refuses(int dirfd, const char *path, const char *message, const char *title)
{
	ok(socket_connect_at(dirfd, path, &err) < 0, title);
	is_str(err.message, message, "... and told");
}

int main(void)
{
	char top[] = "/tmp/ctnr-socket.XXXXXX";
	autoclose int server = -EBADF;
	autoclose int dir = -EBADF;
	autofree char *path = NULL;
	autofree char *name = NULL;
	autofree char *deep = NULL;

	if (!mkdtemp(top))
		return EXIT_FAILURE;
	path = xasprintf("%s/server", top);
	server = listen_at(path);
	dir = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	connects(AT_FDCWD, path, "a socket is connected to by its path");
	connects(dir, "server", "... and by one that begins at a directory");
	name = xasprintf("%0120d", 0);
	deep = xasprintf("%s/%s", top, name);
	if (linkat(dir, "server", dir, name, 0) == 0)
		connects(AT_FDCWD, deep, "... that is longer than an address can be");
	has_patience(path);
	/* All that were here wait to be accepted. */
	listen(server, 0);
	refuses(dir, "server", "cannot connect to 'server': Connection timed out",
		"a socket where nobody is accepted is given up");
	refuses(dir, "none", "cannot open 'none': No such file or directory",
		"a socket that is not there is an error");
	close(openat(dir, "file", O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	refuses(dir, "file", "'file' is no socket", "... and so is a file");
	fd_close(&server);
	refuses(dir, "server", "cannot connect to 'server': Connection refused",
		"... and a socket that nobody listens on");
	tree_remove_at(AT_FDCWD, top, NULL);
	return done_testing();
}
