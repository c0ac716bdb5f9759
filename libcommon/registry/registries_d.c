/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/registries_d.h"

#include "base/alloc.h"
#include "format/yaml.h"
#include "registry/lookaside.h"
#include "registry/scope.h"
#include "system/config_path.h"
#include "system/fd.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define USER_FOLDER "containers/registries.d"
#define SYSTEM_FOLDER "/etc/containers/registries.d"

struct registries_d_file {
	char *name;
	struct config_node
		*root; /* on its own, so that what borrows from the tree stays where it is */
};

void registries_d_release(struct registries_d *registries)
{
	if (!registries)
		return;
	for (size_t i = 0; i < registries->n_files; i++) {
		config_node_release(registries->files[i].root);
		free(registries->files[i].root);
		free(registries->files[i].name);
	}
	for (size_t i = 0; i < registries->n_scopes; i++)
		free(registries->scopes[i].name);
	free(registries->files);
	free(registries->scopes);
	free(registries->folder);
	*registries = (struct registries_d)REGISTRIES_D_INIT;
}

/* sigstore is the older name of lookaside: one that says both would be read in two ways. */
static int read_url(const struct config_node *table, const char *key, const char *old_key,
		    const char **ret, struct error *err)
{
	const char *old = NULL;
	const char *flaw;

	if (config_node_string(table, key, ret, err) < 0 ||
	    config_node_string(table, old_key, &old, err) < 0)
		return -1;
	if (old && *ret)
		return config_node_error(config_node_find(table, old_key), err,
					 "is an older name of '%s', which is there too", key);
	*ret = *ret ? *ret : old;
	flaw = *ret ? lookaside_check_url(*ret) : "";
	return *flaw ? config_node_error(config_node_find(table, old ? old_key : key), err, "%s",
					 flaw)
		     : 0;
}

static int read_places(const struct config_node *table, struct signature_places *ret,
		       struct error *err)
{
	static const char *const keys[] = {
		"lookaside",        "lookaside-staging",        "sigstore",
		"sigstore-staging", "use-sigstore-attachments", NULL
	};

	if (table->kind != CONFIG_TABLE)
		return config_node_error(table, err, "expected a table");
	ret->says_attachments = config_node_find(table, "use-sigstore-attachments") != NULL;
	if (config_node_check_keys(table, keys, err) < 0 ||
	    read_url(table, "lookaside", "sigstore", &ret->lookaside, err) < 0 ||
	    read_url(table, "lookaside-staging", "sigstore-staging", &ret->lookaside_staging, err) <
		    0)
		return -1;
	return config_node_bool(table, "use-sigstore-attachments", &ret->has_attachments, err);
}

/* The scope of that name (NULL: the default of all), or NULL. */
static const struct registries_d_scope *find_scope(const struct registries_d *registries,
						   const char *name)
{
	for (size_t i = 0; i < registries->n_scopes; i++) {
		const char *other = registries->scopes[i].name;

		if (name && other ? strcmp(name, other) == 0 : name == other)
			return &registries->scopes[i];
	}
	return NULL;
}

/* Add a scope, whose name is taken. */
static int add_scope(struct registries_d *registries, char *name, const struct config_node *node,
		     struct error *err)
{
	const struct registries_d_scope *known = find_scope(registries, name);
	const struct config_node *other = known ? known->node : NULL;
	struct registries_d_scope *scope;

	registries->scopes =
		xgrow(registries->scopes, registries->n_scopes, sizeof(*registries->scopes));
	scope = &registries->scopes[registries->n_scopes];
	*scope = (struct registries_d_scope) { .name = name, .node = node };
	if (other) {
		free(name);
		return config_node_error(node, err, "stands in %s:%u already", other->file,
					 other->line);
	}
	registries->n_scopes++;
	return read_places(node, &scope->places, err);
}

static int add_scopes(struct registries_d *registries, const struct config_node *root,
		      struct error *err)
{
	static const char *const keys[] = { "default-docker", "docker", NULL };
	const struct config_node *base = NULL;
	const struct config_node *docker = NULL;

