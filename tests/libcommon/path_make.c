/* SPDX-License-Identifier: Apache-2.0 */
#include "tap.h"

#include "system/fd.h"
#include "system/path_make.h"
#include "system/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int root, other;

/* Make path, and compare the canonical path, or the errno when wanted is NULL. */
static void makes_with(const struct path_maker *maker, const char *path, enum path_kind kind,
		       const char *wanted, int number, const char *title)
{
	autostr struct str canonical = STR_INIT;
	autoclose int fd = path_make(maker, path, kind, &canonical);
	int got = fd < 0 ? errno : 0;

	ok(got == number, title);
	is_str(fd < 0 ? NULL : canonical.data, wanted, "... with its canonical path");
}

static void makes(const char *path, enum path_kind kind, const char *wanted, int number,
		  const char *title)
{
	const struct path_maker maker = { .root = root };

	makes_with(&maker, path, kind, wanted, number, title);
}

static void link_at(int dir, const char *target, const char *name)
{
	if (symlinkat(target, dir, name) < 0)
		ok(false, name);
}

static bool is_kind(const char *path, mode_t type)
{
	struct stat st;

	return fstatat(root, path, &st, AT_SYMLINK_NOFOLLOW) == 0 && (st.st_mode & S_IFMT) == type;
}

/* "/mnt" is another directory, as if it were mounted there. */
static int anchor_mnt(const char *path, const char **ret_rest, void *data)
{
	bool is_mnt = strncmp(path, "/mnt", 4) == 0 && (!path[4] || path[4] == '/');

	(void)data;
	*ret_rest = is_mnt ? path + 4 : path;
	return is_mnt ? other : root;
}

static bool never(int dir, void *data)
{
	(void)dir;
	(void)data;
	return false;
}

static void make_plain(void)
{
	makes("/a/b/c", PATH_FILE, "/a/b/c", 0, "a file is made with its directories");
	ok(is_kind("a/b", S_IFDIR) && is_kind("a/b/c", S_IFREG), "... of the right kinds");
	makes("//a/./b/", PATH_DIRECTORY, "/a/b", 0, "what is there is opened");
	makes("/", PATH_DIRECTORY, "", 0, "the root is there");
	makes("/../../a/../a/b", PATH_DIRECTORY, "/a/b", 0, "'..' stops at the root");
	makes("/x/../y", PATH_DIRECTORY, "/y", 0, "'..' behind what is missing");
	makes("/a/b/c/d", PATH_FILE, NULL, ENOTDIR, "nothing is below a file");
}

static void make_behind_links(void)
{
	link_at(root, "/far/away", "absolute");
	link_at(root, "../../up", "climbing");
	link_at(root, "one", "two");
	link_at(root, "two", "one");
	link_at(root, "second/", "first");
	link_at(root, "./third", "second");
	makes("/absolute/x", PATH_FILE, "/far/away/x", 0, "an absolute link begins at the root");
	makes("/climbing", PATH_DIRECTORY, "/up", 0, "a link does not climb out of it");
	makes("/first/x", PATH_DIRECTORY, "/third/x", 0, "links lead to links");
	makes("/one/x", PATH_DIRECTORY, NULL, ELOOP, "a loop is an error");
}

/* Forty links of so many components: fewer than the limit of links. */
static void make_a_very_long_way(void)
{
	for (int i = 0; i < PATH_LINKS_MAX; i++) {
		autostr struct str target = STR_INIT;
		char name[16];

		if (i + 1 < PATH_LINKS_MAX)
			str_appendf(&target, "l%d/", i + 1);
		while (target.len < 4080)
			str_append(&target, "a/../");
		snprintf(name, sizeof(name), "l%d", i);
		link_at(root, target.data, name);
	}
	makes("/l0", PATH_DIRECTORY, NULL, ENAMETOOLONG, "what links add to a path has a limit");
	makes("/l39", PATH_DIRECTORY, "", 0, "... that a long link does not reach");
	makes("/l38", PATH_DIRECTORY, "", 0, "... nor do two");
}

/* Every ".." begins at the root again. */
static void go_up_from_the_depth(void)
{
	autostr struct str path = STR_INIT;

	while (path.len < 2000)
		str_append(&path, "/a");
	while (path.len < 4000)
		str_append(&path, "/x/..");
	makes(path.data, PATH_DIRECTORY, NULL, ELOOP, "the names that are walked have a limit");
}

static void make_at_anchors(void)
{
	const struct path_maker maker = { .root = root, .anchor = anchor_mnt };
	const struct path_maker refusing = { .root = root, .may_make = never };

	link_at(other, "../out", "link");
	link_at(root, "/mnt/in", "into");
	makes_with(&maker, "/mnt/link/x", PATH_FILE, "/out/x", 0,
		   "a link leads out of a mount into the root");
	ok(is_kind("out/x", S_IFREG) && faccessat(other, "out", F_OK, 0) < 0,
	   "... and nothing is made in the mount");
	makes_with(&maker, "/into", PATH_DIRECTORY, "/mnt/in", 0, "a link leads into a mount");
	ok(faccessat(other, "in", F_OK, 0) == 0 && !is_kind("mnt", S_IFDIR),
	   "... by its descriptor, whatever has its name");
	makes_with(&refusing, "/new", PATH_DIRECTORY, NULL, EXDEV, "what may not be made");
	makes_with(&refusing, "/a/b", PATH_DIRECTORY, "/a/b", 0, "... and what is there already");
}

int main(void)
{
	char top[] = "/tmp/path_make.XXXXXX";

	if (!mkdtemp(top) || chdir(top) < 0 || mkdir("root", 0755) < 0 || mkdir("other", 0755) < 0)
		return 1;
	root = open("root", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	other = open("other", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	make_plain();
	make_behind_links();
	make_a_very_long_way();
	go_up_from_the_depth();
	make_at_anchors();
	ok(access("out", F_OK) < 0 && access("up", F_OK) < 0 && access("far", F_OK) < 0,
	   "nothing is made outside of the root");
	fd_close(&root);
	fd_close(&other);
	tree_remove_at(AT_FDCWD, top, NULL);
	return done_testing();
}
