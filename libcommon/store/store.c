/* SPDX-License-Identifier: Apache-2.0 */
#include "store/store.h"

#include "base/alloc.h"
#include "base/str.h"
#include "format/json.h"
#include "store/run_dir.h"
#include "system/fd.h"
#include "system/identity.h"
#include "system/path.h"
#include "system/sync.h"
#include "system/userdb.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define ROOT_STORE "/var/lib/ctnr"

/* Made when a store is opened for writing; the last one says that the others are there. */
static const char *const folders[] = { "images", "layers", "bundles", "cache", "trash" };

void store_release(struct store *store)
{
	if (!store)
		return;
	free(store->path);
	fd_close(&store->dirfd);
	*store = (struct store)STORE_INIT;
}

/* Real root has /var/lib/ctnr where that can be written to. */
static bool root_store_is_writable(void)
{
	if (!identity_is_real_root())
		return false;
	if (faccessat(AT_FDCWD, ROOT_STORE, W_OK, AT_EACCESS) == 0)
		return true;
	return errno == ENOENT && faccessat(AT_FDCWD, "/var/lib", W_OK, AT_EACCESS) == 0;
}

/* What store_path() returns, unchecked. */
static char *choose_path(const char *option, struct error *err)
{
	const char *asked = option ? option : getenv("CTNR_STORE");
	const char *data = getenv("XDG_DATA_HOME");
	autofree char *home = NULL;

	if (option && !*option) {
		error_set(err, ERROR_USAGE, "the name of the store is empty");
		return NULL;
	}
	if (asked && *asked)
		return path_absolute(asked, err);
	if (root_store_is_writable())
		return xstrdup(ROOT_STORE);
	/* A relative $XDG_DATA_HOME is to be ignored (XDG base directory specification). */
	if (data && *data == '/')
		return xasprintf("%s/ctnr", data);
	home = userdb_home();
	if (home)
		return xasprintf("%s/.local/share/ctnr", home);
	error_set(err, ERROR_FAILED, "no place for the store: uid %u has no home directory",
		  geteuid());
	error_hint(err, "say where with --store DIR or CTNR_STORE");
	return NULL;
}

/* Say that it is the store's fault, and return -1. */
static int store_error(struct error *err)
{
	error_prefix(err, "store");
	return error_default_hint(err, "another place is chosen with --store DIR or CTNR_STORE");
}

char *store_path(const char *option, struct error *err)
{
	autofree char *path = choose_path(option, err);

	if (!path || json_check_text(path, err) == 0)
		return steal(&path);
	store_error(err);
	return NULL;
}

static int make_folders(const struct store *store, struct error *err)
{
	if (faccessat(store->dirfd, folders[array_size(folders) - 1], F_OK, AT_SYMLINK_NOFOLLOW) ==
	    0)
		return 0;
	for (size_t i = 0; i < array_size(folders); i++)
		if (dir_make_own_at(store->dirfd, folders[i], 0700, err) < 0)
			return -1;
	return sync_folder(store->dirfd) < 0 ? error_errno(err, "cannot sync '%s'", store->path)
					     : 0;
}

/* Containers are made of what is in the store: others must not be able to write there. */
static int check_private(const struct store *store, struct error *err)
{
	struct stat st;

	if (fstat(store->dirfd, &st) < 0)
		return error_errno(err, "cannot stat '%s'", store->path);
	if (!(st.st_mode & S_IWOTH))
		return 0;
	error_set(err, ERROR_FAILED, "'%s' can be written to by every user", store->path);
	return error_hint(err, "chmod 700 %s", store->path);
}

static int check_writable(const struct store *store, struct error *err)
{
	return faccessat(store->dirfd, ".", W_OK, AT_EACCESS) < 0
		       ? error_errno(err, "cannot write to '%s'", store->path)
		       : 0;
}