	if (root->kind == CONFIG_NULL)
		return 0;
	if (root->kind != CONFIG_TABLE)
		return config_node_error(root, err, "expected a table");
	base = config_node_find(root, "default-docker");
	if (config_node_check_keys(root, keys, err) < 0 ||
	    (base && add_scope(registries, NULL, base, err) < 0) ||
	    config_node_table(root, "docker", &docker, err) < 0)
		return -1;
	for (size_t i = 0; docker && i < docker->n_children; i++)
		if (add_scope(registries, scope_normal(docker->children[i].key),
			      &docker->children[i], err) < 0)
			return -1;
	return 0;
}

int registries_d_add(struct registries_d *registries, const char *text, size_t len,
		     const char *file, struct error *err)
{
	struct registries_d_file added = { xstrdup(file), xcalloc(1, sizeof(*added.root)) };

	registries->files =
		xgrow(registries->files, registries->n_files, sizeof(*registries->files));
	registries->files[registries->n_files++] = added;
	if (yaml_read(text, len, added.name, added.root, err) < 0)
		return -1;
	return add_scopes(registries, added.root, err);
}

static int read_file(struct registries_d *registries, const char *name, struct error *err)
{
	autofree char *path = xasprintf("%s/%s", registries->folder, name);
	autostr struct str text = STR_INIT;

	if (file_read_linked_at(AT_FDCWD, path, REGISTRIES_D_FILE_MAX, &text, err) < 0)
		return error_recode(err, ERROR_FAILED);
	return registries_d_add(registries, text.data, text.len, path, err);
}

static int read_files(struct registries_d *registries, int dirfd, struct error *err)
{
	autostrlist struct strlist names = STRLIST_INIT;

	if (dir_list_at(dirfd, ".", &names, err) < 0)
		return error_prefix(err, "cannot read '%s'", registries->folder);
	if (names.len > REGISTRIES_D_FILES_MAX)
		return error_set(err, ERROR_FAILED, "'%s' has more than %d files",
				 registries->folder, REGISTRIES_D_FILES_MAX);
	strlist_sort(&names);
	for (size_t i = 0; i < names.len; i++)
		if (str_ends_with(names.items[i], ".yaml") &&
		    read_file(registries, names.items[i], err) < 0)
			return -1;
	return 0;
}

/* Open a folder; -1 with err when it is not there. */
static int open_folder(struct registries_d *registries, const char *folder, struct error *err)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return error_errno(err, "cannot open '%s'", folder);
	free(registries->folder);
	registries->folder = xstrdup(folder);
	return fd;
}

/* Open the user's folder, or the system's. -EBADF when neither is there. */
static int open_default_folder(struct registries_d *registries, struct error *err)
{
	autofree char *user = config_path_of_user(USER_FOLDER);
	const char *const folders[] = { user, SYSTEM_FOLDER };

	for (size_t i = 0; i < array_size(folders); i++) {
		struct error cause = { 0 };
		int fd = folders[i] ? open_folder(registries, folders[i], &cause) : -1;

		if (fd >= 0)
			return fd;
		if (folders[i] && !config_path_is_free(folders[i]))
			return error_move(err, &cause);
	}
	return -EBADF;
}

int registries_d_read(const char *folder, struct registries_d *ret, struct error *err)
{
	autoclose int fd = folder ? open_folder(ret, folder, err) : open_default_folder(ret, err);

	if (fd == -EBADF)
		return 0;
	return fd < 0 ? -1 : read_files(ret, fd, err);
}

/* Add what a scope says to what was said by more specific ones. */
static void add_places(const struct registries_d_scope *scope, struct signature_places *ret)
{
	const struct signature_places *places = &scope->places;

	if (!ret->lookaside)
		ret->lookaside = places->lookaside;
	if (!ret->lookaside_staging)
		ret->lookaside_staging = places->lookaside_staging;
	if (!ret->says_attachments && places->says_attachments) {
		ret->says_attachments = true;
		ret->has_attachments = places->has_attachments;
	}
}

void registries_d_find(const struct registries_d *registries, const struct reference *reference,
		       struct signature_places *ret)
{
	autostrlist struct strlist names = STRLIST_INIT;
	const struct registries_d_scope *scope;

	*ret = (struct signature_places) { 0 };
	scope_list_of_reference(reference, &names);
	for (size_t i = 0; i < names.len; i++) {
		scope = find_scope(registries, names.items[i]);
		if (scope)
			add_places(scope, ret);
	}
	scope = find_scope(registries, NULL);
	if (scope)
		add_places(scope, ret);
}
