/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/auth_places.h"

#include "base/alloc.h"
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

/* NULL also when it is a relative path (XDG base directory specification). */
static const char *xdg_directory(const char *name)
{
	const char *value = given_variable(name);

	return value && *value == '/' ? value : NULL;
}

/* The file in the runtime directory, new, or NULL. Where root's podman has run, nobody else can look into
 * /run/containers, and only root can make it. */
static char *runtime_file(void)
{
	const char *directory = xdg_directory("XDG_RUNTIME_DIR");

	if (directory)
		return xasprintf("%s/" AUTH_FILE_NAME, directory);
	return identity_is_real_root() ? xstrdup(ROOT_AUTH_FILE) : NULL;
}

/* A file in the directory of that variable, else below the home directory; new, or NULL. */
static char *home_file(const char *directory, const char *name, const char *home,
		       const char *name_at_home)
{
	if (directory)
		return xasprintf("%s/%s", directory, name);
	return home ? xasprintf("%s/%s", home, name_at_home) : NULL;
}

static char *config_file(const char *home)
{
	return home_file(xdg_directory("XDG_CONFIG_HOME"), AUTH_FILE_NAME, home,
			 ".config/" AUTH_FILE_NAME);
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
	autofree char *home = userdb_home();

	*ret = (struct auth_place_list)AUTH_PLACE_LIST_INIT;
	add_named_places(authfile, ret);
	add_place(ret, runtime_file(), NULL);
	add_place(ret, config_file(home), NULL);
	add_place(ret,
		  home_file(given_variable("DOCKER_CONFIG"), "config.json", home,
			    ".docker/config.json"),
		  NULL);
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
	autofree char *home = NULL;
	char *path;

	add_named_places(authfile, &named);
	if (named.len > 0)
		return xstrdup(named.items[0].path);
	path = runtime_file();
	if (path)
		return path;
	home = userdb_home();
	path = config_file(home);
	if (!path) {
		error_set(err, ERROR_FAILED, "no place for the login: uid %u has no home directory",
			  geteuid());
		error_hint(err, "say where with --authfile FILE or REGISTRY_AUTH_FILE");
	}
	return path;
}
