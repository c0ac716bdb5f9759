/* SPDX-License-Identifier: Apache-2.0 */
#include "layer/stack.h"

#include "base/alloc.h"
#include "base/str.h"
#include "system/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

void merged_release(struct merged *dir)
{
	if (!dir)
		return;
	for (size_t i = 0; i < dir->n_dirfds; i++)
		fd_close(&dir->dirfds[i]);
	free(dir->dirfds);
	*dir = (struct merged)MERGED_INIT;
}

void merged_push(struct merged *dir, int dirfd)
{
	/* Grows by doubling: the capacity is the next power of two. */
	if ((dir->n_dirfds & (dir->n_dirfds - 1)) == 0)
		dir->dirfds = xrealloc(dir->dirfds, dir->n_dirfds ? dir->n_dirfds * 2 : 1,
				       sizeof(*dir->dirfds));
	dir->dirfds[dir->n_dirfds++] = dirfd;
}

void merged_entry_release(struct merged_entry *entry)
{
	merged_release(&entry->dir);
	entry->kind = MERGED_ABSENT;
}

static bool is_whiteout(const struct stat *st)
{
	return S_ISCHR(st->st_mode) && st->st_rdev == makedev(0, 0);
}

static bool is_opaque(int dirfd)
{
	char value;

	return fgetxattr(dirfd, "user.overlay.opaque", &value, 1) == 1 && value == 'y';
}

int merged_lookup(const struct merged *dir, const char *name, struct merged_entry *ret,
		  struct error *err)
{
	automergedentry struct merged_entry entry = MERGED_ENTRY_INIT;

