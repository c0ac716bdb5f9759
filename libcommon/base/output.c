/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The path is walked here, one component after the other, each opened without following it: the
 * link that is judged is the one that is read, whatever others do to its directory meanwhile. Links
 * of /proc, which have no text that could be followed, are left to the kernel: nobody can make one.
 */
#include "base/output.h"

#include "base/alloc.h"
#include "base/cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#define LINKS_MAX 40 /* as in the kernel */
#define OPEN_FLAGS (O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)

static void cleanup_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

/* Where a walk is. */
struct output_walk {
	int dir; /* O_PATH */
	char *name; /* the next component, in place; what is behind it is in rest */
	char *rest;
	char *text; /* holds both */
	int links;
};

static void walk_release(struct output_walk *walk)
{
	cleanup_fd(&walk->dir);
	free(walk->text);
}

/* fd is taken. */
static void change_directory(struct output_walk *walk, int fd)
{
	cleanup_fd(&walk->dir);
	walk->dir = fd;
}

/* Walk along text, which is taken, from the present directory or from the root. */
static void begin_text(struct output_walk *walk, char *text)
{
	free(walk->text);
	walk->text = text;
	walk->rest = text;
	if (*text == '/')
		change_directory(walk, open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
}

/* Cut the next component off. */
static void next_component(struct output_walk *walk)
{
	size_t len;

	walk->name = walk->rest + strspn(walk->rest, "/");
	len = strcspn(walk->name, "/");
	walk->rest = walk->name + len + strspn(walk->name + len, "/");
	walk->name[len] = '\0';
}

static bool is_last(const struct output_walk *walk)
{
	return !*walk->rest;
}

/* Do the owners of the directory and of what is in it allow to use that? */
static int check_owner(const struct output_walk *walk, const struct stat *st, struct error *err)
{
	struct stat dir;

	if (fstat(walk->dir, &dir) < 0)
		return error_errno(err, "cannot look at the directory");
	if (!(dir.st_mode & S_ISVTX) || !(dir.st_mode & S_IWOTH) || st->st_uid == geteuid() ||
	    st->st_uid == dir.st_uid)
		return 0;
	errno = EACCES;
	return error_errno(err, "'%s' belongs to another user, in a directory that is everybody's",
			   walk->name);
}

/* Open the last component itself, which is no link of the kind that has a text. */
static int open_last(const struct output_walk *walk, int follow, struct error *err)
{
	autocleanup(cleanup_fd) int fd = openat(walk->dir, walk->name, OPEN_FLAGS | follow, 0600);
	struct stat st;
	int opened;

	if (fd < 0 && errno == ENXIO)
		return error_errno(err, "nobody reads from '%s'", walk->name);
	if (fd < 0)
		return error_errno(err, "cannot open '%s'", walk->name);
	if (fstat(fd, &st) < 0 || fcntl(fd, F_SETFL, O_APPEND) < 0)
		return error_errno(err, "cannot use '%s'", walk->name);
	if (!S_ISREG(st.st_mode) && !S_ISCHR(st.st_mode) && !S_ISFIFO(st.st_mode))
		return error_set(err, ERROR_FAILED, "'%s' is no file, terminal or pipe",
				 walk->name);
	if (follow == O_NOFOLLOW && check_owner(walk, &st, err) < 0)
		return -1;
	opened = fd;
	fd = -EBADF;
	return opened;
}

/* Go where the link leads that node is. */
static int follow_link(struct output_walk *walk, int node, const struct stat *st, struct error *err)
{
	char target[PATH_MAX];
	ssize_t len = readlinkat(node, "", target, sizeof(target) - 1);

	if (check_owner(walk, st, err) < 0)
		return -1;
	if (++walk->links > LINKS_MAX)
		errno = ELOOP;
	if (len <= 0 || walk->links > LINKS_MAX)
		return error_errno(err, "cannot follow '%s'", walk->name);
	target[len] = '\0';
	begin_text(walk, xasprintf("%s/%s", target, walk->rest));
	return 0;
}

static bool is_in_proc(int dir)
{
	struct statfs fs;

	return fstatfs(dir, &fs) == 0 && fs.f_type == PROC_SUPER_MAGIC;
}

/* Go on to the component where it is a directory, or to where it leads where it is a link. Returns 1
 * when it is the last one of all, and no link: that is for the caller. */
static int enter_component(struct output_walk *walk, bool in_proc, struct error *err)
{
	autocleanup(cleanup_fd) int node = -EBADF;
	struct stat st;

	node = openat(walk->dir, walk->name, O_PATH | O_CLOEXEC | (in_proc ? 0 : O_NOFOLLOW));
	if (node < 0 && errno == ENOENT && is_last(walk))
		return 1;
	if (node < 0 || fstat(node, &st) < 0)
		return error_errno(err, "cannot open '%s'", walk->name);
	if (S_ISLNK(st.st_mode))
		return follow_link(walk, node, &st, err);
	if (is_last(walk))
		return !in_proc && check_owner(walk, &st, err) < 0 ? -1 : 1;
	change_directory(walk, node);
	node = -EBADF;
	return 0;
}

/* One component further. Returns the descriptor of the whole once it is open, 0 when there is more to
 * walk, -1 on failure. */
static int take_step(struct output_walk *walk, struct error *err)
{
	bool in_proc = is_in_proc(walk->dir);
	int status;

	next_component(walk);
	if (in_proc && is_last(walk))
		return open_last(walk, 0, err);
	status = enter_component(walk, in_proc, err);
	return status > 0 ? open_last(walk, O_NOFOLLOW, err) : status;
}

static int begin_walk(struct output_walk *walk, const char *path, struct error *err)
{
	walk->dir = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	begin_text(walk, xstrdup(path));
	if (*path)
		return 0;
	errno = ENOENT;
	return error_errno(err, "the name is empty");
}

int output_open(const char *path, struct error *err)
{
	autocleanup(walk_release) struct output_walk walk = { .dir = -EBADF };
	int fd = 0;

	if (begin_walk(&walk, path, err) < 0)
		return -1;
	while (fd == 0)
		fd = take_step(&walk, err);
	return fd;
}

int output_open_directory(const char *path, char **ret_name, struct error *err)
{
	autocleanup(walk_release) struct output_walk walk = { .dir = -EBADF };
	int fd;

	if (begin_walk(&walk, path, err) < 0)
		return -1;
	for (;;) {
		next_component(&walk);
		if (is_last(&walk))
			break;
		if (enter_component(&walk, is_in_proc(walk.dir), err) < 0)
			return -1;
	}
	*ret_name = xstrdup(walk.name);
	fd = walk.dir;
	walk.dir = -EBADF;
	return fd;
}
