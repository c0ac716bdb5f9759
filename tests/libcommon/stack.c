/* SPDX-License-Identifier: Apache-2.0 */
/* A stack of directories: which object a name or a path is, and going through a tree of it. */
#include "tap.h"

#include "base/alloc.h"
#include "layer/mark.h"
#include "layer/stack_walk.h"
#include "system/fd.h"
#include "system/tree.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LAYERS 3

static char top[] = "/tmp/ctnr-stack.XXXXXX";
static int layers[LAYERS];

static size_t n_absent; /* names that were looked for where they are not */

/* In place of the C library's. */
int fstatat(int dirfd, const char *path, struct stat *ret, int flags)
{
	int result = (int)syscall(SYS_newfstatat, dirfd, path, ret, flags);

	n_absent += result < 0;
	return result;
}

static void make_dir(int layer, const char *path)
{
	if (mkdirat(layers[layer], path, 0755) < 0)
		abort();
}

static void make_file(int layer, const char *path)
{
	close(openat(layers[layer], path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
}

static void make_symlink(int layer, const char *path, const char *target)
{
	if (symlinkat(target, layers[layer], path) < 0)
		abort();
}

/*
 *	0	d/ d/new  f  link -> d/./sub/../old  loop -> loop
 *	1	d/ d/sub/ d/sub/x (d is merged with the layers below)  g/
 *	2	d/ d/old d/sub/ d/sub/y  f/ f/hidden  g
 */
static void make_layers(void)
{
	int dirfd;

	if (!mkdtemp(top))
		abort();
	dirfd = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (int i = 0; i < LAYERS; i++) {
		char name[] = { (char)('0' + i), '\0' };

		if (mkdirat(dirfd, name, 0755) < 0)
			abort();
		layers[i] = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		make_dir(i, "d");
	}
	close(dirfd);
	make_file(0, "d/new");
	make_file(0, "f");
	make_symlink(0, "link", "d/./sub/../old");
	make_symlink(0, "loop", "loop");
	make_dir(1, "d/sub");
	make_file(1, "d/sub/x");
	make_dir(1, "g");
	make_file(2, "d/old");
	make_dir(2, "d/sub");
	make_file(2, "d/sub/y");
	make_dir(2, "f");
	make_file(2, "f/hidden");
	make_file(2, "g");
}

static void open_stack(struct stack *ret)
{
	for (int i = 0; i < LAYERS; i++)
		stack_push(ret, fcntl(layers[i], F_DUPFD_CLOEXEC, 3));
}

/* The canonical path and kind of a path: "d/old=2", "=0" for what is not there. */
static void resolves(const char *path, const char *wanted)
{
	autostack struct stack root = STACK_INIT;
	autostack struct stack parent = STACK_INIT;
	autostackentry struct stack_entry entry = STACK_ENTRY_INIT;
	autostr struct str got = STR_INIT;
	struct error err = { 0 };
	char title[128];

	open_stack(&root);
	if (stack_resolve(&root, path, &parent, &entry, &got, &err) < 0)
		str_append(&got, "error");
	else
		str_append(&got, entry.kind == STACK_DIRECTORY ? "=directory"
				 : entry.kind == STACK_OTHER   ? "=other"
							       : "=absent");
	snprintf(title, sizeof(title), "'%.40s', %zu bytes, is %s", path, strlen(path), wanted);
	is_str(got.data, wanted, title);
}

static void walks_to(enum stack_walk_extent extent, const char *wanted, const char *title)
{
	autostack struct stack root = STACK_INIT;
	autostackwalk struct stack_walk walk = STACK_WALK_INIT;
	autostr struct str got = STR_INIT;
	struct error err = { 0 };
	int event;

	open_stack(&root);
	walk.extent = extent;
	if (stack_walk_start(&walk, &root, &err) < 0)
		abort();
	while ((event = stack_walk_next(&walk, &err)) > 0)
		str_appendf(&got, "%s%s:%zu ",
			    event == STACK_WALK_ENTER      ? "+"
			    : event == STACK_WALK_LEAVE    ? "-"
			    : event == STACK_WALK_WHITEOUT ? "!"
							   : "",
			    walk.path.data, walk.layer);
	str_append(&got, event < 0 ? err.message : ".");
	is_str(got.data, wanted, title);
}

static void walks(const char *wanted, const char *title)
{
	walks_to(STACK_WALK_WHOLE, wanted, title);
}

/* A directory of the way back is moved away between two steps. */
static void walks_into_a_trap(void)
{
	autostack struct stack root = STACK_INIT;
	autostackwalk struct stack_walk walk = STACK_WALK_INIT;
	struct error err = { 0 };
	int event;

	open_stack(&root);
	if (stack_walk_start(&walk, &root, &err) < 0)
		abort();
	do
		event = stack_walk_next(&walk, &err);
	while (event > 0 && strcmp(walk.path.data, "d/sub") != 0);
	renameat(layers[1], "d/sub", layers[1], "g/sub");
	do
		event = stack_walk_next(&walk, &err);
	while (event > 0);
	is_str(err.message, "'d/sub': it was moved while it was read",
	       "a walk whose way back was moved ends");
	renameat(layers[1], "g/sub", layers[1], "d/sub");
}

/* The path of so many times text, and what follows. */
static char *repeated(const char *text, size_t n, const char *rest)
{
	autostr struct str path = STR_INIT;

	for (size_t i = 0; i < n; i++)
		str_append(&path, text);
	str_append(&path, rest);
	return str_steal(&path);
}

static void resolves_long_ways(void)
{
	autofree char *there_and_back = repeated("d/../", 800, "f");
	autofree char *back = repeated("../", 1300, "d/sub/..");
	autofree char *too_long = repeated("d/../", 1000, "f");
	autofree char *root = repeated("d/../", 800, "");

	resolves(there_and_back, "f=other");
	resolves(back, "d=directory");
	resolves(root, "=absent");
	resolves(too_long, "error");
	/* Twenty links of many components each: fewer than the limit of links. */
	for (int i = 0; i < 20; i++) {
		char name[16];
		char next[16];
		autofree char *target = NULL;

		snprintf(name, sizeof(name), "l%d", i);
		snprintf(next, sizeof(next), i < 19 ? "l%d" : "f", i + 1);
		target = repeated("d/../", 780, next);
		make_symlink(0, name, target);
	}
	resolves("l0", "error");
	for (int i = 0; i < 20; i++) {
		char name[16];

		snprintf(name, sizeof(name), "l%d", i);
		unlinkat(layers[0], name, 0);
	}
}

int main(void)
{
	make_layers();
	resolves_long_ways();
	resolves("/", "=absent");
	resolves("d", "d=directory");
	resolves("/d/./new", "d/new=other");
	resolves("link", "d/old=other");
	resolves("/../d/sub/../../f", "f=other");
	resolves("f/hidden", "f/hidden=absent");
	resolves("g/.", "g=directory");
	resolves("loop", "error");
	resolves("nothing/x", "nothing/x=absent");
	resolves("nothing/x/../y/./z", "nothing/y/z=absent");
	n_absent = 0;
	walks("+d:0 d/new:0 d/old:2 +d/sub:1 d/sub/x:1 d/sub/y:2 -d/sub:1 -d:0 f:0 +g:1 -g:1 link:0 "
	      "loop:0 -:0 .",
	      "a walk sees every object once, of the topmost layer that has it");
	is_int((intmax_t)n_absent, 0, "... and looks at a name only in the layers that have it");
	walks_into_a_trap();
	if (geteuid() == 0 && mark_make_whiteout(layers[0], "g") == 0) {
		resolves("g", "g=absent");
		walks("+d:0 d/new:0 d/old:2 +d/sub:1 d/sub/x:1 d/sub/y:2 -d/sub:1 -d:0 f:0 link:0 "
		      "loop:0 -:0 .",
		      "a whiteout hides what is below");
		walks_to(STACK_WALK_MARKS,
			 "+d:0 d/new:0 d/old:2 +d/sub:1 d/sub/x:1 d/sub/y:2 -d/sub:1 -d:0 f:0 !g:0 "
			 "link:0 loop:0 -:0 .",
			 "... and is told where marks are asked for");
	}
	if (mark_set_opaque(layers[1]) == 0)
		ok(mark_is_opaque(layers[1]) && !mark_is_opaque(layers[0]),
		   "a directory is opaque when it was marked");
	for (int i = 0; i < LAYERS; i++)
		close(layers[i]);
	tree_remove_at(AT_FDCWD, top, NULL);
	return done_testing();
}
