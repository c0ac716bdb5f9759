/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Changing a file of logins (registry/auth_file.h): read, edit, written whole.
 *
 *	autoauthedit struct auth_edit edit = AUTH_EDIT_INIT;
 *
 *	if (auth_edit_begin(path, AUTH_EDIT_CREATE, &edit, err) < 0)
 *		return -1;
 *	auth_file_set(&edit.file, "quay.io", &credentials);
 *	return auth_edit_commit(&edit, err);
 *
 *  - From begin to release the folder is locked, so that of two who edit at once none undoes what the other
 *    did. Nothing is left in the folder for that.
 *  - The new file has mode 0600 from the first byte on, and takes the place of the old one by rename. Where
 *    the path is a symlink, the file that it leads to is replaced.
 */
#ifndef CTNR_LOGIN_AUTH_EDIT_H
#define CTNR_LOGIN_AUTH_EDIT_H

#include "registry/auth_file.h"

enum auth_edit_mode {
	AUTH_EDIT_CREATE, /* a file and folders that are missing are made */
	AUTH_EDIT_EXISTING, /* ERROR_NOT_FOUND when there is no file */
};

struct auth_edit {
	struct auth_file file;
	int dirfd; /* of the folder, locked */
	char *name; /* in the folder */
};

#define AUTH_EDIT_INIT \
	{ \
		.file = AUTH_FILE_INIT, .dirfd = -EBADF \
	}

void auth_edit_release(struct auth_edit *edit);
#define autoauthedit autocleanup(auth_edit_release)

/* Lock the folder and read the file; ret is new. A signal that asks to stop ends the wait for the lock. */
int auth_edit_begin(const char *path, enum auth_edit_mode mode, struct auth_edit *ret,
		    struct error *err);

/* Write the file as it is now. */
int auth_edit_commit(struct auth_edit *edit, struct error *err);

#endif
