/* SPDX-License-Identifier: Apache-2.0 */
#include "layer/tree_copy.h"

#include "base/alloc.h"
#include "layer/stack_walk.h"
#include "system/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINK_NAME_MAX 40 /* bytes: DEVICE.INODE in hexadecimal */

/* A file that has more names than were met so far; its name among the links is made of these. */
struct linked_file {
	dev_t device;
	ino_t inode;
	nlink_t n_left; /* names that may still come */
};

/* Open addressing; the inodes are those of the source's filesystem, which nobody chooses freely. */
struct linked_files {
	struct linked_file *slots; /* inode 0: empty */
	size_t capacity; /* a power of two, or 0 */
	size_t len;
};

struct copier {
	const struct tree_copy *copy;
	int dirfd; /* where in the copy the walk is; owned */
	struct linked_files files;
};

static void copier_release(struct copier *copier)
{
	fd_close(&copier->dirfd);
	free(copier->files.slots);
}
#define autocopier autocleanup(copier_release)

static struct linked_file *find_file(const struct linked_files *files, dev_t device, ino_t inode)
{
	size_t i = (inode * UINT64_C(0x9e3779b97f4a7c15) >> 20) & (files->capacity - 1);

	while (files->slots[i].inode &&
	       (files->slots[i].inode != inode || files->slots[i].device != device))
		i = (i + 1) & (files->capacity - 1);
	return &files->slots[i];
}

static void grow_files(struct linked_files *files)
{
	struct linked_files old = *files;

	files->capacity = old.capacity ? old.capacity * 2 : 64;
	files->slots = xcalloc(files->capacity, sizeof(files->slots[0]));
	for (size_t i = 0; i < old.capacity; i++)
		if (old.slots[i].inode)
			*find_file(files, old.slots[i].device, old.slots[i].inode) = old.slots[i];
	free(old.slots);
}

static void format_link_name(char name[LINK_NAME_MAX], const struct linked_file *file)
{
	snprintf(name, LINK_NAME_MAX, "%llx.%llx", (unsigned long long)file->device,
		 (unsigned long long)file->inode);
}

/* The object was copied, and it has other names: keep one that the others can be made of. Where there are no
 * hard links, each name is copied. */
static int keep_link(struct copier *copier, const struct stack_walk *walk, struct error *err)
{
	const struct linked_file new_file = { walk->stat->st_dev, walk->stat->st_ino,
					      walk->stat->st_nlink - 1 };
	struct linked_files *files = &copier->files;
	char name[LINK_NAME_MAX];

	if (files->len * 4 >= files->capacity * 3)
		grow_files(files);
	format_link_name(name, &new_file);
	if (linkat(copier->dirfd, walk->name, copier->copy->links, name, 0) < 0)
		return copy_replaces_link(errno) ? 0 : error_errno(err, "cannot link");
	*find_file(files, new_file.device, new_file.inode) = new_file;
	files->len++;
	return 0;
}

/* Another name of a file that was copied. The last one takes the kept name itself, so that there
 * are never more names than the source has. Returns 1, or 0 when this is the first of its names. */
static int make_link(struct copier *copier, const struct stack_walk *walk, struct error *err)
{
	struct linked_files *files = &copier->files;
	struct linked_file *file;
	char name[LINK_NAME_MAX];
	int result;

	if (!files->capacity)
		return 0;
	file = find_file(files, walk->stat->st_dev, walk->stat->st_ino);
	if (!file->inode || !file->n_left)
		return 0;
	format_link_name(name, file);
	file->n_left--;
	result = file->n_left ? linkat(copier->copy->links, name, copier->dirfd, walk->name, 0)
			      : renameat(copier->copy->links, name, copier->dirfd, walk->name);
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
	autocopier struct copier copier = { copy, -EBADF, { 0 } };
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
