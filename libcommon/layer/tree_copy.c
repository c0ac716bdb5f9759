/* SPDX-License-Identifier: Apache-2.0 */
#include "layer/tree_copy.h"

#include "base/alloc.h"
#include "layer/stack_walk.h"
#include "system/fd.h"
#include "system/inode_set.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINK_NAME_MAX 40 /* bytes: DEVICE.INODE in hexadecimal */

/* Files that have more names than were met so far; the name of each among the links is made of its device and
 * inode. */
struct linked_files {
	struct inode_set met;
	nlink_t *n_left; /* by the number of a file: names that may still come */
};

struct copier {
	const struct tree_copy *copy;
	int dirfd; /* where in the copy the walk is; owned */
	struct linked_files files;
};

static void copier_release(struct copier *copier)
{
	fd_close(&copier->dirfd);
	inode_set_release(&copier->files.met);
	free(copier->files.n_left);
}
#define autocopier autocleanup(copier_release)

static void format_link_name(char name[LINK_NAME_MAX], const struct stat *st)
{
	snprintf(name, LINK_NAME_MAX, "%llx.%llx", (unsigned long long)st->st_dev,
		 (unsigned long long)st->st_ino);
}

/* The object was copied, and it has other names: keep one that the others can be made of. Where there are no
 * hard links, each name is copied. */
static int keep_link(struct copier *copier, const struct stack_walk *walk, struct error *err)
{
	struct linked_files *files = &copier->files;
	const struct stat *st = walk->stat;
	char name[LINK_NAME_MAX];
	size_t number;

	format_link_name(name, st);
	if (linkat(copier->dirfd, walk->name, copier->copy->links, name, 0) < 0)
		return copy_replaces_link(errno) ? 0 : error_errno(err, "cannot link");
	files->n_left = inode_set_add_item(&files->met, st->st_dev, st->st_ino, files->n_left,
					   sizeof(files->n_left[0]), &number);
	files->n_left[number] = st->st_nlink - 1;
	return 0;
}

/* Another name of a file that was copied. The last one takes the kept name itself, so that there
 * are never more names than the source has. Returns 1, or 0 when this is the first of its names. */
static int make_link(struct copier *copier, const struct stack_walk *walk, struct error *err)
{
	struct linked_files *files = &copier->files;
	const struct stat *st = walk->stat;
	size_t number = inode_set_find(&files->met, st->st_dev, st->st_ino);
	char name[LINK_NAME_MAX];
	bool is_last;
	int result;

	if (number == INODE_SET_NONE || !files->n_left[number])
		return 0;
	format_link_name(name, st);
	is_last = --files->n_left[number] == 0;
	result = is_last ? renameat(copier->copy->links, name, copier->dirfd, walk->name)
			 : linkat(copier->copy->links, name, copier->dirfd, walk->name, 0);
	return result < 0 ? error_errno(err, "cannot link") : 1;
}

/* What the layer's file of owners says of the object goes into the copy's. */
static int copy_record(const struct copier *copier, const struct stack_walk *walk,
		       struct error *err)
{
	const struct tree_copy *copy = copier->copy;
	autofree char *path = NULL;
	struct owners_record record;
	int found;

	if (!copy->owners)
		return 0;
	path = xasprintf("%s%s%s", copy->path, copy->path[0] && walk->path.len ? "/" : "",
			 walk->path.data);
	found = owners_stack_find(copy->owners, walk->layer, path, &record, err);
	if (found > 0 && owners_record_fits(&record, walk->stat))
		owners_format(copy->ret_owners, &record, walk->path.data);
	return found < 0 ? -1 : 0;
}

static int copy_walked_object(struct copier *copier, const struct stack_walk *walk,
			      struct error *err)
{
	bool has_links = walk->stat->st_nlink > 1;
	int copied = has_links ? make_link(copier, walk, err) : 0;

	if (copied == 0) {
		copied = copy_object(copier->copy->rules, walk->dirfd, walk->name, walk->stat,
				     copier->dirfd, walk->name, err);
		if (copied > 0 && has_links && keep_link(copier, walk, err) < 0)
			return -1;
	}
	if (copied <= 0)
		return copied;
	return copy_record(copier, walk, err);
}

static int enter_copy(struct copier *copier, const struct stack_walk *walk, struct error *err)
{
	int fd;

	if (mkdirat(copier->dirfd, walk->name, 0700) < 0)
		return error_errno(err, "cannot create directory");
	fd = openat(copier->dirfd, walk->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return error_errno(err, "cannot open directory");
	fd_close(&copier->dirfd);
	copier->dirfd = fd;
	return 0;
}

/* The copied directory is complete. Its parent is opened first, by the rights that it has now. */
static int leave_copy(struct copier *copier, const struct stack_walk *walk, struct error *err)
{
	autoclose int parent = -EBADF;

	if (walk->path.len) {
		parent = openat(copier->dirfd, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (parent < 0)
			return error_errno(err, "cannot go back to the directory above");
	}
	if (copy_metadata_and_time(copier->copy->rules, walk->dirfd, copier->dirfd, walk->stat,
				   err) < 0)
		return -1;
	fd_close(&copier->dirfd);
	copier->dirfd = fd_steal(&parent);
	return copy_record(copier, walk, err);
}

static int copy_step(struct copier *copier, const struct stack_walk *walk, enum stack_event event,
		     struct error *err)
{
	switch (event) {
	case STACK_WALK_ENTER:
		return enter_copy(copier, walk, err);
	case STACK_WALK_LEAVE:
		return leave_copy(copier, walk, err);
	default:
		return copy_walked_object(copier, walk, err);
	}
}

int tree_copy(const struct tree_copy *copy, struct stack *source, struct error *err)
{
	autostackwalk struct stack_walk walk = STACK_WALK_INIT;
	autocopier struct copier copier = { .copy = copy, .dirfd = -EBADF };
	int event;

	copier.dirfd = fcntl(copy->target, F_DUPFD_CLOEXEC, 0);
	if (copier.dirfd < 0)
		return error_errno(err, "cannot duplicate a descriptor");
	if (stack_walk_start(&walk, source, err) < 0)
		return -1;
	while ((event = stack_walk_next(&walk, err)) > 0)
		if (copy_step(&copier, &walk, (enum stack_event)event, err) < 0)
			return stack_walk_error(&walk, err);
	return event;
}
