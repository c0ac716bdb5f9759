/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a bundle: made, locked, marked for one run, removed, reclaimed, listed. */
#include "base/alloc.h"
#include "store/bundle.h"
#include "store/bundle_home.h"
#include "system/fd.h"
#include "system/lock.h"
#include "system/process_mark.h"
#include "system/tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define LOCK_FILE "lock"
#define EPHEMERAL_DIR "bundles/.ephemeral"
#define RANDOM_ID_LENGTH 12
#define MARK_MAX 256

/* Whoever asks whether a bundle runs holds its lock for an instant: ask again before believing
 * that it is taken. */
#define LOCK_TRIES 10
#define LOCK_PAUSE_NSEC 2000000

static int taken_error(const char *name, struct error *err)
{
	error_set(err, ERROR_FAILED, "bundle '%s' exists already", name);
	return error_hint(err, "remove it with 'ctnr rm %s', or refresh it with --update", name);
}

/* 12 characters of [a-z0-9], each as likely as the other. */
static int random_id(char id[RANDOM_ID_LENGTH + 1], struct error *err)
{
	static const char characters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
	const unsigned int n = sizeof(characters) - 1;
	size_t len = 0;

	while (len < RANDOM_ID_LENGTH) {
		unsigned char bytes[2 * RANDOM_ID_LENGTH];

		if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes))
			return error_errno(err, "cannot get random bytes");
		for (size_t i = 0; i < sizeof(bytes) && len < RANDOM_ID_LENGTH; i++)
			if (bytes[i] < 256 / n * n)
				id[len++] = characters[bytes[i] % n];
	}
	id[len] = '\0';
	return 0;
}

/* mkdir bundles/ID decides who won. name NULL: a random one. */
static int create_in_home(const struct store *home, const char *name, struct bundle *ret,
			  struct error *err)
{
	for (;;) {
		char id[RANDOM_ID_LENGTH + 1];
		autofree char *path = NULL;

		if (!name && random_id(id, err) < 0)
			return -1;
		path = xasprintf("bundles/%s", name ? name : id);
		if (mkdirat(home->dirfd, path, 0700) == 0) {
			ret->id = xstrdup(name ? name : id);
			ret->path = xasprintf("%s/%s", home->path, path);
			return 0;
		}
		if (errno != EEXIST)
			return error_errno(err, "cannot create '%s/%s'", home->path, path);
		if (name)
			return taken_error(name, err);
	}
}

/* Let bundles/ID lead to path. A registration whose bundle is gone gives way. */
static int register_path(const struct store *home, const char *id, const char *path,
			 struct error *err)
{
	autofree char *name = xasprintf("bundles/%s", id);
	struct stat ours;
	struct stat there;

	for (int i = 0; i < 2; i++) {
		if (symlinkat(path, home->dirfd, name) == 0)
			return 0;
		if (errno != EEXIST)
			return error_errno(err, "cannot create '%s/%s'", home->path, name);
		if (stat(path, &ours) == 0 && fstatat(home->dirfd, name, &there, 0) == 0 &&
		    ours.st_dev == there.st_dev && ours.st_ino == there.st_ino)
			return 0;
		if (fstatat(home->dirfd, name, &there, 0) == 0 || errno != ENOENT)
			break;
		unlinkat(home->dirfd, name, 0);
	}
	return taken_error(id, err);
}

static int create_at_path(const struct store *home, const char *word, struct bundle *ret,
			  struct error *err)
{
	autofree char *path = xstrdup(word);
	size_t len = strlen(path);
	const char *slash;

	while (len > 1 && path[len - 1] == '/')
		path[--len] = '\0';
	slash = strrchr(path, '/');
	ret->id = xstrdup(slash ? slash + 1 : path);
	if (!bundle_id_is_valid(ret->id))
		return error_set(err, ERROR_USAGE, "'%s' cannot be the name of a bundle", ret->id);
	if (mkdir(path, 0700) < 0)
		return errno == EEXIST ? taken_error(word, err)
				       : error_errno(err, "cannot create '%s'", path);
	ret->path = realpath(path, NULL);
	if (!ret->path || register_path(home, ret->id, ret->path, err) < 0) {
		if (!ret->path)
			error_errno(err, "cannot resolve '%s'", path);
		rmdir(path);
		return -1;
	}
	return 0;
}

int bundle_create(const struct store *store, const char *name, struct bundle *ret,
		  struct error *err)
{
	autostore struct store home = STORE_INIT;
	autobundle struct bundle bundle = BUNDLE_INIT;
	autofree char *path = NULL;
	bool is_path = name && (strchr(name, '/') || strcmp(name, ".") == 0);

