/* SPDX-License-Identifier: Apache-2.0 */
#include "layer/object_difference.h"

#include "layer/file_difference.h"
#include "layer/owner.h"
#include "layer/xattr_difference.h"
#include "system/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

/* An object as an image would say it. */
struct object_facts {
	mode_t mode;
	dev_t device; /* of a device */
	uint64_t size; /* of a file */
	struct owner owner;
	int fd; /* of a file or directory, borrowed; -EBADF: it is not open */
	int opened; /* owned: fd of a file */
};

#define OBJECT_FACTS_INIT \
	{ \
		.fd = -EBADF, .opened = -EBADF \
	}

static void object_facts_release(struct object_facts *facts)
{
	fd_close(&facts->opened);
}
#define autoobjectfacts autocleanup(object_facts_release)

/* The record about the object where the walk is. 1, 0 when there is none, -1. */
static int find_record(const struct object_tree *tree, struct owners_record *ret, struct error *err)
{
	const struct stack_walk *walk = tree->walk;
	int found = owners_stack_find(tree->owners, tree->owners_first + walk->layer,
				      walk->path.data, ret, err);

	return found > 0 ? owners_record_fits(ret, walk->stat) : found;
}

/* What can be said without opening the object. */
static int look_at_object(const struct object_tree *tree, struct object_facts *ret,
			  struct error *err)
{
	const struct stat *st = tree->walk->stat;
	struct owners_record record = { 0 };
	int has_record = 0;

	ret->mode = st->st_mode;
	ret->device = st->st_rdev;
	ret->size = (uint64_t)st->st_size;
	ret->owner = tree->has_one_id ? (struct owner) { 0, 0 }
				      : (struct owner) { st->st_uid, st->st_gid };
	/* With an ID map a record is about a placeholder alone. */
	if (tree->has_one_id || (S_ISREG(st->st_mode) && st->st_size == 0))
		has_record = find_record(tree, &record, err);
	if (has_record <= 0)
		return has_record;
	if (tree->has_one_id || record.is_placeholder)
		ret->owner = record.owner;
	if (record.is_placeholder) {
		ret->mode = (st->st_mode & 07777) | (record.type == 'c' ? S_IFCHR : S_IFBLK);
		ret->device = makedev(record.major, record.minor);
	}
	return 0;
}

/* Open a file, a placeholder too. 0: it is gone, or something else. */
static int open_object(const struct object_tree *tree, struct object_facts *facts,
		       struct error *err)
{
	const struct stack_walk *walk = tree->walk;
	struct stat st;

	if (S_ISDIR(walk->stat->st_mode)) {
		facts->fd = walk->dirfd;
		return 1;
	}
	facts->fd = facts->opened = openat(
		walk->dirfd, walk->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (facts->fd < 0)
		return errno == ENOENT || errno == ELOOP || errno == ENXIO
			       ? 0
			       : error_errno(err, "cannot open");
	if (fstat(facts->fd, &st) < 0)
		return error_errno(err, "cannot stat");
	return st.st_ino == walk->stat->st_ino && st.st_dev == walk->stat->st_dev &&
	       S_ISREG(st.st_mode);
}

/* With one ID the attribute says who the owner is, before any record. */
static void read_owner(const struct object_tree *tree, struct object_facts *facts)
{
	unsigned char value[OWNER_VALUE_MAX];
	ssize_t len;

	if (!tree->has_one_id)
		return;
	len = fgetxattr(facts->fd, OWNER_XATTR, value, sizeof(value));
	if (len >= 0)
		owner_decode(value, (size_t)len, &facts->owner);
}

static bool is_owner_same(const struct object_facts *a, const struct object_facts *b)
{
	return a->owner.uid == b->owner.uid && a->owner.gid == b->owner.gid;
}

/* Targets of two symlinks. */
static int compare_targets(const struct stack_walk *a, const struct stack_walk *b,
			   struct error *err)
{
	char a_target[PATH_MAX];
	char b_target[PATH_MAX];
	ssize_t a_len = readlinkat(a->dirfd, a->name, a_target, sizeof(a_target));
	ssize_t b_len = readlinkat(b->dirfd, b->name, b_target, sizeof(b_target));

