/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a user's configuration files are, and how one is opened that need not be there: $XDG_CONFIG_HOME, else ~/.config. A variable that is empty or not
 * an absolute path counts as unset (XDG base directory specification).
 *
 *	autofree char *path = config_path_of_user("containers/policy.json");
 */
#ifndef SYSTEM_CONFIG_PATH_H
#define SYSTEM_CONFIG_PATH_H

#include <stdbool.h>

/* Does nothing stand there? A symlink that leads nowhere does: what an administrator or a user wanted to be read is
 * missing, and going on without it would be another thing than they said. */
bool config_path_is_free(const char *path);

/* Open a file or folder to read; -1 with errno. A FIFO that nobody writes to is empty, and is not waited for. */
int config_open_at(int dirfd, const char *path);

/* The path of the user's file of that name, new; NULL for a user without a home. */
char *config_path_of_user(const char *name);

#endif
