/* SPDX-License-Identifier: Apache-2.0 */
#include "layer/stack.h"

#include "base/alloc.h"
#include "layer/mark.h"
#include "system/fd.h"
#include "system/path.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>

#define DIR_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

void stack_release(struct stack *dir)
{
	if (!dir)
		return;
	for (size_t i = 0; i < dir->n_dirfds; i++)
		fd_close(&dir->dirfds[i]);
	free(dir->dirfds);
	free(dir->layers);
	*dir = (struct stack)STACK_INIT;
}

/* Grows by doubling: the capacity is the next power of two. */
static bool is_full(const struct stack *dir)
{
	return (dir->n_dirfds & (dir->n_dirfds - 1)) == 0;
}

void stack_push(struct stack *root, int dirfd)
{
	if (is_full(root))
		root->dirfds = xrealloc(root->dirfds, root->n_dirfds ? root->n_dirfds * 2 : 1,
					sizeof(*root->dirfds));
	root->dirfds[root->n_dirfds++] = dirfd;
}

int stack_duplicate(const struct stack *root, struct stack *ret, struct error *err)
{
	autostack struct stack copy = STACK_INIT;

	for (size_t i = 0; i < root->n_dirfds; i++) {
		int fd = fcntl(root->dirfds[i], F_DUPFD_CLOEXEC, 0);

		if (fd < 0)
			return error_errno(err, "cannot duplicate a descriptor");
		stack_push(&copy, fd);
	}
	*ret = copy;
	copy = (struct stack)STACK_INIT;
	return 0;
}

static void push_part(struct stack *dir, int dirfd, size_t layer)
{
	if (is_full(dir))
		dir->layers = xrealloc(dir->layers, dir->n_dirfds ? dir->n_dirfds * 2 : 1,
				       sizeof(*dir->layers));
	dir->layers[dir->n_dirfds] = layer;
	stack_push(dir, dirfd);
}

size_t stack_layer(const struct stack *dir, size_t index)
{
	return dir->layers ? dir->layers[index] : index;
}

void stack_entry_release(struct stack_entry *entry)
{
	if (!entry)
		return;
	stack_release(&entry->dir);
	entry->kind = STACK_ABSENT;
}

