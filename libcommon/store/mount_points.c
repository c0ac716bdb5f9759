/* SPDX-License-Identifier: Apache-2.0 */
#include "store/mount_points.h"

#include "base/alloc.h"
#include "format/json.h"
#include "layer/mark.h"
#include "layer/metadata.h"
#include "oci/runtime.h"
#include "system/fd.h"

#include <string.h>
#include <sys/stat.h>

#define CANDIDATES_MAX 4096 /* more are entries like any others */

void mount_points_release(struct mount_points *points)
{
	path_set_release(&points->made);
	path_set_release(&points->entered);
	path_set_release(&points->parents);
}

static int read_destinations(const struct jnode *root, struct strlist *ret, struct error *err)
{
	struct jnode mounts = jnode_member(root, "mounts");
	struct jnode process = jnode_member(root, "process");
	struct jnode cwd = jnode_member(&process, "cwd");
	const char *text = NULL;
	size_t n = 0;

	if (jnode_string_opt(&cwd, &text, err) < 0)
		return -1;
	if (text)
		strlist_append(ret, text);
	if (jnode_is_present(&mounts) && jnode_array(&mounts, &n, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		struct jnode mount = jnode_element(&mounts, i);
		struct jnode destination = jnode_member(&mount, "destination");

		if (jnode_string(&destination, &text, err) < 0)
			return -1;
		strlist_append(ret, text);
	}
	return 0;
}

int mount_points_read_config(int bundlefd, struct strlist *ret, struct error *err)
{
	autostr struct str text = STR_INIT;
	autojson json_t *config = NULL;
	struct error cause = { 0 };
	struct jnode root;

	if (file_read_at(bundlefd, RUNTIME_CONFIG_FILE, RUNTIME_CONFIG_MAX, &text, &cause) < 0)
		return cause.code == ERROR_NOT_FOUND ? 0 : error_move(err, &cause);
	config = json_parse_last(text.data, text.len, RUNTIME_CONFIG_FILE, err);
	if (!config)
		return -1;
	root = jnode_root(config, RUNTIME_CONFIG_FILE);
	return read_destinations(&root, ret, err);
}

/* What is looked for, and what was found so far. */
struct search {
	const struct mount_points_query *query;
	struct mount_points *points;
	struct below below;
	struct strlist candidates; /* paths */
};

static void search_release(struct search *search)
{
	below_release(&search->below);
	strlist_release(&search->candidates);
}

/* Links on the way are the container's, so that a path may lead anywhere in its tree, or nowhere. */
static void add_destination(struct search *search, const char *destination)
{
	autostack struct stack parent = STACK_INIT;
	autostackentry struct stack_entry entry = STACK_ENTRY_INIT;
	autostr struct str path = STR_INIT;

	if (stack_resolve(search->query->root, destination, &parent, &entry, &path, NULL) == 0 &&
	    path.len)
		strlist_append(&search->candidates, path.data);
}

/* Take the last path in the order of bytes out of the list: what is in a directory comes before it. New. */
static char *take_last(struct strlist *paths)
{
	size_t last = 0;
	char *path;

	for (size_t i = 1; i < paths->len; i++)
		if (strcmp(paths->items[i], paths->items[last]) > 0)
			last = i;
	path = paths->items[last];
	paths->items[last] = paths->items[--paths->len];
	paths->items[paths->len] = NULL;
	return path;
}

static bool is_found(const struct mount_points *points, const char *path)
{
	return path_set_has(&points->made, path) || path_set_has(&points->entered, path);
}

/* Is all that is in the directory there only for mounts? *ret_n: how many names it has. */
static int has_only_mount_points(const struct search *search, const char *path, int dirfd,
				 size_t *ret_n, struct error *err)
{
	autostrlist struct strlist names = STRLIST_INIT;

	if (dir_list_at(dirfd, ".", &names, err) < 0)
		return -1;
	*ret_n = names.len;
	for (size_t i = 0; i < names.len; i++) {
		autofree char *child = xasprintf("%s/%s", path, names.items[i]);

		if (!is_found(search->points, child))
			return 0;
	}
	return 1;
}

/* A directory that the layers have too. */
static int note_entered(struct search *search, const char *path, int dirfd, int lowerfd,
			struct error *err)
{
	int is_same = mark_is_opaque(dirfd) ? 0
					    : metadata_is_same(dirfd, lowerfd, search->query->route,
							       search->query->ids, err);

	if (is_same <= 0)
		return is_same;
	return path_set_add_alone(&search->points->entered, path, err) < 0 ? -1 : 1;
}

static int note_made(struct search *search, const char *path, struct error *err)
{
	const char *slash = strrchr(path, '/');
	autofree char *parent = xstrndup(path, slash ? (size_t)(slash - path) : 0);

	if (path_set_add_alone(&search->points->made, path, err) < 0)
		return -1;
	return path_set_add_alone(&search->points->parents, parent, err) < 0 ? -1 : 1;
}

static int judge_directory(struct search *search, const char *path, int dirfd, struct error *err)
{
	struct below_found lower;
	autoclose int lowerfd = -EBADF;
	size_t n;
	int result = has_only_mount_points(search, path, dirfd, &n, err);

	if (result <= 0)
		return result;
	if (below_find(&search->below, path, BELOW_IN_LAYERS, &lower, &lowerfd, err) < 0)
		return -1;
	if (lower.kind == STACK_DIRECTORY && n > 0)
		return note_entered(search, path, dirfd, lowerfd, err);
	return lower.kind == STACK_ABSENT ? note_made(search, path, err) : 0;
}

static int judge_file(struct search *search, const char *path, const struct stat *st,
		      struct error *err)
{
	struct below_found lower;

	if (!S_ISREG(st->st_mode) || st->st_size || st->st_nlink > 1)
		return 0;
	if (below_find(&search->below, path, BELOW_IN_LAYERS, &lower, NULL, err) < 0)
		return -1;
	return lower.kind == STACK_ABSENT ? note_made(search, path, err) : 0;
}

/* 1 when it is there only for a mount, 0 when not. */
static int judge_path(struct search *search, const char *path, struct error *err)
{
	autoclose int dirfd = -EBADF;
	struct below_found found;

	if (is_found(search->points, path))
		return 0;
	if (below_find(&search->below, path, BELOW_ANYWHERE, &found, &dirfd, err) < 0)
		return -1;
	if (found.kind == STACK_ABSENT || found.layer != 0)
		return 0;
	return found.kind == STACK_DIRECTORY ? judge_directory(search, path, dirfd, err)
					     : judge_file(search, path, &found.stat, err);
}

/* The directory that holds it may be there for it alone. */
static void add_parent(struct search *search, const char *path)
{
	const char *slash = strrchr(path, '/');

	if (slash && search->candidates.len < CANDIDATES_MAX)
		strlist_take(&search->candidates, xasprintf("%.*s", (int)(slash - path), path));
}

int mount_points_find(struct mount_points *points, const struct mount_points_query *query,
		      struct error *err)
{
	autocleanup(search_release) struct search search = { .query = query,
							     .points = points,
							     .below = BELOW_INIT(query->root),
							     .candidates = STRLIST_INIT };

	for (size_t i = 0; i < query->destinations->len && i < CANDIDATES_MAX; i++)
		add_destination(&search, query->destinations->items[i]);
	while (search.candidates.len) {
		autofree char *path = take_last(&search.candidates);
		int result = judge_path(&search, path, err);

		if (result < 0)
			return error_prefix(err, "'%.300s'", path);
		if (result > 0)
			add_parent(&search, path);
	}
	return 0;
}
