/* SPDX-License-Identifier: Apache-2.0 */
/* Where images and containers live: overlay tried for real, room, permissions. */
#include "check.h"

#include "base/alloc.h"
#include "base/str.h"
#include "store/store.h"
#include "system/fd.h"
#include "system/process.h"
#include "system/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#define LITTLE_ROOM (1ULL << 30) /* bytes: a few images */

static int make_dir(const char *path, struct error *err)
{
	if (mkdir(path, 0755) < 0)
		return error_errno(err, "cannot create '%s'", path);
	return 0;
}

/* An overlay as ctnr-exec mounts it, in the current directory: it must hide a deleted file of the
 * lower layer and make a directory opaque. */
static int try_overlay(struct error *err)
{
	static const char options[] = "lowerdir=lower,upperdir=upper,workdir=work,userxattr";

	if (make_dir("lower", err) < 0 || make_dir("lower/d", err) < 0 ||
	    make_dir("lower/d/below", err) < 0 || make_dir("upper", err) < 0 ||
	    make_dir("work", err) < 0 || make_dir("merged", err) < 0)
		return -1;
	if (mount("overlay", "merged", "overlay", 0, options) < 0)
		return error_errno(err, "cannot mount");
	if (rmdir("merged/d/below") < 0)
		return error_errno(err, "cannot remove what is in a lower layer");
	if (rmdir("merged/d") < 0 || mkdir("merged/d", 0755) < 0)
		return error_errno(err, "cannot replace a directory of a lower layer");
	if (access("merged/d/below", F_OK) == 0)
		return error_set(err, ERROR_FAILED, "a replaced directory shows its old content");
	return 0;
}

static int attempt_overlay(void *data, struct error *err)
{
	const struct host *host = data;
	autofree char *name = xasprintf(".ctnr-doctor.%d", (int)getpid());
	int result;

	if (host_enter_namespaces(host, err) < 0)
		return -1;
	/* Opened only now: a directory of the old mount namespace cannot be part of an overlay. */
	autoclose int parent = dir_open_at(AT_FDCWD, host->store_parent, err);

	if (parent < 0)
		return -1;
	if (dir_make_own_at(parent, name, 0700, err) < 0)
		return error_prefix(err, "%s", host->store_parent);
	autoclose int dir = dir_open_at(parent, name, err);

	result = dir < 0 || fchdir(dir) < 0 ? -1 : try_overlay(err);
	umount2("merged", MNT_DETACH);
	if (tree_remove_at(parent, name, result < 0 ? NULL : err) < 0)
		result = -1;
	return result;
}

static void check_overlay(const struct host *host, struct checklist *list)
{
	struct error err = { 0 };

	if (process_call(attempt_overlay, (void *)host, &err) == 0)
		check_add(list, "overlay", CHECK_OK, "works where the store is");
	else
		check_add(list, "overlay", CHECK_WARN, "%s: images are copied for each container",
			  err.message);
}

static uint32_t last_inside(const struct idmap *map)
{
	const struct idmap_range *range = &map->ranges[map->len - 1];

	return range->inside + range->count - 1;
}

