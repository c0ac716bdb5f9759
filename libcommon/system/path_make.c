/* SPDX-License-Identifier: Apache-2.0 */
#include "system/path_make.h"

#include "base/alloc.h"
#include "system/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

/* More names than a path has. */
#define TRIES_MAX PATH_MAX

#define NAME_FLAGS (O_PATH | O_NOFOLLOW | O_CLOEXEC)

struct make_walk {
	const struct path_maker *maker;
	enum path_kind kind;
	int at; /* what done names */
	bool at_is_borrowed; /* it is an anchor */
	struct str done; /* canonical: "", "/a/b" */
	char *rest; /* names that are left, in normal form */
	unsigned links; /* that were followed */
	unsigned steps; /* names that were taken, those of walks that began again included */
	unsigned tries; /* to make a name */
};

/* Let the walk be at fd. */
static void move_walk(struct make_walk *w, int fd, bool is_borrowed)
{
	if (!w->at_is_borrowed)
		fd_close(&w->at);
	w->at = fd;
	w->at_is_borrowed = is_borrowed;
}

static void make_walk_release(struct make_walk *w)
{
	move_walk(w, -EBADF, false);
	str_release(&w->done);
	free(steal(&w->rest));
}

/* The place from which a path in normal form is to be walked; borrowed. */
static int find_anchor(const struct path_maker *maker, const char *path, const char **ret_rest)
{
	*ret_rest = path;
	return maker->anchor ? maker->anchor(path, ret_rest, maker->data) : maker->root;
}

/* Walk path from the root. */
static void begin_walk(struct make_walk *w, const char *path)
{
	autofree char *whole = path_normal(path);
	const char *rest;
	int anchor = find_anchor(w->maker, whole, &rest);

	str_clear(&w->done);
	str_append_bytes(&w->done, whole, (size_t)(rest - whole));
	free(w->rest);
	w->rest = xstrdup(rest);
	move_walk(w, anchor, true);
}

/* Is the link name in at one of procfs that the kernel follows without its text? All others there lead
 * downwards. */
static bool is_magic_link(int at, const char *name, int link)
{
	struct statfs fs;
	autoclose int fd = -EBADF;

	if (fstatfs(link, &fs) < 0 || fs.f_type != PROC_SUPER_MAGIC)
		return false;
	fd = path_open(at, name, O_PATH, 0, PATH_IN_ROOT);
	return fd < 0 && errno == ELOOP;
}

/* Put the text of a link before what is left of the path. */
static int follow_link(struct make_walk *w, int link)
{
	autofree char *path = NULL;
	char target[PATH_MAX];
	ssize_t len = readlinkat(link, "", target, sizeof(target));

	if (len < 0)
		return -1;
	if (++w->links > PATH_LINKS_MAX) {
		errno = ELOOP;
		return -1;
	}
	if ((size_t)len + strlen(w->rest) > PATH_REST_MAX) {
		errno = ENAMETOOLONG;
		return -1;
	}
	path = xasprintf("%.*s%s", (int)len, target, w->rest);
	if (*path == '/') {
		begin_walk(w, path);
	} else {
		free(w->rest);
		w->rest = path_normal(path);
	}
	return 0;
}

/* The names before are canonical: the last one is left out, and the walk begins again. */
static void walk_up(struct make_walk *w)
{
	const char *slash = w->done.len ? strrchr(w->done.data, '/') : NULL;
	autofree char *path = xasprintf("%.*s%s", slash ? (int)(slash - w->done.data) : 0,
					slash ? w->done.data : "", w->rest);

	begin_walk(w, path);
}

/* Make the name where the walk is. Returns its descriptor, or -1 with errno: EEXIST when another
 * process was faster. */
static int make_name(struct make_walk *w, const char *name)
{
	const struct path_maker *maker = w->maker;

	if (++w->tries > TRIES_MAX) {
		errno = EAGAIN;
		return -1;
	}
	if (maker->may_make && !maker->may_make(w->at, maker->data)) {
		errno = EXDEV;
		return -1;
	}
	if (w->kind == PATH_FILE && !*w->rest)
		return openat(w->at, name, O_RDONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
			      0644);
	return mkdirat(w->at, name, 0755) < 0 ? -1 : openat(w->at, name, NAME_FLAGS | O_DIRECTORY);
}

/* The next name's object is found: go on from there. Where an anchor has that very path, it is the
 * anchor. Takes found. */
static void walk_down(struct make_walk *w, const char *name, int found)
{
	const char *rest;
	int anchor;

	move_walk(w, found, false);
	str_appendf(&w->done, "/%s", name);
	anchor = find_anchor(w->maker, w->done.data, &rest);
	if (!*rest)
		move_walk(w, anchor, true);
}

/* Put the name, which was taken from the rest, before it again. */
static void put_back(struct make_walk *w, const char *name)
{
	char *rest = xasprintf("/%s%s", name, w->rest);

	free(w->rest);
	w->rest = rest;
}

/* Something that is no directory has that name. */
static int walk_other(struct make_walk *w, const char *name)
{
	autoclose int fd = openat(w->at, name, NAME_FLAGS);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -1;
	if (!S_ISLNK(st.st_mode)) {
		walk_down(w, name, fd_steal(&fd));
		return 0;
	}
	if (is_magic_link(w->at, name, fd)) {
		errno = ELOOP;
		return -1;
	}
	return follow_link(w, fd);
}

static int walk_name(struct make_walk *w, const char *name)
{
	int fd;

	if (w->steps++ == PATH_STEPS_MAX) {
		errno = ELOOP;
		return -1;
	}
	if (strcmp(name, "..") == 0) {
		walk_up(w);
		return 0;
	}
	fd = openat(w->at, name, NAME_FLAGS | O_DIRECTORY);
	if (fd < 0 && errno == ENOENT)
		fd = make_name(w, name);
	if (fd >= 0)
		walk_down(w, name, fd);
	else if (errno == EEXIST)
		put_back(w, name);
	else
		return errno == ENOTDIR ? walk_other(w, name) : -1;
	return 0;
}

/* Take the first name off the rest; new. */
static char *take_name(struct make_walk *w)
{
	size_t len = strcspn(w->rest + 1, "/");
	char *name = xstrndup(w->rest + 1, len);

	memmove(w->rest, w->rest + 1 + len, strlen(w->rest + 1 + len) + 1);
	return name;
}

/* What is there already, with no link on the way: one call. */
static int open_plain(const struct path_maker *maker, const char *path)
{
	const char *rest;
	int anchor = find_anchor(maker, path, &rest);

	return *rest ? path_open(anchor, rest, O_PATH, 0, PATH_NO_SYMLINKS) : -1;
}

int path_make(const struct path_maker *maker, const char *path, enum path_kind kind,
	      struct str *ret_canonical)
{
	autocleanup(make_walk_release) struct make_walk w = {
		.maker = maker, .kind = kind, .at = -EBADF, .done = STR_INIT
	};
	autofree char *plain = path_normal(path);
	autoclose int fd = strstr(plain, "/..") ? -EBADF : open_plain(maker, plain);

	if (fd >= 0) {
		if (ret_canonical)
			str_append(ret_canonical, plain);
		return fd_steal(&fd);
	}
	begin_walk(&w, plain);
	while (*w.rest) {
		autofree char *name = take_name(&w);

		if (walk_name(&w, name) < 0)
			return -1;
	}
	if (ret_canonical)
		str_append(ret_canonical, w.done.data);
	if (w.at_is_borrowed)
		return fcntl(w.at, F_DUPFD_CLOEXEC, 0);
	return fd_steal(&w.at);
}
