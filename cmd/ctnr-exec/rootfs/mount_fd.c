/* SPDX-License-Identifier: Apache-2.0 */
#include "rootfs/mount_fd.h"

#include "base/alloc.h"
#include "system/fd.h"
#include "system/path.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

/* What the filesystem itself says about an option is better than "Invalid argument". */
static int filesystem_error(int fd, const char *type, const char *what, struct error *err)
{
	char log[256];
	int number = errno;
	ssize_t len = read(fd, log, sizeof(log) - 1);

	errno = number;
	if (len <= 2)
		return error_errno(err, "cannot mount %s%s%s", type, what ? ": option " : "",
				   what ? what : "");
	log[len] = '\0';
	log[strcspn(log, "\n")] = '\0';
	error_errno(err, "cannot mount %s: %s", type, log + 2);
	return -1;
}

static int set_option(int fd, const char *option)
{
	const char *equals = strchr(option, '=');
	autofree char *key = NULL;

	if (!equals)
		return fsconfig(fd, FSCONFIG_SET_FLAG, option, NULL, 0);
	key = xstrndup(option, (size_t)(equals - option));
	return fsconfig(fd, FSCONFIG_SET_STRING, key, equals + 1, 0);
}

static int set_options(int fs, const char *type, const struct strlist *data, struct error *err)
{
	for (size_t i = 0; data && i < data->len; i++)
		if (set_option(fs, data->items[i]) < 0)
			return filesystem_error(fs, type, data->items[i], err);
	return 0;
}

int mount_fd_make(const char *type, const char *source, const struct strlist *data,
		  uint64_t attributes, struct error *err)
{
	autoclose int fs = fsopen(type, FSOPEN_CLOEXEC);
	int fd;

	if (fs < 0)
		return error_errno(err, "cannot mount %s", type);
	if (source && fsconfig(fs, FSCONFIG_SET_STRING, "source", source, 0) < 0)
		return filesystem_error(fs, type, source, err);
	if (set_options(fs, type, data, err) < 0)
		return -1;
	if (fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return filesystem_error(fs, type, NULL, err);
	fd = fsmount(fs, FSMOUNT_CLOEXEC, (unsigned)attributes);
	return fd < 0 ? filesystem_error(fs, type, NULL, err) : fd;
}

int mount_fd_reconfigure(int fd, const char *type, const struct strlist *data, struct error *err)
{
	autoclose int fs = fspick(fd, "", FSPICK_EMPTY_PATH | FSPICK_CLOEXEC);

	if (fs < 0)
		return error_errno(err, "cannot change %s", type);
	if (set_options(fs, type, data, err) < 0)
		return -1;
	if (fsconfig(fs, FSCONFIG_CMD_RECONFIGURE, NULL, NULL, 0) < 0)
		return filesystem_error(fs, type, NULL, err);
	return 0;
}

int mount_fd_move(int fd, int target)
{
	return move_mount(fd, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
}

/* Open the directory at path, on the way to which there may be no symlink. Returns -1 without an
 * error when there is no directory yet. */
static int open_plain_directory(struct rootfs *r, const char *path, struct error *err)
{
	int fd = path_open(r->fd, path, O_PATH | O_DIRECTORY, 0, PATH_NO_SYMLINKS);

	if (fd < 0 && errno != ENOENT)
		return error_errno(err, "it must be an ordinary directory");
	return fd;
}

/* Open where a directory or file is to be mounted. ret_path gets the canonical path. */
static int open_target(struct rootfs *r, const char *path, enum mount_fd_target target,
		       enum path_kind kind, struct str *ret_path, struct error *err)
{
	struct error refusal = { 0 };
	int place = -1;

	if (target == MOUNT_FD_NO_SYMLINKS)
		place = open_plain_directory(r, path, &refusal);
	if (refusal.code)
		return error_move(err, &refusal);
	if (place >= 0 && !strstr(path, "..")) {
		str_append(ret_path, path);
		return place;
	}
	fd_close(&place);
	return rootfs_make_target(r, path, kind, ret_path, err);
}

/* Why what source says was not mounted on place, from errno. */
static int move_error(const struct stat *source, int place, struct error *err)
{
	int number = errno;
	struct stat st;

	if (fstat(place, &st) == 0 && S_ISDIR(source->st_mode) != S_ISDIR(st.st_mode))
		return error_set(err, ERROR_FAILED,
				 S_ISDIR(st.st_mode) ? "a file cannot be mounted on a directory"
						     : "a directory cannot be mounted on a file");
	errno = number;
	return error_errno(err, "cannot mount");
}

int mount_fd_attach(int fd, struct rootfs *r, const char *path, enum mount_fd_target target,
		    enum rootfs_owner owner, struct error *err)
{
	autoclose int owned = fd;
	autoclose int place = -EBADF;
	autostr struct str real = STR_INIT;
	struct stat st;

	if (fstat(fd, &st) < 0)
		return error_errno(err, "cannot read what is to be mounted");
	place = open_target(r, path, target, S_ISDIR(st.st_mode) ? PATH_DIRECTORY : PATH_FILE,
			    &real, err);
	if (place < 0)
		return -1;
	if (mount_fd_move(fd, place) < 0)
		return move_error(&st, place, err);
	return rootfs_remember(r, path, real.data, fd_steal(&owned), owner, err) < 0 ? -1 : fd;
}
