/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/namespace_path.h"

#include "system/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

void namespaces_release(struct namespaces *n)
{
	for (int i = 0; n->config && i < NAMESPACE_TYPE_MAX; i++)
		fd_close(&n->fds[i]);
}

static int open_path(const char *path, enum namespace_type type, struct error *err)
{
	const struct runtime_namespace *namespace = &runtime_namespaces[type];
	autoclose int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	if (fd < 0)
		return error_errno(err, "config.json: linux.namespaces: %s: cannot open '%s'",
				   namespace->name, path);
	if (ioctl(fd, NS_GET_NSTYPE) != namespace->flag)
		return error_set(err, ERROR_FAILED,
				 "config.json: linux.namespaces: '%s' is no %s namespace", path,
				 namespace->name);
	return fd_steal(&fd);
}

int namespaces_open_paths(struct namespaces *n, struct error *err)
{
	for (int i = 0; i < NAMESPACE_TYPE_MAX; i++)
		n->fds[i] = -EBADF;
	for (int i = 0; i < NAMESPACE_TYPE_MAX; i++) {
		if (!n->config->paths[i])
			continue;
		n->fds[i] = open_path(n->config->paths[i], (enum namespace_type)i, err);
		if (n->fds[i] < 0)
			return -1;
	}
	return 0;
}

/* Is that the namespace which this process is in, or its next child will be? */
static bool is_joined(int fd, enum namespace_type type)
{
	struct stat given, own;
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/ns/%s%s", runtime_namespaces[type].file,
		 type == NAMESPACE_PID ? "_for_children" : "");
	return fstat(fd, &given) == 0 && stat(path, &own) == 0 && given.st_dev == own.st_dev &&
	       given.st_ino == own.st_ino;
}

static int join_namespace(const struct namespaces *n, enum namespace_type type, struct error *err)
{
	int number;

	if (setns(n->fds[type], runtime_namespaces[type].flag) == 0)
		return 0;
	/* The kernel refuses to join again what is owned outside of our user namespace, and to join our own
	 * user namespace. */
	number = errno;
	if (is_joined(n->fds[type], type))
		return 0;
	errno = number;
	return error_errno(err, "cannot join %s namespace '%s'", runtime_namespaces[type].name,
			   n->config->paths[type]);
}

static bool is_of_moment(const struct namespaces *n, enum namespace_type type,
			 enum namespace_moment moment)
{
	bool is_early = type == NAMESPACE_USER || type == NAMESPACE_PID;

	switch (moment) {
	case NAMESPACE_BEFORE_USER:
		return type != NAMESPACE_USER &&
		       (n->userns == USERNS_INNER || n->userns == USERNS_PATH);
	case NAMESPACE_BEFORE_CLONE:
		return is_early;
	case NAMESPACE_IN_INIT:
		break;
	}
	return !is_early;
}

int namespaces_join(const struct namespaces *n, enum namespace_moment moment, struct error *err)
{
	for (int i = 0; i < NAMESPACE_TYPE_MAX; i++) {
		enum namespace_type type = (enum namespace_type)i;
		struct error cause = { 0 };

		if (n->fds[i] < 0 || !is_of_moment(n, type, moment) ||
		    join_namespace(n, type, &cause) == 0)
			continue;
		if (moment != NAMESPACE_BEFORE_USER || cause.saved_errno != EPERM)
			return error_move(err, &cause);
	}
	return 0;
}