	if (a_len < 0 || b_len < 0)
		return errno == ENOENT || errno == EINVAL ? OBJECT_CONTENT
							  : error_errno(err, "cannot read symlink");
	return a_len == b_len && memcmp(a_target, b_target, (size_t)a_len) == 0 ? OBJECT_SAME
										: OBJECT_CONTENT;
}

/* What is known without opening them: OBJECT_SAME when nothing differs so far. */
static int compare_looks(const struct object_tree *a, const struct object_tree *b,
			 const struct object_facts *x, const struct object_facts *y,
			 struct error *err)
{
	mode_t type = x->mode & S_IFMT;

	if (type != (y->mode & S_IFMT))
		return OBJECT_TYPE;
	if ((S_ISREG(type) && x->size != y->size) ||
	    ((S_ISCHR(type) || S_ISBLK(type)) && x->device != y->device))
		return OBJECT_CONTENT;
	if (!S_ISLNK(type) && x->mode != y->mode)
		return OBJECT_METADATA;
	return S_ISLNK(type) ? compare_targets(a->walk, b->walk, err) : OBJECT_SAME;
}

static bool is_time_same(const struct object_tree *a, const struct object_tree *b)
{
	return a->walk->stat->st_mtim.tv_sec == b->walk->stat->st_mtim.tv_sec;
}

/* The same of what is never opened. */
static int compare_closed(const struct object_tree *a, const struct object_tree *b,
			  const struct object_facts *x, const struct object_facts *y)
{
	if (!is_owner_same(x, y))
		return OBJECT_METADATA;
	return is_time_same(a, b) ? OBJECT_SAME : OBJECT_TIME;
}

/* The same of what only open files and directories say. */
static int compare_opened(const struct object_tree *a, const struct object_tree *b,
			  struct object_facts *x, struct object_facts *y, struct error *err)
{
	const struct xattr_holder x_holder = { x->fd, a->route };
	const struct xattr_holder y_holder = { y->fd, b->route };
	int differ;

	read_owner(a, x);
	read_owner(b, y);
	if (!is_owner_same(x, y))
		return OBJECT_METADATA;
	differ = xattr_differ(&x_holder, &y_holder,
			      a->has_one_id ? XATTR_OWNER_IS_OURS : XATTR_OWNER_COUNTS, err);
	if (differ != 0)
		return differ < 0 ? -1 : OBJECT_METADATA;
	if (!is_time_same(a, b))
		return OBJECT_TIME;
	if (!S_ISREG(x->mode))
		return OBJECT_SAME;
	differ = file_content_differs(x->fd, y->fd, x->size, err);
	return differ > 0 ? OBJECT_CONTENT : differ;
}

static bool can_be_opened(const struct stat *st)
{
	return S_ISREG(st->st_mode) || S_ISDIR(st->st_mode);
}

int object_compare(const struct object_tree *a, const struct object_tree *b, struct error *err)
{
	autoobjectfacts struct object_facts x = OBJECT_FACTS_INIT;
	autoobjectfacts struct object_facts y = OBJECT_FACTS_INIT;
	int result;

	if (look_at_object(a, &x, err) < 0 || look_at_object(b, &y, err) < 0)
		return -1;
	result = compare_looks(a, b, &x, &y, err);
	if (result != OBJECT_SAME)
		return result;
	/* A device may be itself in one tree, and a placeholder in the other. */
	if (!can_be_opened(a->walk->stat) || !can_be_opened(b->walk->stat))
		return compare_closed(a, b, &x, &y);
	/* The owner on disk is known, and spares opening. */
	if (!a->has_one_id && !is_owner_same(&x, &y))
		return OBJECT_METADATA;
	result = open_object(a, &x, err);
	if (result > 0)
		result = open_object(b, &y, err);
	if (result <= 0)
		return result < 0 ? -1 : OBJECT_CONTENT;
	return compare_opened(a, b, &x, &y, err);
}
