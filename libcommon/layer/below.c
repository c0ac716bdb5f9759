/* SPDX-License-Identifier: Apache-2.0 */
#include "layer/below.h"

#include "base/alloc.h"
#include "system/fd.h"

#include <limits.h>
#include <string.h>

void below_release(struct below *below)
{
	str_release(&below->path);
	stack_release(&below->parts);
}

/* The directories that were found, by their places in dirs: they are the stack's then. */
static void take_parts(const struct stack *dirs, int *found, struct stack *ret)
{
	*ret = (struct stack)STACK_INIT;
	ret->layers = xcalloc(dirs->n_dirfds + 1, sizeof(ret->layers[0]));
	for (size_t i = 0; i < dirs->n_dirfds; i++) {
		if (found[i] < 0)
			continue;
		ret->layers[ret->n_dirfds] = stack_layer(dirs, i);
		stack_push(ret, fd_steal(&found[i]));
	}
}

/* What has a name in directories, from number first on. The stack of a directory is *ret_parts. */
static int look_at_name(const struct stack *dirs, size_t first, const char *name,
			struct below_found *ret, struct stack *ret_parts, struct error *err)
{
	autofree int *found = fd_array(dirs->n_dirfds);
	struct stack_found what = { .kind = STACK_ABSENT };
	int result = 0;

	if (first < dirs->n_dirfds)
		result = stack_find(dirs->dirfds + first, dirs->n_dirfds - first, name, &what,
				    found + first, err);
	take_parts(dirs, found, ret_parts);
	*ret = (struct below_found) { what.kind, what.stat, 0 };
	if (what.kind != STACK_ABSENT)
		ret->layer = stack_layer(dirs, first + what.index);
	return result;
}

/* Go on from the directory that is kept to the one of that name in it. */
static int enter_name(struct below *below, const char *name, size_t len, struct error *err)
{
	const struct stack *dirs = below->path.len ? &below->parts : below->root;
	char component[NAME_MAX + 1];
	struct below_found found;
	struct stack parts;

	if (len > NAME_MAX)
		return error_set(err, ERROR_FAILED, "a name in the path is too long");
	memcpy(component, name, len);
	component[len] = '\0';
	if (look_at_name(dirs, 0, component, &found, &parts, err) < 0) {
		stack_release(&parts);
		return -1;
	}
	stack_release(&below->parts);
	below->parts = parts;
	if (below->path.len)
		str_append_char(&below->path, '/');
	str_append(&below->path, component);
	return 0;
}

static bool is_on_way(const struct str *dir, const char *path, size_t len)
{
	return dir->len <= len && memcmp(dir->data, path, dir->len) == 0 &&
	       (dir->len == len || dir->len == 0 || path[dir->len] == '/');
}

/* Keep the directory at the first len bytes of path. */
static int keep_directory(struct below *below, const char *path, size_t len, struct error *err)
{
	if (!is_on_way(&below->path, path, len)) {
		stack_release(&below->parts);
		str_clear(&below->path);
	}
	while (below->path.len < len) {
		const char *name = path + below->path.len + (below->path.len ? 1 : 0);
		size_t name_len = strcspn(name, "/");

		if (enter_name(below, name, name_len, err) < 0) {
			stack_release(&below->parts);
			str_clear(&below->path);
			return -1;
		}
	}
	return 0;
}

int below_find(struct below *below, const char *path, enum below_where where,
	       struct below_found *ret, int *ret_dirfd, struct error *err)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	autostack struct stack parts = STACK_INIT;
	const struct stack *dirs;
	size_t first;

	if (ret_dirfd)
		*ret_dirfd = -EBADF;
	if (keep_directory(below, path, slash ? (size_t)(slash - path) : 0, err) < 0)
		return -1;
	dirs = below->path.len ? &below->parts : below->root;
	first = where == BELOW_IN_LAYERS && dirs->n_dirfds && stack_layer(dirs, 0) == 0;
	if (look_at_name(dirs, first, name, ret, &parts, err) < 0)
		return -1;
	if (ret_dirfd && ret->kind == STACK_DIRECTORY)
		*ret_dirfd = fd_steal(&parts.dirfds[0]);
	return 0;
}