/* Give a file where the store is to the last ID that an image may use. */
static int attempt_owner(void *data, struct error *err)
{
	const struct host *host = data;
	const struct identity *id = &host->identity;
	autoclose int parent = dir_open_at(AT_FDCWD, host->store_parent, err);
	autofree char *name = xasprintf(".ctnr-doctor.%d.owner", (int)getpid());
	autoclose int fd = -EBADF;
	int result;

	if (parent < 0 || identity_enter(id, err) < 0)
		return -1;
	fd = openat(parent, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return 0; /* what forbids it is another check's */
	result = fchown(fd, last_inside(&id->uids), last_inside(&id->gids));
	if (result < 0)
		error_errno(err, "cannot give a file to a subordinate ID");
	/* Not before: FUSE changes no file without a name. */
	unlinkat(parent, name, 0);
	return result;
}

/* A home of systemd-homed and some network filesystems take files of the user alone. */
static void check_owners(const struct host *host, struct checklist *list)
{
	struct error err = { 0 };

	if (host->identity.rung != IDENTITY_SUBORDINATE ||
	    process_call(attempt_owner, (void *)host, &err) == 0)
		return;
	check_add(
		list, "store owners", CHECK_FAIL,
		"%s: images with files of other users cannot be unpacked (NFS, or a home of systemd-homed?)",
		err.message);
	check_hint(list, "put the store outside of the home directory (--store, CTNR_STORE)");
}

static void check_store(const struct host *host, struct checklist *list)
{
	bool exists = strcmp(host->store, host->store_parent) == 0;
	bool writable = faccessat(AT_FDCWD, host->store_parent, W_OK | X_OK, AT_EACCESS) == 0;
	struct statfs fs;
	uint64_t room;

	if (!writable) {
		check_add(list, "store", exists ? CHECK_WARN : CHECK_FAIL,
			  exists ? "%s is read-only: only images that are unpacked there can run"
				 : "%s cannot be created",
			  host->store);
		check_hint(list, "give --store DIR or set CTNR_STORE");
	} else {
		check_add(list, "store", CHECK_OK, "%s%s", host->store,
			  exists ? "" : " (not there yet)");
	}
	if (statfs(host->store_parent, &fs) < 0)
		return;
	/* One of memory may not know. */
	if (fs.f_blocks == 0)
		return;
	room = (uint64_t)fs.f_bavail * (uint64_t)fs.f_bsize;
	check_add(list, "room", room < LITTLE_ROOM ? CHECK_WARN : CHECK_OK, "%llu MiB free",
		  (unsigned long long)(room >> 20));
}

static bool can_write(const char *path)
{
	return faccessat(AT_FDCWD, path, W_OK | X_OK, AT_EACCESS) == 0;
}

/* What keeps the directory from being that of state? It must be ours alone, or not there yet in a
 * place that we can write. Returns NULL when nothing does. */
static const char *run_dir_fault(const char *dir)
{
	autofree char *parent = xstrdup(dir);
	char *slash = strrchr(parent, '/');
	struct stat st;

	if (slash)
		slash[slash == parent] = '\0';
	if (lstat(dir, &st) < 0)
		return can_write(slash ? parent : ".") ? NULL : strerror(errno);
	if (st.st_uid != geteuid() || (st.st_mode & 077))
		return "is not this user's alone";
	return can_write(dir) ? NULL : strerror(errno);
}

/* One that was asked for must do. */
static void check_asked_run_dir(const char *dir, const char *origin, struct checklist *list)
{
	const char *fault = run_dir_fault(dir);

	if (!fault) {
		check_add(list, "run directory", CHECK_OK, "%s", dir);
		return;
	}
	check_add(list, "run directory", CHECK_FAIL, "%s (%s): %s", dir, origin, fault);
	check_hint(list, "name another directory, or make it yours with mode 0700");
}

/* The same places in the same order as run_dir_open(), without making anything. */
static void check_run_dir(const struct host *host, struct checklist *list)
{
	const char *variable = getenv("CTNR_RUN_DIR");
	const char *runtime = getenv("XDG_RUNTIME_DIR");
	autofree char *in_runtime =
		runtime && runtime[0] == '/' ? xasprintf("%s/ctnr", runtime) : NULL;
	autofree char *in_tmp = xasprintf("/tmp/ctnr-run-%u", geteuid());
	const char *places[] = { host->identity.real_root ? "/run/ctnr" : NULL, in_runtime,
				 can_write(host->store_parent) ? host->store : NULL, in_tmp };
	const char *fault = NULL;

	if (host->run_dir || (variable && variable[0])) {
		check_asked_run_dir(host->run_dir ? host->run_dir : variable,
				    host->run_dir ? "--run-dir" : "CTNR_RUN_DIR", list);
		return;
	}
	for (size_t i = 0; i < array_size(places); i++) {
		if (!places[i] || (places[i] != host->store && (fault = run_dir_fault(places[i]))))
			continue;
		check_add(list, "run directory", CHECK_OK, "%s%s",
			  places[i] == host->store ? "in the store" : places[i],
			  i < 2 || in_runtime ? "" : " (XDG_RUNTIME_DIR is not set)");
		return;
	}
	check_add(list, "run directory", CHECK_FAIL, "%s: %s", in_tmp, fault);
	check_hint(list, "name a directory with --run-dir or CTNR_RUN_DIR");
}

void check_filesystem(const struct host *host, struct checklist *list)
{
	check_store(host, list);
	check_run_dir(host, list);
	if (!host->can_enter)
		return;
	check_owners(host, list);
	check_overlay(host, list);
}
