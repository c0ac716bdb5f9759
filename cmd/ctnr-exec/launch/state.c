/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/state.h"

#include "base/alloc.h"
#include "oci/runtime.h"
#include "store/run_dir.h"
#include "system/fd.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define STATE_FILE "state.json"
#define CLAIM_TRIES 16
#define LOCK_TRIES 10
#define LOCK_PAUSE_NSEC 2000000
#define RECLAIM_MAX 64 /* directories looked at in one run */

/* Is fd still the directory of that name? Its last owner may have removed it before we locked. */
static bool has_name(int dirfd, const char *name, int fd)
{
	struct stat by_fd, by_name;

	return fstat(fd, &by_fd) == 0 && fstatat(dirfd, name, &by_name, AT_SYMLINK_NOFOLLOW) == 0 &&
	       by_fd.st_ino == by_name.st_ino && by_fd.st_dev == by_name.st_dev;
}

/* Whoever reclaims what others left holds the lock for an instant: ask again before believing that
 * it is taken. */
static int lock_claim(int fd)
{
	const struct timespec pause = { .tv_nsec = LOCK_PAUSE_NSEC };

	for (int i = 0; flock(fd, LOCK_EX | LOCK_NB) < 0; i++) {
		if (i == LOCK_TRIES)
			return -1;
		nanosleep(&pause, NULL);
	}
	return 0;
}

static int claim_id(struct container *c, struct error *err)
{
	for (int i = 0; i < CLAIM_TRIES; i++) {
		autoclose int fd = -EBADF;

		if (mkdirat(c->state_root, c->id, 0700) < 0 && errno != EEXIST)
			return error_errno(err, "cannot create the state of container '%s'", c->id);
		fd = openat(c->state_root, c->id, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
		if (fd < 0 && errno == ENOENT)
			continue;
		if (fd < 0)
			return error_errno(err, "cannot open the state of container '%s'", c->id);
		if (lock_claim(fd) < 0)
			return error_set(err, ERROR_FAILED, "container '%s' is running", c->id);
		if (!has_name(c->state_root, c->id, fd))
			continue;
		c->state = fd_steal(&fd);
		return 0;
	}
	return error_set(err, ERROR_TEMPORARY, "cannot claim the ID '%s': others keep taking it",
			 c->id);
}

int state_claim(struct container *c, const char *run_dir, struct error *err)
{
	autofree char *path = NULL;
	autoclose int run = run_dir_open(run_dir, &c->store, &path, err);

	if (run < 0)
		return -1;
	if (mkdirat(run, "exec", 0700) < 0 && errno != EEXIST)
		return error_errno(err, "cannot create '%s/exec'", path);
	c->state_root = openat(run, "exec", O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (c->state_root < 0)
		return error_errno(err, "cannot open '%s/exec'", path);
	return claim_id(c, err);
}

static json_t *state_json(const struct container *c, pid_t pid)
{
	json_t *state = json_object();
	json_t *annotations = json_object_get(c->config.document, "annotations");
	char when[32] = "";
	time_t now = time(NULL);
	struct tm tm;

	if (gmtime_r(&now, &tm))
		strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%SZ", &tm);
	json_object_set_new(state, "ociVersion", json_string(RUNTIME_SPEC_VERSION));
	json_object_set_new(state, "id", json_string(c->id));
	json_object_set_new(state, "status", json_string("running"));
	json_object_set_new(state, "pid", json_integer(pid));
	json_object_set_new(state, "bundle", json_string(c->bundle.path));
	if (json_is_object(annotations))
		json_object_set(state, "annotations", annotations);
	json_object_set_new(state, "created", json_string(when));
	return state;
}

static int write_pid_file(const char *path, pid_t pid, struct error *err)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%d", (int)pid);

	return file_write_at(AT_FDCWD, path, text, (size_t)len, 0644, FILE_NO_SYNC, err);
}

int state_write(const struct container *c, pid_t pid, struct error *err)
{
	autojson json_t *state = state_json(c, pid);
	autofree char *text = json_format(state);

	if (file_write_at(c->state, STATE_FILE, text, strlen(text), 0600, FILE_NO_SYNC, err) < 0)
		return error_prefix(err, "state of container '%s'", c->id);
	if (c->pid_file && write_pid_file(c->pid_file, pid, err) < 0)
		return error_prefix(err, "--pid-file");
	return 0;
}

void state_remove(const struct container *c)
{
	unlinkat(c->state, STATE_FILE, 0);
	unlinkat(c->state_root, c->id, AT_REMOVEDIR);
}

static void reclaim_one(int root, const char *name)
{
	autoclose int fd = openat(root, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) < 0 || !has_name(root, name, fd))
		return;
	unlinkat(fd, STATE_FILE, 0);
	unlinkat(root, name, AT_REMOVEDIR);
}

void state_reclaim(const struct container *c)
{
	int fd = openat(c->state_root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	int looked_at = 0;

	if (!dir) {
		fd_close(&fd);
		return;
	}
	while (looked_at < RECLAIM_MAX && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		reclaim_one(c->state_root, entry->d_name);
		looked_at++;
	}
	closedir(dir);
}
