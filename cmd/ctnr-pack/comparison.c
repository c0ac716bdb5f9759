/* SPDX-License-Identifier: Apache-2.0 */
#include "comparison.h"

#include "base/alloc.h"
#include "layer/stack_diff.h"
#include "layer/view.h"
#include "system/fd.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#define DIR_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

/*
 * The way from the root to where the comparison is, without what is inside of directories that were added. The
 * first levels of it have entries; those of the others are written when something in them is.
 */
struct comparison {
	const struct mount_points *points;
	struct object_writer *writer;
	struct stack_diff diff;
	int dirfd; /* the directory that the way leads to */
	size_t depth; /* levels of the way; 0: the root */
	size_t n_written; /* of these have entries */
	size_t added_depth; /* levels of added directories below it */
};

static void comparison_release(struct comparison *comparison)
{
	stack_diff_release(&comparison->diff);
	fd_close(&comparison->dirfd);
}

/* The length of the first n components of a path. */
static size_t length_of_components(const char *path, size_t n)
{
	size_t len = 0;

	for (; n; n--)
		len += strcspn(path + len + (len ? 1 : 0), "/") + (len ? 1 : 0);
	return len;
}

/* Open the directory that is n levels above one. */
static int open_above(int dirfd, size_t n, struct error *err)
{
	autoclose int fd = openat(dirfd, ".", DIR_FLAGS);

	while (fd >= 0 && n--) {
		int above = openat(fd, "..", DIR_FLAGS);

		fd_close(&fd);
		fd = above;
	}
	return fd < 0 ? error_errno(err, "cannot open the directory above") : fd_steal(&fd);
}

/* Write the entry of the open directory at the first len bytes of path. */
static int write_directory(struct comparison *comparison, int dirfd, const char *path, size_t len,
			   struct error *err)
{
	autofree char *part = xstrndup(path, len);
	const char *slash = strrchr(part, '/');
	struct stat st;

	if (fstat(dirfd, &st) < 0)
		return error_errno(err, "'%.300s'", part);
	return object_write(
		comparison->writer,
		&(const struct object) { part, slash ? slash + 1 : part, dirfd, &st, 0 }, err);
}

/* Go down to the next component of a path. */
static int enter_component(int *dirfd, const char *path, size_t from, size_t to, struct error *err)
{
	autofree char *name = xstrndup(path + from, to - from);
	int below = openat(*dirfd, name, DIR_FLAGS);

	if (below < 0)
		return error_errno(err, "cannot open '%.300s'", name);
	fd_close(dirfd);
	*dirfd = below;
	return 0;
}

/* Write the entries of all levels of the way that have none. path begins with it. */
static int write_way(struct comparison *comparison, const char *path, struct error *err)
{
	size_t n = comparison->depth - comparison->n_written;
	autoclose int dirfd = -EBADF;
	size_t len;

	if (!n)
		return 0;
	/* Before many levels are gone through for what no layer can have. */
	if (strlen(path) > VIEW_PATH_MAX)
		return error_set(err, ERROR_FAILED, "'%.300s': path of more than %d bytes", path,
				 VIEW_PATH_MAX);
	dirfd = open_above(comparison->dirfd, n - 1, err);
	if (dirfd < 0)
		return error_prefix(err, "'%.300s'", path);
	len = length_of_components(path, comparison->n_written + 1);
	for (; n; n--) {
		size_t end;

		if (write_directory(comparison, dirfd, path, len, err) < 0)
			return -1;
		comparison->n_written++;
		end = length_of_components(path, comparison->n_written + 1);
		if (n > 1 && enter_component(&dirfd, path, len + 1, end, err) < 0)
			return -1;
		len = end;
	}
	return 0;
}

/* The way leads into the directory where the comparison is. */
static int enter_directory(struct comparison *comparison, struct error *err)
{
	const struct stack_walk *walk = comparison->diff.object;

	fd_close(&comparison->dirfd);
	comparison->dirfd = openat(walk->dirfd, ".", DIR_FLAGS);
	if (comparison->dirfd < 0)
		return error_errno(err, "cannot open '%.300s'", walk->path.data);
	if (walk->path.len)
		comparison->depth++;
	return 0;
}