	if (bundle_home_open(store, &home, err) < 0 ||
	    dir_make_at(home.dirfd, "bundles", 0700, err) < 0)
		return -1;
	if (name) {
		/* Checks the grammar of a name. */
		path = bundle_path(store, name, err);
		if (!path)
			return -1;
	}
	if (is_path ? create_at_path(&home, path, &bundle, err) < 0
		    : create_in_home(&home, name, &bundle, err) < 0)
		return -1;
	bundle.dirfd = dir_open_at(AT_FDCWD, bundle.path, err);
	if (bundle.dirfd < 0)
		return -1;
	*ret = bundle;
	bundle = (struct bundle)BUNDLE_INIT;
	return 0;
}

/* Does its path still lead to the directory that was opened? It may have been removed, and another
 * one made there. */
static bool is_in_place(const struct bundle *bundle)
{
	struct stat opened;
	struct stat there;

	return fstat(bundle->dirfd, &opened) == 0 && stat(bundle->path, &there) == 0 &&
	       opened.st_dev == there.st_dev && opened.st_ino == there.st_ino;
}

int bundle_lock(const struct bundle *bundle, struct error *err)
{
	const struct timespec pause = { .tv_nsec = LOCK_PAUSE_NSEC };

	for (int i = 0;; i++) {
		struct error cause = { 0 };
		autoclose int fd =
			lock_open_at(bundle->dirfd, LOCK_FILE, LOCK_EXCLUSIVE, LOCK_TRY, &cause);

		/* Locked or not: whoever removes it has the lock meanwhile. */
		if (!is_in_place(bundle))
			return error_set(err, ERROR_NOT_FOUND, "there is no bundle '%s'",
					 bundle->id);
		if (fd >= 0)
			return fd_steal(&fd);
		if (cause.saved_errno != EWOULDBLOCK) {
			if (err)
				*err = cause;
			return error_prefix(err, "bundle '%s'", bundle->id);
		}
		if (i == LOCK_TRIES)
			return error_set(err, ERROR_FAILED, "container '%s' is running",
					 bundle->id);
		nanosleep(&pause, NULL);
	}
}

bool bundle_is_running(const struct bundle *bundle)
{
	autoclose int fd = openat(bundle->dirfd, LOCK_FILE,
				  O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);

	return fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) < 0 && errno == EWOULDBLOCK;
}

static char *mark_path(const char *id)
{
	return xasprintf(EPHEMERAL_DIR "/%s", id);
}

/* The owner's mark of a bundle, "" when it has none. */
static const char *read_mark(const struct store *home, const char *id, char mark[MARK_MAX])
{
	autofree char *path = mark_path(id);
	ssize_t len = readlinkat(home->dirfd, path, mark, MARK_MAX - 1);

	mark[len < 0 ? 0 : len] = '\0';
	return mark;
}

int bundle_set_ephemeral(const struct store *store, const struct bundle *bundle, pid_t owner,
			 struct error *err)
{
	autostore struct store home = STORE_INIT;
	autofree char *path = mark_path(bundle->id);
	autofree char *mark = process_mark(owner, err);
	autofree char *part = NULL;
	char random[RANDOM_ID_LENGTH + 1];

	if (!mark || bundle_home_open(store, &home, err) < 0 ||
	    dir_make_at(home.dirfd, EPHEMERAL_DIR, 0700, err) < 0)
		return -1;
	if (symlinkat(mark, home.dirfd, path) == 0)
		return 0;
	if (errno != EEXIST)
		return error_errno(err, "cannot create '%s/%s'", home.path, path);
	if (random_id(random, err) < 0)
		return -1;
	part = xasprintf(EPHEMERAL_DIR "/.%s", random);
	if (symlinkat(mark, home.dirfd, part) < 0 ||
	    renameat(home.dirfd, part, home.dirfd, path) < 0) {
		error_errno(err, "cannot write '%s/%s'", home.path, path);
		unlinkat(home.dirfd, part, 0);
		return -1;
	}
	return 0;
}

void bundle_clear_ephemeral(const struct store *store, const char *id)
{
	autostore struct store home = STORE_INIT;
	autofree char *path = mark_path(id);

	if (bundle_home_open(store, &home, NULL) == 0)
		unlinkat(home.dirfd, path, 0);
}

bool bundle_is_ephemeral(const struct store *store, const char *id)
{
	autostore struct store home = STORE_INIT;
	char mark[MARK_MAX];

	return bundle_home_open(store, &home, NULL) == 0 && *read_mark(&home, id, mark);
}

static int remove_from(const struct store *home, const struct bundle *bundle, struct error *err)
{
	autofree char *name = xasprintf("bundles/%s", bundle->id);
	autofree char *place = xasprintf("%s/%s", home->path, name);
	autofree char *leads_to = NULL;

	if (strcmp(place, bundle->path) == 0)
		return store_discard(home, home->dirfd, name, err);
	leads_to = realpath(place, NULL);
	if (!leads_to || strcmp(leads_to, bundle->path) != 0)
		return error_set(err, ERROR_FAILED, "'%s' is not a bundle of this store",
				 bundle->path);
	/* A path may be on another filesystem: it is deleted where it is, and stays registered
	 * until that is done. */
	if (tree_remove_at(AT_FDCWD, bundle->path, err) < 0)
		return -1;
	if (unlinkat(home->dirfd, name, 0) < 0 && errno != ENOENT)
		return error_errno(err, "cannot remove '%s'", place);
	return 0;
}

