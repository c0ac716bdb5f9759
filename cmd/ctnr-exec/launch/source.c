/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/source.h"

#include "base/alloc.h"
#include "system/fd.h"
#include "system/fd_pass.h"
#include "system/path.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

bool sources_are_needed(const struct container *c)
{
	bool has_bind = false;

	for (size_t i = 0; i < c->config.mounts.len; i++)
		has_bind |= mount_config_is_bind(&c->config.mounts.items[i]);
	return has_bind && c->namespaces.userns == USERNS_INNER;
}

/* The root directory of init, in its mount namespace. */
static int open_init_root(const struct launch *l)
{
	autofree char *path = xasprintf("/proc/%d/root", (int)l->page->init_pid);

	return open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

/* Open a source; a relative one is in the bundle. -1 where that cannot be done so. */
static int open_source(const struct container *c, int root, const char *source)
{
	autofree char *path =
		source[0] == '/' ? xstrdup(source) : xasprintf("%s/%s", c->bundle.path, source);

	return root < 0 ? -1 : path_open(root, path, O_PATH, 0, PATH_IN_ROOT);
}

int sources_hand_over(const struct launch *l, struct error *err)
{
	const struct container *c = l->container;
	autoclose int root = -EBADF;
	char byte;

	if (fd_read_full(l->sync[0], &byte, 1) != 1)
		return 0;
	root = open_init_root(l);
	for (size_t i = 0; i < c->config.mounts.len; i++) {
		const struct mount_config *mount = &c->config.mounts.items[i];
		autoclose int fd =
			mount_config_is_bind(mount) ? open_source(c, root, mount->source) : -EBADF;
		int sent = 0;

		if (fd >= 0)
			sent = fd_pass_send(l->sync[0], fd);
		else if (mount_config_is_bind(mount))
			sent = send(l->sync[0], "", 1, MSG_NOSIGNAL) < 0 ? -1 : 0;
		if (sent < 0 && errno == EPIPE)
			return 0;
		if (sent < 0)
			return error_errno(err, "cannot hand over '%s'", mount->source);
	}
	return 0;
}

/* Wait for the next descriptor. -EBADF for none. */
static int take_source(int sync, struct error *err)
{
	struct pollfd ready = { .fd = sync, .events = POLLIN };
	int fd;

	while (poll(&ready, 1, -1) < 0 && errno == EINTR)
		;
	fd = fd_pass_receive(sync);
	if (fd >= 0)
		return fd;
	return errno == EPROTO ? -EBADF : error_errno(err, "cannot take the sources of mounts");
}

int sources_take(const struct launch *l, int **ret, struct error *err)
{
	const struct mounts_config *mounts = &l->container->config.mounts;
	int *sources = fd_array(mounts->len);

	*ret = sources;
	if (fd_write_all(l->sync[1], "", 1) < 0)
		return error_errno(err, "cannot ask for the sources of mounts");
	for (size_t i = 0; i < mounts->len; i++) {
		if (mount_config_is_bind(&mounts->items[i]))
			sources[i] = take_source(l->sync[1], err);
		if (sources[i] == -1)
			return -1;
	}
	return 0;
}