static int open_at(const char *path, enum store_mode mode, struct store *ret, struct error *err)
{
	struct error cannot_make = { 0 };
	int n_made = 0;

	if (mode != STORE_READ)
		n_made = dir_make_own_at(AT_FDCWD, path, 0700, &cannot_make);
	ret->dirfd = dir_open_at(AT_FDCWD, path, err);
	if (ret->dirfd < 0) {
		if (cannot_make.code)
			error_move(err, &cannot_make);
		return -1;
	}
	if (sync_parents(AT_FDCWD, path, n_made, err) < 0)
		return -1;
	ret->path = realpath(path, NULL);
	if (!ret->path)
		return error_errno(err, "cannot resolve '%s'", path);
	if (json_check_text(ret->path, err) < 0)
		return -1;
	ret->writable = faccessat(ret->dirfd, ".", W_OK, AT_EACCESS) == 0;
	if (mode == STORE_READ)
		return 0;
	if (!ret->writable)
		return mode == STORE_WRITE ? check_writable(ret, err) : 0;
	if (check_private(ret, err) < 0)
		return -1;
	return make_folders(ret, err);
}

int store_open(const char *option, enum store_mode mode, struct store *ret, struct error *err)
{
	autostore struct store store = STORE_INIT;
	autofree char *path = store_path(option, err);

	if (!path)
		return -1;
	if (open_at(path, mode, &store, err) < 0)
		return store_error(err);
	*ret = store;
	store = (struct store)STORE_INIT;
	return 0;
}

int store_check_writable(const struct store *store, struct error *err)
{
	return check_writable(store, err) < 0 ? store_error(err) : 0;
}

/* A folder, and the folders that are depth levels below it. */
static int check_links_in(const struct store *store, const char *folder, unsigned depth,
			  struct error *err)
{
	autostrlist struct strlist names = STRLIST_INIT;
	struct stat st;

	if (fstatat(store->dirfd, folder, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : error_errno(err, "cannot stat '%s'", folder);
	if (S_ISLNK(st.st_mode) && st.st_uid != geteuid() && st.st_uid != 0) {
		error_set(err, ERROR_FAILED,
			  "'%s/%s' is a link that another user has made (uid %u)", store->path,
			  folder, st.st_uid);
		return error_hint(err, "what is behind it may be anybody's: remove the link");
	}
	if (depth)
		dir_list_at(store->dirfd, folder, &names, NULL);
	for (size_t i = 0; i < names.len; i++) {
		autofree char *inner = xasprintf("%s/%s", folder, names.items[i]);

		if (check_links_in(store, inner, depth - 1, err) < 0)
			return -1;
	}
	return 0;
}

int store_check_links(const struct store *store, struct error *err)
{
	static const struct {
		const char *folder;
		unsigned depth; /* of the folders below it */
	} places[] = {
		{ "images", 0 },  { "images/.lease", 0 }, { "images/blobs", 1 },
		{ "layers", 2 },  { "bundles", 0 },       { "bundles/.ephemeral", 0 },
		{ "cache", 1 },   { "cache/chains", 1 },  { "trash", 0 },
		{ "volumes", 0 },
	};

	for (size_t i = 0; i < array_size(places); i++)
		if (check_links_in(store, places[i].folder, places[i].depth, err) < 0)
			return store_error(err);
	return 0;
}

int store_for_writing(const struct store *store, struct store *ret, struct error *err)
{
	char *path;
	int fd;

	if (store && store->writable) {
		fd = fcntl(store->dirfd, F_DUPFD_CLOEXEC, 0);
		if (fd < 0)
			return error_errno(err, "cannot duplicate a descriptor");
		*ret = (struct store) { xstrdup(store->path), fd, true };
		return 0;
	}
	fd = run_dir_open(NULL, store, &path, err);
	if (fd < 0)
		return -1;
	*ret = (struct store) { path, fd, true };
	return 0;
}

int store_damaged(struct error *err)
{
	if (error_is(err, ERROR_VERIFY) || (error_is(err, ERROR_FAILED) && error_errno_is(err, 0)))
		error_default_hint(err, "'ctnr check --repair' mends what is damaged in the store");
	return -1;
}