static int remove_with_mark(const struct store *home, const struct bundle *bundle,
			    struct error *err)
{
	autofree char *path = mark_path(bundle->id);
	char before[MARK_MAX];
	char after[MARK_MAX];

	read_mark(home, bundle->id, before);
	if (remove_from(home, bundle, err) < 0)
		return error_prefix(err, "bundle '%s'", bundle->id);
	/* The name is free again: another mark is a new bundle's. */
	if (*before && strcmp(before, read_mark(home, bundle->id, after)) == 0)
		unlinkat(home->dirfd, path, 0);
	return 0;
}

int bundle_remove(const struct store *store, const struct bundle *bundle, struct error *err)
{
	autostore struct store home = STORE_INIT;

	if (bundle_home_open(store, &home, err) < 0)
		return -1;
	return remove_with_mark(&home, bundle, err);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The valid IDs in a folder of the store, unsorted, without those that ret has. */
static void list_ids(const struct store *store, const char *folder, struct strlist *ret)
{
	int fd = openat(store->dirfd, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	size_t had = ret->len;

	if (!dir) {
		fd_close(&fd);
		return;
	}
	while ((entry = readdir(dir))) {
		const struct strlist before = { ret->items, had };

		if (bundle_id_is_valid(entry->d_name) && !strlist_contains(&before, entry->d_name))
			strlist_append(ret, entry->d_name);
	}
	closedir(dir);
}

bool bundle_reclaim_needed(const struct store *store)
{
	autostore struct store home = STORE_INIT;
	autostrlist struct strlist ids = STRLIST_INIT;
	char mark[MARK_MAX];

	if (bundle_home_open(store, &home, NULL) < 0)
		return false;
	list_ids(&home, EPHEMERAL_DIR, &ids);
	for (size_t i = 0; i < ids.len; i++)
		if (process_mark_fate(read_mark(&home, ids.items[i], mark), NULL, NULL) ==
		    PROCESS_GONE)
			return true;
	return store_trash_waits(&home);
}

static void reclaim_one(const struct store *home, const char *id)
{
	autobundle struct bundle bundle = BUNDLE_INIT;
	autofree char *path = mark_path(id);
	autoclose int lock = -EBADF;
	struct error err = { 0 };
	char mark[MARK_MAX];

	if (bundle_open_damaged(home, id, &bundle, &err) < 0) {
		if (err.code == ERROR_NOT_FOUND &&
		    process_mark_fate(read_mark(home, id, mark), NULL, NULL) == PROCESS_GONE)
			unlinkat(home->dirfd, path, 0);
		return;
	}
	lock = bundle_lock(&bundle, NULL);
	/* Look again: while we waited somebody may have taken it over. */
	if (lock >= 0 && *read_mark(home, id, mark) &&
	    process_mark_fate(mark, NULL, NULL) == PROCESS_GONE)
		remove_with_mark(home, &bundle, NULL);
}

void bundle_reclaim(const struct store *store)
{
	autostore struct store home = STORE_INIT;
	autostrlist struct strlist ids = STRLIST_INIT;
	char mark[MARK_MAX];

	if (bundle_home_open(store, &home, NULL) < 0)
		return;
	list_ids(&home, EPHEMERAL_DIR, &ids);
	for (size_t i = 0; i < ids.len; i++)
		if (process_mark_fate(read_mark(&home, ids.items[i], mark), NULL, NULL) ==
		    PROCESS_GONE)
			reclaim_one(&home, ids.items[i]);
	store_empty_trash(&home);
}

int bundle_each(const struct store *store,
		int (*each)(const struct bundle *bundle, void *data, struct error *err), void *data,
		struct error *err)
{
	autostore struct store home = STORE_INIT;
	autostrlist struct strlist ids = STRLIST_INIT;

	/* A store that can only be read has its own bundles too, and they can be listed when there
	 * is no place for others. */
	if (bundle_home_open(store, &home, err) == 0)
		list_ids(&home, "bundles", &ids);
	else if (!store || store->writable)
		return -1;
	if (store && !store->writable)
		list_ids(store, "bundles", &ids);
	if (ids.len)
		qsort(ids.items, ids.len, sizeof(*ids.items), compare_names);
	for (size_t i = 0; i < ids.len; i++) {
		autobundle struct bundle bundle = BUNDLE_INIT;

		if (bundle_open_damaged(store, ids.items[i], &bundle, NULL) < 0)
			continue;
		if (each(&bundle, data, err) < 0)
			return -1;
	}
	return 0;
}