static int leave_directory(struct comparison *comparison, struct error *err)
{
	int above;

	if (comparison->added_depth) {
		comparison->added_depth--;
		return 0;
	}
	if (!comparison->depth)
		return 0;
	above = open_above(comparison->dirfd, 1, err);
	if (above < 0)
		return -1;
	fd_close(&comparison->dirfd);
	comparison->dirfd = above;
	comparison->depth--;
	if (comparison->n_written > comparison->depth)
		comparison->n_written = comparison->depth;
	return 0;
}

static int write_object(struct comparison *comparison, struct error *err)
{
	const struct object object = object_of_walk(comparison->diff.object);

	if (write_way(comparison, object.path, err) < 0)
		return -1;
	return object_write(comparison->writer, &object, err);
}

static int write_added(struct comparison *comparison, struct error *err)
{
	comparison->added_depth += comparison->diff.is_directory;
	if (path_set_has(&comparison->points->made, comparison->diff.object->path.data))
		return 0;
	return write_object(comparison, err);
}

/* A directory that both have, and which differs itself. That a mount point was made in it, or that anything was made
 * in the root, is no change of the container's. */
static int write_changed_directory(struct comparison *comparison, struct error *err)
{
	const struct stack_diff *diff = &comparison->diff;
	const char *path = diff->object->path.data;

	if (diff->difference == OBJECT_TIME &&
	    (!*path || path_set_has(&comparison->points->parents, path)))
		return enter_directory(comparison, err);
	if (write_object(comparison, err) < 0 || enter_directory(comparison, err) < 0)
		return -1;
	comparison->n_written = comparison->depth;
	return 0;
}

/* A directory where the image has something else: of that nothing shows through. */
static int write_new_directory(struct comparison *comparison, struct error *err)
{
	comparison->added_depth++;
	if (write_object(comparison, err) < 0)
		return -1;
	return object_write_opaque(comparison->writer, comparison->diff.object->path.data, err);
}

static int write_changed(struct comparison *comparison, struct error *err)
{
	if (!comparison->diff.is_directory)
		return write_object(comparison, err);
	return comparison->diff.difference == OBJECT_TYPE
		       ? write_new_directory(comparison, err)
		       : write_changed_directory(comparison, err);
}

static int write_removed(struct comparison *comparison, struct error *err)
{
	const char *path = comparison->diff.object->path.data;

	if (write_way(comparison, path, err) < 0)
		return -1;
	return object_write_whiteout(comparison->writer, path, err);
}

static int write_event(struct comparison *comparison, enum stack_diff_event event,
		       struct error *err)
{
	switch (event) {
	case STACK_DIFF_ADDED:
		return write_added(comparison, err);
	case STACK_DIFF_REMOVED:
		return write_removed(comparison, err);
	case STACK_DIFF_CHANGED:
		return write_changed(comparison, err);
	case STACK_DIFF_ENTERED:
		return enter_directory(comparison, err);
	case STACK_DIFF_LEFT:
		return leave_directory(comparison, err);
	default:
		return 0;
	}
}

static int start_comparison(struct comparison *comparison, const struct trees *trees,
			    const struct object_source *source, struct error *err)
{
	struct owners_stack *owners = source->records->owners;
	struct stack_diff_request request = {
		.from = { STACK_INIT, XATTR_LAYER_TO_PLAIN, owners, 1 },
		.to = { STACK_INIT, source->route, owners, 0 },
		.has_one_id = source->ids->has_one_id,
		.links = STACK_DIFF_LINKS_COMPARED,
	};
	int result = -1;

	if (trees_stack_from(trees, 1, SIZE_MAX, &request.from.dir, err) == 0 &&
	    trees_stack_of(trees, 0, &request.to.dir, err) == 0)
		result = stack_diff_start(&comparison->diff, &request, err);
	stack_release(&request.from.dir);
	stack_release(&request.to.dir);
	return result;
}

int comparison_write(const struct trees *trees, const struct mount_points *points,
		     struct object_writer *writer, struct error *err)
{
	autocleanup(comparison_release) struct comparison comparison = {
		.points = points, .writer = writer, .diff = STACK_DIFF_INIT, .dirfd = -EBADF
	};
	int event;

	if (start_comparison(&comparison, trees, &writer->source, err) < 0)
		return -1;
	while ((event = stack_diff_next(&comparison.diff, err)) > 0)
		if (write_event(&comparison, (enum stack_diff_event)event, err) < 0)
			return -1;
	return event;
}
