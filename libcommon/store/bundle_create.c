/* SPDX-License-Identifier: Apache-2.0 */
#include "base/alloc.h"
#include "store/bundle.h"
#include "system/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#define RANDOM_ID_LENGTH 12

static bool name_is_path(const char *name)
{
	return strchr(name, '/') || strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static int taken_error(const char *name, struct error *err)
{
	error_set(err, ERROR_FAILED, "%s '%s' exists already", bundle_word(), name);
	return error_hint(err, "remove it with 'ctnr rm %s', or refresh it with --update", name);
}

/* The same of a path, where something else than a bundle may be. */
static int path_taken_error(const char *path, struct error *err)
{
	autofree char *record = xasprintf("%s/%s", path, BUNDLE_RECORD_FILE);

	if (faccessat(AT_FDCWD, record, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		return taken_error(path, err);
	error_set(err, ERROR_FAILED, "'%s' exists already, and is no bundle", path);
	return error_hint(err, "choose a path where nothing is");
}

int bundle_check_free(const struct store *store, const char *name, struct error *err)
{
	autofree char *path = bundle_path(store, name, err);

	if (!path)
		return -1;
	if (faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW) < 0)
		return 0;
	return name_is_path(name) ? path_taken_error(path, err) : taken_error(name, err);
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
		return error_set(err, ERROR_USAGE, "'%s' cannot be the name of a %s", ret->id,
				 bundle_word());
	if (mkdir(path, 0700) < 0)
		return errno == EEXIST ? path_taken_error(path, err)
				       : error_errno(err, "cannot create '%s'", path);
	if (dir_detach_at(AT_FDCWD, path, 0700, err) < 0)
		return -1;
	ret->path = realpath(path, NULL);
	if (!ret->path)
		error_errno(err, "cannot resolve '%s'", path);
	else if (json_check_text(ret->path, err) == 0 &&
		 register_path(home, ret->id, ret->path, err) == 0)
		return 0;
	rmdir(path);
	return -1;
}

/* Open the directory that was just made. Nothing holds it yet, so that it may be gone again. */
static int open_created(struct bundle *bundle, struct error *err)
{
	struct error cause = { 0 };

	bundle->dirfd = dir_open_at(AT_FDCWD, bundle->path, &cause);
	if (bundle->dirfd >= 0)
		return 0;
	rmdir(bundle->path);
	if (cause.code == ERROR_NOT_FOUND)
		return error_set(err, ERROR_FAILED, "%s '%s' was removed by another command",
				 bundle_word(), bundle->id);
	return error_move(err, &cause);
}

int bundle_create(const struct store *store, const char *name, struct bundle *ret,
		  struct error *err)
{
	autostore struct store home = STORE_INIT;
	autobundle struct bundle bundle = BUNDLE_INIT;
	autofree char *path = NULL;
	bool is_path = name && name_is_path(name);

	if (store_for_writing(store, &home, err) < 0 ||
	    dir_make_inner_at(home.dirfd, "bundles", 0700, err) < 0)
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
	if (open_created(&bundle, err) < 0)
		return -1;
	*ret = bundle;
	bundle = (struct bundle)BUNDLE_INIT;
	return 0;
}
