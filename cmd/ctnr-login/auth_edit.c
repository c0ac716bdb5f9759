/* SPDX-License-Identifier: Apache-2.0 */
#include "auth_edit.h"

#include "base/alloc.h"
#include "format/json.h"
#include "registry/secret.h"
#include "system/fd.h"
#include "system/interrupt.h"
#include "system/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

void auth_edit_release(struct auth_edit *edit)
{
	auth_file_release(&edit->file);
	fd_close(&edit->dirfd);
	free(edit->name);
}

/* Open the folder that the file at path lies in. */
static int open_folder(const char *path, enum auth_edit_mode mode, struct auth_edit *edit,
		       struct error *err)
{
	const char *slash = strrchr(path, '/');
	autofree char *folder = slash ? xstrndup(path, (size_t)(slash - path) + 1) : xstrdup(".");

	if (mode == AUTH_EDIT_CREATE && dir_make_at(AT_FDCWD, folder, 0700, err) < 0)
		return -1;
	edit->name = xstrdup(slash ? slash + 1 : path);
	edit->dirfd = dir_open_at(AT_FDCWD, folder, err);
	return edit->dirfd < 0 ? -1 : 0;
}

/* A filesystem without locks does without: two people rarely log in at once. */
static int lock_folder(const struct auth_edit *edit, const char *path, struct error *err)
{
	if (lock_fd(edit->dirfd, LOCK_EXCLUSIVE, LOCK_WAIT_HEARING) == 0 ||
	    lock_is_unsupported(errno))
		return 0;
	return errno == EINTR ? interrupt_error(err)
			      : error_errno(err, "cannot lock the folder of '%s'", path);
}

static int read_or_make(const char *path, enum auth_edit_mode mode, struct auth_file *ret,
			struct error *err)
{
	struct error cause = { 0 };

	if (auth_file_read(path, ret, &cause) == 0)
		return 0;
	if (cause.code != ERROR_NOT_FOUND || mode != AUTH_EDIT_CREATE)
		return error_move(err, &cause);
	ret->path = xstrdup(path);
	ret->json = json_object();
	return 0;
}

int auth_edit_begin(const char *path, enum auth_edit_mode mode, struct auth_edit *ret,
		    struct error *err)
{
	autofree char *real = realpath(path, NULL);

	if (!real && errno == ENOENT && mode == AUTH_EDIT_EXISTING)
		return error_set(err, ERROR_NOT_FOUND, "there is no file '%s'", path);
	path = real ? real : path;
	if (open_folder(path, mode, ret, err) < 0 || lock_folder(ret, path, err) < 0)
		return -1;
	return read_or_make(path, mode, &ret->file, err);
}

int auth_edit_commit(struct auth_edit *edit, struct error *err)
{
	autosecrettext char *json = json_format_indented(edit->file.json);
	autosecret struct str text = STR_INIT;
	struct error cause = { 0 };

	str_reserve(&text, strlen(json) + 1);
	str_append(&text, json);
	str_append_char(&text, '\n');
	if (file_write_at(edit->dirfd, edit->name, text.data, text.len, 0600, FILE_SYNC, &cause) ==
	    0)
		return 0;
	if (cause.saved_errno == ENOSPC || cause.saved_errno == EDQUOT)
		error_hint(&cause, "free some space there, or keep it elsewhere with --authfile");
	error_prefix(&cause, "cannot keep the login in '%s'", edit->file.path);
	return error_move(err, &cause);
}
