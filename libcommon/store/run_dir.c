/* SPDX-License-Identifier: Apache-2.0 */
#include "store/run_dir.h"

#include "base/alloc.h"
#include "base/str.h"
#include "format/json.h"
#include "system/fd.h"
#include "system/identity.h"
#include "system/process_mark.h"
#include "system/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Sockets, state files and locks of ours: nobody else may put something there. */
static int check_private(int fd, const char *path, struct error *err)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return error_errno(err, "cannot stat '%s'", path);
	if (st.st_uid != geteuid())
		return error_set(err, ERROR_FAILED, "'%s' belongs to uid %u, not to us", path,
				 st.st_uid);
	if (st.st_mode & 077) {
		error_set(err, ERROR_FAILED, "'%s' is open to others (mode %04o)", path,
			  st.st_mode & 07777);
		return error_hint(err, "chmod 700 %s", path);
	}
	return 0;
}

/* Make (with its parents when all is ours to make) and open. Returns the fd. */
static int open_private(const char *path, struct error *err)
{
	autoclose int fd = -EBADF;

	if (json_check_text(path, err) < 0 || dir_make_own_at(AT_FDCWD, path, 0700, err) < 0)
		return -1;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return error_errno(err, "cannot open directory '%s'", path);
	if (check_private(fd, path, err) < 0)
		return -1;
	if (faccessat(fd, ".", W_OK, AT_EACCESS) < 0)
		return error_errno(err, "cannot write to '%s'", path);
	return fd_steal(&fd);
}

/* $XDG_RUNTIME_DIR/ctnr when that variable names a directory of ours: after su(1) it is another
 * user's. New string or NULL. */
static char *xdg_candidate(void)
{
	const char *xdg = getenv("XDG_RUNTIME_DIR");
	struct stat st;

	if (!xdg || *xdg != '/' || stat(xdg, &st) < 0 || !S_ISDIR(st.st_mode) ||
	    st.st_uid != geteuid())
		return NULL;
	return xasprintf("%s/ctnr", xdg);
}

/* What earlier boots left beside ours. Best effort. */
static void remove_old_boots(const struct store *store, const char *boot_id)
{
	/* Not through a link: all that has another name than this boot's is deleted there. */
	autoclose int fd =
		openat(store->dirfd, "run", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	autostrlist struct strlist names = STRLIST_INIT;

	if (fd < 0)
		return;
	dir_list_at(fd, ".", &names, NULL);
	for (size_t i = 0; i < names.len; i++)
		if (names.items[i][0] != '.' && strcmp(names.items[i], boot_id) != 0)
			tree_remove_at(fd, names.items[i], NULL);
}

/* STORE/run/BOOT_ID: new string, or NULL. */
static char *store_candidate(const struct store *store)
{
	char boot_id[BOOT_ID_MAX];
	autofree char *path = NULL;

	if (!store || !store->writable || boot_id_read(boot_id, NULL) < 0)
		return NULL;
	path = xasprintf("%s/run/%s", store->path, boot_id);
	if (access(path, F_OK) < 0)
		remove_old_boots(store, boot_id);
	return steal(&path);
}

/* /tmp/ctnr-run-UID, new. The uid is the one outside, so that the tools agree inside and outside of
 * a user namespace. */
static char *last_candidate(void)
{
	uid_t uid = geteuid();

	identity_outside_uid(&uid, NULL);
	return xasprintf("/tmp/ctnr-run-%u", uid);
}

int run_dir_open(const char *option, const struct store *store, char **ret_path, struct error *err)
{
	const char *asked = option ? option : getenv("CTNR_RUN_DIR");
	autofree char *path = NULL;
	int fd;

	if (asked && *asked) {
		fd = open_private(asked, err);
		if (fd < 0)
			return error_prefix(err, "state directory");
		*ret_path = realpath(asked, NULL);
		if (!*ret_path) {
			fd_close(&fd);
			return error_errno(err, "cannot resolve '%s'", asked);
		}
		return fd;
	}
	for (int i = 0; i < 4; i++) {
		free(path);
		path = i == 0   ? (identity_is_real_root() ? xstrdup("/run/ctnr") : NULL)
		       : i == 1 ? xdg_candidate()
		       : i == 2 ? store_candidate(store)
				: last_candidate();
		fd = path ? open_private(path, err) : -1;
		if (fd >= 0) {
			*ret_path = steal(&path);
			return fd;
		}
	}
	error_prefix(err, "no place for the state directory");
	return error_hint(err, "say where with --run-dir DIR or CTNR_RUN_DIR");
}
