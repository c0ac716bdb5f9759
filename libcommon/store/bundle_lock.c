/* SPDX-License-Identifier: Apache-2.0 */
#include "store/bundle_lock.h"

#include "base/alloc.h"
#include "system/fd.h"
#include "system/lock.h"
#include "system/process_mark.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOCK_FILE "lock"

/* What the file "lock" says. */
struct container_name {
	char text[PROCESS_MARK_MAX + PATH_MAX];
	const char *mark; /* "": no container */
	const char *state_path; /* may be "" */
};

/* The file of a lock that a directory has in its place: one that stands in for it (system/lock.h), or on a full
 * disk the bundle itself. -1 with errno. */
static int open_to_change(int dirfd, const char *path)
{
	return openat(dirfd, path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
}

/* -1 with errno: the file cannot be read, and names no container. */
static int read_container_name(int fd, struct container_name *ret)
{
	ssize_t len = pread(fd, ret->text, sizeof(ret->text) - 1, 0);
	char *end;

	ret->text[len < 0 ? 0 : len] = '\0';
	ret->mark = ret->text;
	ret->state_path = "";
	end = strchr(ret->text, '\n');
	if (!end)
		return len < 0 ? -1 : 0;
	*end = '\0';
	ret->state_path = end + 1;
	end = strchr(end + 1, '\n');
	if (end)
		*end = '\0';
	return 0;
}

/* The container's ID, for people. */
static const char *container_id(const struct container_name *name, const struct bundle *bundle)
{
	const char *slash = strrchr(name->state_path, '/');

	return slash && slash[1] ? slash + 1 : bundle->id;
}

/* Does the bundle's path still lead to the directory that was opened? The bundle may have been
 * removed, and another one made there. */
static bool is_in_place(const struct bundle *bundle)
{
	struct stat opened;
	struct stat there;

	return fstat(bundle->dirfd, &opened) == 0 && stat(bundle->path, &there) == 0 &&
	       opened.st_dev == there.st_dev && opened.st_ino == there.st_ino;
}

static int removed_error(const struct bundle *bundle, struct error *err)
{
	return error_set(err, ERROR_NOT_FOUND, "there is no %s '%s'", bundle_word(), bundle->id);
}

static int running_error(const struct container_name *name, enum process_fate fate,
			 const struct bundle *bundle, struct error *err)
{
	const char *id = container_id(name, bundle);

	error_set(err, ERROR_FAILED, "container '%s' is running", id);
	if (fate == PROCESS_ELSEWHERE)
		return error_hint(err,
				  "it was started in another pid namespace: stop it from there");
	if (strcmp(id, bundle->id) != 0)
		error_hint(err, "it runs from %s '%s', which is for one container at a time",
			   bundle_word(), bundle->path);
	return -1;
}

/* Under the lock: fail when a container runs; forget one that has ended, so that commands in other
 * pid namespaces, which cannot know, hear of it. */
static int check_container(const struct bundle *bundle, int fd, struct error *err)
{
	autoclose int file = -EBADF;
	struct container_name name;
	enum process_fate fate;

	if (read_container_name(fd, &name) < 0 && errno == EISDIR) {
		fd = file = open_to_change(bundle->dirfd, LOCK_FILE);
		if (fd < 0 && errno != ENOENT)
			return error_errno(err, "cannot open '%s/" LOCK_FILE "'", bundle->path);
		read_container_name(fd, &name);
	}
	if (!*name.mark)
		return 0;
	fate = process_mark_fate(name.mark, NULL, NULL);
	if (fate == PROCESS_GONE)
		return pwrite(fd, "\n", 1, 0) == 1
			       ? 0
			       : error_errno(err, "cannot write '%s/" LOCK_FILE "'", bundle->path);
	return running_error(&name, fate, bundle, err);
}

/* Another command has kept the lock for longer than we wait. It may be at the end of a container,
 * or ask just as we do. */
static int busy_error(const struct bundle *bundle, struct error *err)
{
	if (bundle_container_status(bundle) != STATE_STOPPED)
		return error_set(err, ERROR_FAILED, "container '%s' is running", bundle->id);
	return state_busy_error(bundle->id, err);
}

/* Open and lock the bundle's file. A full disk may have no room for a file that is not there yet: no
 * container ever ran from the bundle then, and the directory is locked in place of the file, so that
 * the bundle can be removed. */
static int try_lock(const struct bundle *bundle, struct error *err)
{
	autoclose int dir = -EBADF;
	int fd = lock_open_at(bundle->dirfd, LOCK_FILE, LOCK_EXCLUSIVE, LOCK_TRY, err);

	if (fd >= 0 || (!error_errno_is(err, ENOSPC) && !error_errno_is(err, EDQUOT)))
		return fd;
	dir = openat(bundle->dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0 || lock_fd(dir, LOCK_EXCLUSIVE, LOCK_TRY) < 0)
		return error_errno(err, "cannot lock the directory");
	return fd_steal(&dir);
}

/* A lock of the bundle, whether a container runs or not. waits: up to about a second. */
static int open_lock(const struct bundle *bundle, bool waits, struct error *err)
{
	unsigned int tries = 0;

	for (;;) {
		struct error cause = { 0 };
		autoclose int fd = try_lock(bundle, &cause);

		/* Locked or not: a command that removes the bundle holds the lock meanwhile. */
		if (!is_in_place(bundle))
			return removed_error(bundle, err);
		if (fd >= 0)
			return fd_steal(&fd);
		if (cause.saved_errno != EWOULDBLOCK) {
			error_move(err, &cause);
			return error_prefix(err, "%s '%s'", bundle_word(), bundle->id);
		}
		if (!waits || !lock_pause(&tries))
			return busy_error(bundle, err);
	}
}

int bundle_lock(const struct bundle *bundle, struct error *err)
{
	autoclose int fd = open_lock(bundle, true, err);

	return fd >= 0 && check_container(bundle, fd, err) == 0 ? fd_steal(&fd) : -1;
}

int bundle_try_lock(const struct bundle *bundle, struct error *err)
{
	autoclose int fd = open_lock(bundle, false, err);

	return fd >= 0 && check_container(bundle, fd, err) == 0 ? fd_steal(&fd) : -1;
}

int bundle_lock_again(const struct bundle *bundle, int lock, struct error *err)
{
	unsigned int tries = 0;

	while (lock_fd(lock, LOCK_EXCLUSIVE, LOCK_TRY) < 0) {
		if (errno != EWOULDBLOCK)
			return error_errno(err, "cannot lock %s '%s'", bundle_word(), bundle->id);
		if (!is_in_place(bundle))
			return removed_error(bundle, err);
		if (!lock_pause(&tries))
			return busy_error(bundle, err);
	}
	return is_in_place(bundle) ? check_container(bundle, lock, err)
				   : removed_error(bundle, err);
}

void bundle_unlock(int lock)
{
	flock(lock, LOCK_UN);
}

void bundle_discard_lock(const struct bundle *bundle, int lock)
{
	struct stat st;

	if (fstatat(bundle->dirfd, LOCK_FILE, &st, AT_SYMLINK_NOFOLLOW) == 0 && st.st_size == 0)
		lock_discard_at(lock, bundle->dirfd, LOCK_FILE);
}

int bundle_set_container(int lock, const char *mark, const char *state_path, struct error *err)
{
	autofree char *text = xasprintf("%s\n%s\n", mark, state_path);
	size_t len = strlen(text);
	ssize_t n = pwrite(lock, text, len, 0);

	if (n < 0 && errno == EBADF) {
		autoclose int file = open_to_change(lock, "../" LOCK_FILE);

		n = pwrite(file, text, len, 0);
	}
	if (n != (ssize_t)len)
		return error_errno(err, "cannot write the bundle's file '" LOCK_FILE "'");
	return 0;
}

/* Is that the path of a container's state with that pid, which was created and not started? */
static bool is_only_created(const char *state_path, pid_t pid)
{
	const char *slash = strrchr(state_path, '/');
	autofree char *parent = slash ? xstrndup(state_path, (size_t)(slash - state_path)) : NULL;
	autoclose int root = -EBADF;
	struct state state;

	if (!parent || !*parent)
		return false;
	root = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return root >= 0 && state_read(root, slash + 1, &state, NULL) == 0 &&
	       state.status == STATE_CREATED && state.pid == pid;
}

static int open_to_read(const struct bundle *bundle)
{
	return openat(bundle->dirfd, LOCK_FILE,
		      O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
}

enum state_status bundle_container_status(const struct bundle *bundle)
{
	autoclose int fd = open_to_read(bundle);
	struct container_name name;
	pid_t pid;

	if (fd < 0)
		return STATE_STOPPED;
	read_container_name(fd, &name);
	if (!*name.mark || process_mark_fate(name.mark, NULL, &pid) == PROCESS_GONE)
		return STATE_STOPPED;
	return pid && is_only_created(name.state_path, pid) ? STATE_CREATED : STATE_RUNNING;
}

/* The text of the file decides what is killed. A bundle may lie where others can write, and its owner
 * could name any process there. */
static int check_lock_owner(const struct bundle *bundle, int fd, struct error *err)
{
	struct stat st;

	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_uid == geteuid())
		return 0;
	return error_set(err, ERROR_FAILED,
			 "'%s/" LOCK_FILE "' belongs to another user: what it names is not killed",
			 bundle->path);
}

int bundle_kill_container(const struct bundle *bundle, struct error *err)
{
	autoclose int fd = open_to_read(bundle);
	struct container_name name;
	enum process_fate fate;

	if (fd < 0)
		return 0;
	read_container_name(fd, &name);
	fate = *name.mark ? process_mark_fate(name.mark, NULL, NULL) : PROCESS_GONE;
	if (fate == PROCESS_GONE)
		return 0;
	if (fate == PROCESS_ELSEWHERE)
		return running_error(&name, fate, bundle, err);
	if (check_lock_owner(bundle, fd, err) < 0)
		return -1;
	if (process_mark_kill(name.mark, err) < 0)
		return error_prefix(err, "container '%s'", container_id(&name, bundle));
	return 0;
}
