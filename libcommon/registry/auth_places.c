/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/auth_places.h"

#include "base/alloc.h"
#include "system/config_path.h"
#include "system/identity.h"
#include "system/userdb.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#define AUTH_FILE_NAME "containers/auth.json"
#define ROOT_AUTH_FILE "/run/containers/0/auth.json"

void auth_place_list_release(struct auth_place_list *list)
{
	if (!list)
		return;
	for (size_t i = 0; i < list->len; i++)
		free(list->items[i].path);
	free(list->items);
	*list = (struct auth_place_list)AUTH_PLACE_LIST_INIT;
}

/* The path is taken; NULL adds nothing. */
static void add_place(struct auth_place_list *list, char *path, const char *named_by)
{
	if (!path)
		return;
	list->items = xgrow(list->items, list->len, sizeof(*list->items));
	list->items[list->len++] = (struct auth_place) { path, named_by };
}

/* The value of a variable that is set to something, or NULL. */
static const char *given_variable(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

/* The file in the runtime directory, new, or NULL. Where root's podman has run, nobody else can look into
 * /run/containers, and only root can make it. */
static char *runtime_file(void)
{
	const char *directory = given_variable("XDG_RUNTIME_DIR");

	/* A relative path is to be ignored (XDG base directory specification). */
	if (directory && *directory == '/')
		return xasprintf("%s/" AUTH_FILE_NAME, directory);
	return identity_is_real_root() ? xstrdup(ROOT_AUTH_FILE) : NULL;
}

/* docker's file, new, or NULL. */
static char *docker_file(void)
{
	const char *directory = given_variable("DOCKER_CONFIG");
	autofree char *home = directory ? NULL : userdb_home();

	if (directory)
		return xasprintf("%s/config.json", directory);
	return home ? xasprintf("%s/.docker/config.json", home) : NULL;
}

static void add_named_places(const char *authfile, struct auth_place_list *ret)
{
	const char *variable = given_variable("REGISTRY_AUTH_FILE");

	if (authfile)
		add_place(ret, xstrdup(authfile), "--authfile");
	if (variable)
		add_place(ret, xstrdup(variable), "REGISTRY_AUTH_FILE");
}

void auth_places(const char *authfile, struct auth_place_list *ret)
{
	*ret = (struct auth_place_list)AUTH_PLACE_LIST_INIT;
	add_named_places(authfile, ret);
	add_place(ret, runtime_file(), NULL);
	add_place(ret, config_path_of_user(AUTH_FILE_NAME), NULL);
	add_place(ret, docker_file(), NULL);
}

int auth_places_check(const char *authfile, struct error *err)
{
	autoauthplaces struct auth_place_list list = AUTH_PLACE_LIST_INIT;

	add_named_places(authfile, &list);
	for (size_t i = 0; i < list.len; i++)
		if (faccessat(AT_FDCWD, list.items[i].path, R_OK, AT_EACCESS) < 0)
			return error_errno(err, "%s: cannot read '%s'", list.items[i].named_by,
					   list.items[i].path);
	return 0;
}

char *auth_place_to_write(const char *authfile, struct error *err)
{
	autoauthplaces struct auth_place_list named = AUTH_PLACE_LIST_INIT;
	char *path;

	add_named_places(authfile, &named);
	if (named.len > 0)
		return xstrdup(named.items[0].path);
	path = runtime_file();
	if (!path)
		path = config_path_of_user(AUTH_FILE_NAME);
	if (!path) {
		error_set(err, ERROR_FAILED, "no place for the login: uid %u has no home directory",
			  geteuid());
		error_hint(err, "say where with --authfile FILE or REGISTRY_AUTH_FILE");
	}
	return path;
}
