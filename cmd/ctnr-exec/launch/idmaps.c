/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/idmaps.h"

#include "rootfs/idmap_mount.h"

#include "base/alloc.h"
#include "system/fd.h"
#include "system/fd_pass.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Append count IDs of a mount's map, which are outside from there on, as the container has them. */
static int add_translated(struct idmap *ret, const struct idmap_range *range,
			  const struct idmap *container, struct error *err)
{
	uint32_t done = 0;

	while (done < range->count) {
		uint32_t outside = range->outside + done;
		const struct idmap_range *found = NULL;
		uint32_t offset, count;

		for (size_t i = 0; !found && i < container->len; i++)
			if (outside - container->ranges[i].outside < container->ranges[i].count)
				found = &container->ranges[i];
		if (!found)
			return error_set(err, ERROR_FAILED,
					 "the host's ID %u is not in the container", outside);
		offset = outside - found->outside;
		count = found->count - offset;
		if (count > range->count - done)
			count = range->count - done;
		if (idmap_add(ret, range->inside + done, found->inside + offset, count, err) < 0)
			return -1;
		done += count;
	}
	return 0;
}

static int translate_map(struct idmap *map, const struct idmap *container, struct error *err)
{
	autofree struct idmap *translated = xcalloc(1, sizeof(*translated));

	for (size_t i = 0; i < map->len; i++)
		if (add_translated(translated, &map->ranges[i], container, err) < 0)
			return -1;
	*map = *translated;
	return 0;
}

bool idmaps_are_made_by_caller(const struct namespaces *namespaces)
{
	return namespaces->userns == USERNS_NONE || namespaces->userns == USERNS_INNER;
}

static int prepare_mount(struct mount_config *mount, const struct namespaces *n, struct error *err)
{
	if (!mount->idmaps && n->userns == USERNS_NONE)
		return error_set(
			err, ERROR_FAILED,
			"options: an ID map without uidMappings is that of the container, which has no user namespace");
	if (!mount->idmaps || idmaps_are_made_by_caller(n))
		return 0;
	if (n->userns == USERNS_PATH)
		return error_set(
			err, ERROR_FAILED,
			"uidMappings: not supported with a user namespace that exists already");
	if (translate_map(&mount->idmaps->uids, &n->identity.uids, err) < 0)
		return error_prefix(err, "uidMappings");
	if (translate_map(&mount->idmaps->gids, &n->identity.gids, err) < 0)
		return error_prefix(err, "gidMappings");
	return 0;
}

int idmaps_prepare(struct config *config, const struct namespaces *namespaces, struct error *err)
{
	for (size_t i = 0; i < config->mounts.len; i++) {
		struct mount_config *mount = &config->mounts.items[i];

		if (mount->options.idmap && prepare_mount(mount, namespaces, err) < 0)
			return error_prefix(err, "config.json: mounts[%zu]", i);
	}
	return 0;
}

/* The process that a namespace is made with: say that it is there, and stay until the other end is closed.
 * It knows the host, and its maps can be written only while it may be looked into: it keeps nothing but the
 * socket, and no process of the container exists yet. */
static void stay_in_namespace(int socket)
{
	char byte;

	if (prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == 0 && send(socket, "", 1, MSG_NOSIGNAL) == 1)
		fd_read_full(socket, &byte, 1);
	_exit(0);
}

static int write_maps(const struct mount_idmaps *idmaps, pid_t pid, int socket, struct error *err)
{
	char byte;

	if (fd_read_full(socket, &byte, 1) != 1)
		return error_set(err, ERROR_FAILED, "cannot make a user namespace for an ID map");
	if (namespaces_write_map(pid, "gid_map", &idmaps->gids, err) < 0)
		return error_prefix(err, "gidMappings");
	if (namespaces_write_map(pid, "uid_map", &idmaps->uids, err) < 0)
		return error_prefix(err, "uidMappings");
	return 0;
}

/* The descriptor of a new user namespace with these maps. */
static int make_namespace(const struct mount_idmaps *idmaps, struct error *err)
{
	struct clone_args args = { .flags = CLONE_NEWUSER };
	autofree char *path = NULL;
	int sync[2];
	int fd = -1;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sync) < 0)
		return error_errno(err, "cannot make a socket pair");
	pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
	if (pid == 0) {
		fd_close(&sync[0]);
		stay_in_namespace(sync[1]);
	}
	fd_close(&sync[1]);
	if (pid < 0) {
		error_errno(err, "cannot make a user namespace for an ID map");
	} else if (write_maps(idmaps, pid, sync[0], err) == 0) {
		path = xasprintf("/proc/%d/ns/user", (int)pid);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			error_errno(err, "cannot open '%s'", path);
	}
	fd_close(&sync[0]);
	while (pid > 0 && waitpid(pid, NULL, __WALL) < 0 && errno == EINTR)
		;
	return fd;
}

int idmaps_make(const struct config *config, int **ret, struct error *err)
{
	const struct mounts_config *mounts = &config->mounts;

	for (size_t i = 0; i < mounts->len; i++) {
		const struct mount_config *mount = &mounts->items[i];

		if (!mount->idmaps)
			continue;
		if (!*ret)
			*ret = fd_array(mounts->len);
		(*ret)[i] = make_namespace(mount->idmaps, err);
		if ((*ret)[i] < 0)
			return error_prefix(err, "mount '%s'", mount->destination);
	}
	return 0;
}

void idmaps_release(int *idmaps, const struct config *config)
{
	for (size_t i = 0; idmaps && i < config->mounts.len; i++)
		fd_close(&idmaps[i]);
	free(idmaps);
}

bool idmaps_are_served(const struct container *c)
{
	bool is_asked = false;

	for (size_t i = 0; i < c->config.mounts.len; i++)
		is_asked |= c->config.mounts.items[i].options.idmap != MOUNT_NO_IDMAP;
	return is_asked && c->namespaces.userns == USERNS_INNER;
}

/* The next mount that init sends. -1 when init has ended, or sent none. */
static int take_mount(int socket)
{
	struct pollfd ready = { .fd = socket, .events = POLLIN };

	while (poll(&ready, 1, -1) < 0 && errno == EINTR)
		;
	return fd_pass_receive(socket);
}

/* The user namespace of the container itself. */
static int open_container_namespace(const struct launch *l)
{
	autofree char *path = xasprintf("/proc/%d/ns/user", (int)l->page->init_pid);

	return open(path, O_RDONLY | O_CLOEXEC);
}

int idmaps_serve(const struct launch *l, struct error *err)
{
	const struct mounts_config *mounts = &l->container->config.mounts;
	autoclose int container = -EBADF;

	for (size_t i = 0; i < mounts->len; i++) {
		enum mount_idmap idmap = mounts->items[i].options.idmap;
		autoclose int fd = idmap ? take_mount(l->sync[0]) : -EBADF;
		int number;

		if (!idmap)
			continue;
		if (fd < 0)
			return 0;
		if (container < 0)
			container = open_container_namespace(l);
		number = idmap_mount_set(fd, mounts->items[i].idmaps ? l->idmaps[i] : container,
					 idmap) < 0
				 ? errno
				 : 0;
		if (send(l->sync[0], &number, sizeof(number), MSG_NOSIGNAL) < 0 && errno != EPIPE)
			return error_errno(err, "cannot answer the container");
	}
	return 0;
}
