/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a user's configuration files are: $XDG_CONFIG_HOME, else ~/.config. A variable that is empty or not
 * an absolute path counts as unset (XDG base directory specification).
 *
 *	autofree char *path = config_path_of_user("containers/policy.json");
 */
#ifndef SYSTEM_CONFIG_PATH_H
#define SYSTEM_CONFIG_PATH_H

/* The path of the user's file of that name, new; NULL for a user without a home. */
char *config_path_of_user(const char *name);

#endif