	for (size_t i = 0; i < dir->n_dirfds; i++) {
		struct stat st;
		int fd;

		if (fstatat(dir->dirfds[i], name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
			if (errno == ENOENT)
				continue;
			return error_errno(err, "cannot look at '%s'", name);
		}
		if (is_whiteout(&st) || (!S_ISDIR(st.st_mode) && entry.kind != MERGED_ABSENT))
			break;
		if (entry.kind == MERGED_ABSENT) {
			entry.stat = st;
			entry.parent = dir->dirfds[i];
		}
		if (!S_ISDIR(st.st_mode)) {
			entry.kind = MERGED_OTHER;
			break;
		}
		fd = openat(dir->dirfds[i], name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (fd < 0)
			return error_errno(err, "cannot open directory '%s'", name);
		entry.kind = MERGED_DIRECTORY;
		merged_push(&entry.dir, fd);
		if (is_opaque(fd))
			break;
	}
	*ret = entry;
	entry = (struct merged_entry)MERGED_ENTRY_INIT;
	return 0;
}

static int read_link(int dirfd, const char *name, char target[PATH_MAX], struct error *err)
{
	ssize_t len = readlinkat(dirfd, name, target, PATH_MAX);

	if (len < 0)
		return error_errno(err, "cannot read symlink '%s'", name);
	if (len == PATH_MAX)
		return error_set(err, ERROR_FAILED, "symlink '%s' is too long", name);
	target[len] = '\0';
	return 0;
}

/* The components of a path that are still to be walked, and those that were. */
struct walk {
	struct strlist done; /* real directories, without links */
	struct str rest;
	unsigned links;
};

static void walk_release(struct walk *w)
{
	strlist_release(&w->done);
	str_release(&w->rest);
}

/* Take the next component off w->rest. false: none is left. */
static bool walk_next(struct walk *w, char name[NAME_MAX + 1], struct error *err, bool *failed)
{
	const char *p = w->rest.data + strspn(w->rest.data, "/");
	size_t len = strcspn(p, "/");
	autofree char *rest = NULL;

	*failed = false;
	if (!len)
		return false;
	if (len > NAME_MAX) {
		errno = ENAMETOOLONG;
		error_errno(err, "cannot look up '%s'", p);
		*failed = true;
		return false;
	}
	memcpy(name, p, len);
	name[len] = '\0';
	rest = xstrdup(p + len);
	str_clear(&w->rest);
	str_append(&w->rest, rest);
	return true;
}

/* A symlink called name: its target takes its place before what is left. */
static int walk_follow(struct walk *w, const struct merged_entry *link, const char *name,
		       struct error *err)
{
	autostr struct str path = STR_INIT;
	char target[PATH_MAX];

	if (++w->links > MERGED_LINKS_MAX) {
		errno = ELOOP;
		return error_errno(err, "cannot follow '%s'", name);
	}
	if (read_link(link->parent, name, target, err) < 0)
		return -1;
	for (size_t i = 0; target[0] != '/' && i < w->done.len; i++)
		str_appendf(&path, "%s/", w->done.items[i]);
	str_appendf(&path, "%s/%s", target, w->rest.data);
	if (path.len > PATH_MAX * 2) {
		errno = ENAMETOOLONG;
		return error_errno(err, "cannot follow '%s'", name);
	}
	strlist_release(&w->done);
	w->done = (struct strlist)STRLIST_INIT;
	str_clear(&w->rest);
	str_append_bytes(&w->rest, path.data, path.len);
	return 0;
}

/* One component, a link or ".." included: these start the walk again with a shorter way to go. What
 * is done holds no link, so ".." just takes its last name away. */
static int walk_step(struct walk *w, const struct merged *root, const struct merged *parent,
		     const char *name, bool *ret_restart, struct merged_entry *ret,
		     struct error *err)
{
	*ret_restart = false;
	if (strcmp(name, ".") == 0)
		return 0;
	if (strcmp(name, "..") == 0) {
		autostr struct str path = STR_INIT;

		for (size_t i = 0; i + 1 < w->done.len; i++)
			str_appendf(&path, "%s/", w->done.items[i]);
		str_append(&path, w->rest.data);
		strlist_release(&w->done);
		w->done = (struct strlist)STRLIST_INIT;
		str_clear(&w->rest);
		str_append_bytes(&w->rest, path.data, path.len);
		*ret_restart = true;
		return 0;
	}
	merged_entry_release(ret);
	if (merged_lookup(parent->n_dirfds ? parent : root, name, ret, err) < 0)
		return -1;
	if (ret->kind == MERGED_OTHER && S_ISLNK(ret->stat.st_mode)) {
		*ret_restart = true;
		return walk_follow(w, ret, name, err);
	}
	strlist_append(&w->done, name);
	return 0;
}

int merged_resolve(const struct merged *root, const char *path, struct merged *ret_parent,
		   struct merged_entry *ret, char *ret_name, struct error *err)
{
	autocleanup(walk_release) struct walk w = { .done = STRLIST_INIT, .rest = STR_INIT };
	automerged struct merged parent = MERGED_INIT;
	automergedentry struct merged_entry entry = MERGED_ENTRY_INIT;
	char name[NAME_MAX + 1];
	bool failed, restart;

	str_append(&w.rest, path);
	while (walk_next(&w, name, err, &failed)) {
		/* The entry of the step before is the directory of this one. */
		if (entry.kind == MERGED_DIRECTORY) {
			merged_release(&parent);
			parent = entry.dir;
			entry = (struct merged_entry)MERGED_ENTRY_INIT;
		} else if (w.done.len) {
			merged_entry_release(&entry);
			break; /* something below a file or below nothing: absent */
		}
		if (walk_step(&w, root, &parent, name, &restart, &entry, err) < 0)
			return -1;
		if (restart) {
			merged_release(&parent);
			merged_entry_release(&entry);
		}
	}
	if (failed)
		return -1;
	if (ret_name && w.done.len)
		memcpy(ret_name, w.done.items[w.done.len - 1],
		       strlen(w.done.items[w.done.len - 1]) + 1);
	*ret_parent = parent;
	parent = (struct merged)MERGED_INIT;
	*ret = entry;
	entry = (struct merged_entry)MERGED_ENTRY_INIT;
	return 0;
}

int merged_open_file(const struct merged *root, const char *path, struct error *err)
{
	automerged struct merged parent = MERGED_INIT;
	automergedentry struct merged_entry entry = MERGED_ENTRY_INIT;
	autoclose int fd = -EBADF;
	char name[PATH_MAX];
	struct stat st;

	if (merged_resolve(root, path, &parent, &entry, name, err) < 0)
		return error_prefix(err, "%s", path);
	if (entry.kind == MERGED_ABSENT) {
		errno = ENOENT;
		error_errno(err, "%s", path);
		err->code = ERROR_NOT_FOUND;
		return -1;
	}
	if (!S_ISREG(entry.stat.st_mode))
		return error_set(err, ERROR_FAILED, "%s: not a regular file", path);
	fd = openat(entry.parent, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		return error_errno(err, "cannot open %s", path);
	if (!S_ISREG(st.st_mode))
		return error_set(err, ERROR_FAILED, "%s: not a regular file", path);
	return fd_steal(&fd);
}