int stack_find(const int *dirfds, size_t n_dirfds, const char *name, struct stack_found *ret,
	       int *ret_dirfds, struct error *err)
{
	*ret = (struct stack_found) { .kind = STACK_ABSENT };
	for (size_t i = 0; i < n_dirfds; i++) {
		struct stat st;

		if (fstatat(dirfds[i], name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
			if (errno == ENOENT)
				continue;
			return error_errno(err, "cannot look at '%s'", name);
		}
		if (mark_is_whiteout(&st) || (!S_ISDIR(st.st_mode) && ret->kind != STACK_ABSENT)) {
			if (ret->kind == STACK_ABSENT)
				*ret = (struct stack_found) { STACK_ABSENT, st, i, true };
			break;
		}
		if (ret->kind == STACK_ABSENT) {
			ret->stat = st;
			ret->index = i;
		}
		if (!S_ISDIR(st.st_mode)) {
			ret->kind = STACK_OTHER;
			break;
		}
		ret->kind = STACK_DIRECTORY;
		ret_dirfds[i] = openat(dirfds[i], name, DIR_FLAGS);
		if (ret_dirfds[i] < 0)
			return error_errno(err, "cannot open directory '%s'", name);
		if (mark_is_opaque(ret_dirfds[i]))
			break;
	}
	return 0;
}

/* Look up one name (no slash, neither "." nor "..") in a directory. Absence is no error. */
static int lookup_name(const struct stack *dir, const char *name, struct stack_entry *ret,
		       struct error *err)
{
	autofree int *dirfds = xcalloc(dir->n_dirfds + 1, sizeof(dirfds[0]));
	struct stack_entry entry = STACK_ENTRY_INIT;
	struct stack_found found;
	int result;

	for (size_t i = 0; i < dir->n_dirfds; i++)
		dirfds[i] = -EBADF;
	result = stack_find(dir->dirfds, dir->n_dirfds, name, &found, dirfds, err);
	for (size_t i = 0; i < dir->n_dirfds; i++)
		if (dirfds[i] >= 0)
			push_part(&entry.dir, dirfds[i], stack_layer(dir, i));
	if (result < 0) {
		stack_entry_release(&entry);
		return -1;
	}
	entry.kind = found.kind;
	entry.stat = found.stat;
	entry.parent = found.kind == STACK_ABSENT ? -EBADF : dir->dirfds[found.index];
	*ret = entry;
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

/*
 * A path on its way from the root. The walk is in a directory (parent), where the last name of what is
 * done was found (entry); the next name is looked up in that. A link, and ".." where that leads to a
 * directory that is no longer open, begin the walk again with a shorter way to go.
 */
struct path_walk {
	const struct stack *root;
	struct strlist done; /* real names, without links */
	struct str rest; /* what is still to be walked */
	unsigned links;
	unsigned steps; /* components that were taken, those of walks that began again included */
	struct stack parent; /* empty: the root */
	struct stack_entry entry;
	bool is_back; /* all that is done is parent itself, by ".." behind a directory in it */
};

static void path_walk_release(struct path_walk *w)
{
	strlist_release(&w->done);
	str_release(&w->rest);
	stack_release(&w->parent);
	stack_entry_release(&w->entry);
}

/* Walk along path, from the root again. */
static void path_walk_begin(struct path_walk *w, const struct str *path)
{
	strlist_release(&w->done);
	w->done = (struct strlist)STRLIST_INIT;
	str_clear(&w->rest);
	str_append_bytes(&w->rest, path->data, path->len);
	stack_release(&w->parent);
	stack_entry_release(&w->entry);
	w->is_back = false;
}

/* Append what is done, but for its last n names. */
static void path_walk_append_done(const struct path_walk *w, size_t n, struct str *ret)
{
	for (size_t i = 0; i + n < w->done.len; i++)
		str_appendf(ret, "%s/", w->done.items[i]);
}

/* Begin again with what is done, but for its last n names, before the rest. What is done holds no
 * link, so ".." just takes its last name away. */
static void path_walk_restart(struct path_walk *w, size_t n)
{
	autostr struct str path = STR_INIT;

	path_walk_append_done(w, n, &path);
	str_append(&path, w->rest.data);
	path_walk_begin(w, &path);
}

/* Take the next component off the rest. 1, 0 when none is left, -1. */
static int path_walk_next(struct path_walk *w, char name[NAME_MAX + 1], struct error *err)
{
	autofree char *rest = NULL;
	const char *p;
	size_t len;

	/* Where the walk ends is wanted as an entry of what is above. */
	if (w->is_back && w->done.len && !w->rest.data[strspn(w->rest.data, "/")])
		path_walk_restart(w, 0);
	p = w->rest.data + strspn(w->rest.data, "/");
	len = strcspn(p, "/");
	if (!len)
		return 0;
	if (len > NAME_MAX || w->steps++ == PATH_STEPS_MAX) {
		errno = len > NAME_MAX ? ENAMETOOLONG : ELOOP;
		return error_errno(err, "cannot look up '%.300s'", p);
	}
	memcpy(name, p, len);
	name[len] = '\0';
	rest = xstrdup(p + len);
	str_clear(&w->rest);
	str_append(&w->rest, rest);
	return 1;
}

/* The entry is a symlink called name: its target takes its place before what is left. */
static int path_walk_follow(struct path_walk *w, const char *name, struct error *err)
{
	autostr struct str path = STR_INIT;
	char target[PATH_MAX];

	if (++w->links > PATH_LINKS_MAX) {
		errno = ELOOP;
		return error_errno(err, "cannot follow '%s'", name);
	}
	if (read_link(w->entry.parent, name, target, err) < 0)
		return -1;
	if (target[0] != '/')
		path_walk_append_done(w, 0, &path);
	str_appendf(&path, "%s/%s", target, w->rest.data);
	if (path.len > PATH_REST_MAX) {
		errno = ENAMETOOLONG;
		return error_errno(err, "cannot follow '%s'", name);
	}
	path_walk_begin(w, &path);
	return 0;
}

/* ".." behind a directory: the walk is where it was found. */
static void path_walk_back(struct path_walk *w)
{
	stack_entry_release(&w->entry);
	w->done.len--;
	free(steal(&w->done.items[w->done.len]));
	w->is_back = true;
}

/* Go into the directory where the next name is to be looked up. false: there is none. */
static bool path_walk_enter(struct path_walk *w)
{
	if (w->entry.kind == STACK_DIRECTORY) {
		stack_release(&w->parent);
		w->parent = w->entry.dir;
		w->entry = (struct stack_entry)STACK_ENTRY_INIT;
		return true;
	}
	return w->is_back || !w->done.len;
}

/* The name, and all that follows, is below a file or below nothing: absent. */
static void path_walk_miss(struct path_walk *w, const char *name)
{
	autofree char *rest = xasprintf("%s/%s", name, w->rest.data);

	stack_entry_release(&w->entry);
	str_clear(&w->rest);
	str_append(&w->rest, rest);
}

/* One component, a link or ".." included. 1, 0 when nothing that follows can be there, -1. */
static int path_walk_step(struct path_walk *w, const char *name, struct error *err)
{
	bool is_dotdot = strcmp(name, "..") == 0;

	if (strcmp(name, ".") == 0)
		return 1;
	if (is_dotdot && w->entry.kind == STACK_DIRECTORY) {
		path_walk_back(w);
		return 1;
	}
	if (!path_walk_enter(w)) {
		path_walk_miss(w, name);
		return 0;
	}
	if (is_dotdot) {
		path_walk_restart(w, 1);
		return 1;
	}
	w->is_back = false;
	if (lookup_name(w->parent.n_dirfds ? &w->parent : w->root, name, &w->entry, err) < 0)
		return -1;
	if (w->entry.kind == STACK_OTHER && S_ISLNK(w->entry.stat.st_mode))
		return path_walk_follow(w, name, err) < 0 ? -1 : 1;
	strlist_append(&w->done, name);
	return 1;
}

static int path_walk_run(struct path_walk *w, struct error *err)
{
	char name[NAME_MAX + 1];
	int more;

	do {
		more = path_walk_next(w, name, err);
		if (more > 0)
			more = path_walk_step(w, name, err);
	} while (more > 0);
	return more;
}

int stack_resolve(const struct stack *root, const char *path, struct stack *ret_parent,
		  struct stack_entry *ret, struct str *ret_path, struct error *err)
{
	autocleanup(path_walk_release) struct path_walk w = { .root = root,
							      .done = STRLIST_INIT,
							      .rest = STR_INIT,
							      .parent = STACK_INIT,
							      .entry = STACK_ENTRY_INIT };
	autostr struct str canonical = STR_INIT;

	if (strlen(path) > PATH_MAX) {
		errno = ENAMETOOLONG;
		return error_errno(err, "cannot look up '%.300s'", path);
	}
	str_append(&w.rest, path);
	if (path_walk_run(&w, err) < 0)
		return -1;
	path_walk_append_done(&w, 0, &canonical);
	str_append(&canonical, w.rest.data);
	if (ret_path)
		path_clean(canonical.data, PATH_DOTDOT_FOLDED, ret_path);
	*ret_parent = w.parent;
	w.parent = (struct stack)STACK_INIT;
	*ret = w.entry;
	w.entry = (struct stack_entry)STACK_ENTRY_INIT;
	return 0;
}

struct file_request {
	const struct stack *root;
	const char *path;
};

static int open_file(void *data, struct error *err)
{
	const struct file_request *request = data;
	const char *path = request->path;
	autostack struct stack parent = STACK_INIT;
	autostackentry struct stack_entry entry = STACK_ENTRY_INIT;
	autoclose int fd = -EBADF;
	autostr struct str canonical = STR_INIT;
	const char *slash;
	const char *name;
	struct stat st;

	if (stack_resolve(request->root, path, &parent, &entry, &canonical, err) < 0)
		return error_prefix(err, "%s", path);
	if (entry.kind == STACK_ABSENT) {
		errno = ENOENT;
		error_errno(err, "%s", path);
		return error_recode(err, ERROR_NOT_FOUND);
	}
	if (!S_ISREG(entry.stat.st_mode))
		return error_set(err, ERROR_FAILED, "%s: not a regular file", path);
	slash = strrchr(canonical.data, '/');
	name = slash ? slash + 1 : canonical.data;
	fd = openat(entry.parent, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		return error_errno(err, "cannot open %s", path);
	if (!S_ISREG(st.st_mode))
		return error_set(err, ERROR_FAILED, "%s: not a regular file", path);
	return fd_steal(&fd);
}

int stack_open_file(const struct stack *root, const struct identity *identity, const char *path,
		    struct error *err)
{
	struct file_request request = { root, path };

	return identity_open(identity, open_file, &request, err);
}
