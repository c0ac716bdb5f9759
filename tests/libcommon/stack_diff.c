/* SPDX-License-Identifier: Apache-2.0 */
/* Two trees compared: what is told of each kind of difference, and what it costs. */
#include "tap.h"

#include "base/alloc.h"
#include "layer/mark.h"
#include "layer/stack_diff.h"
#include "system/fd.h"
#include "system/tree.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#define DEPTH 500
#define SPARSE_SIZE (UINT64_C(1) << 40)
#define LAYERS_MAX 4 /* of a request */

static char top[] = "/tmp/ctnr-diff.XXXXXX";
static int topfd;
static size_t n_calls; /* looks at a name, and reads of content */

/* In place of the C library's. */
int fstatat(int dirfd, const char *path, struct stat *ret, int flags)
{
	n_calls++;
	return (int)syscall(SYS_newfstatat, dirfd, path, ret, flags);
}

ssize_t pread64(int fd, void *buffer, size_t len, off64_t at)
{
	n_calls++;
	return syscall(SYS_pread64, fd, buffer, len, at);
}

/* A new directory NAME/diff. */
static int make_tree(const char *name)
{
	autofree char *diff = xasprintf("%s/diff", name);

	if (mkdirat(topfd, name, 0755) < 0 || mkdirat(topfd, diff, 0755) < 0)
		abort();
	return openat(topfd, diff, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* All that is made has the same time, unless a test gives it another. */
static void set_time(int tree, const char *path, time_t seconds, long nanoseconds)
{
	const struct timespec time = { seconds, nanoseconds };

	if (utimensat(tree, path, (const struct timespec[2]) { time, time }, AT_SYMLINK_NOFOLLOW) <
	    0)
		abort();
}

static void make_file(int tree, const char *path, const char *content)
{
	autoclose int fd = openat(tree, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (fd < 0 || fd_write_all(fd, content, strlen(content)) < 0)
		abort();
	set_time(tree, path, 1000, 0);
}

static void set_size(int tree, const char *path, uint64_t size)
{
	autoclose int fd = openat(tree, path, O_WRONLY | O_CLOEXEC);

	if (ftruncate(fd, (off_t)size) < 0)
		abort();
}

static void make_dir(int tree, const char *path)
{
	if (mkdirat(tree, path, 0755) < 0)
		abort();
}

static void make_symlink(int tree, const char *path, const char *target)
{
	if (symlinkat(target, tree, path) < 0)
		abort();
	set_time(tree, path, 1000, 0);
}

/* Directories get their times last. */
static void finish(int tree, const char *const *dirs)
{
	for (; *dirs; dirs++)
		set_time(tree, *dirs, 1000, 0);
}

static void set_attribute(int tree, const char *path, const char *name, const char *value)
{
	autoclose int fd = openat(tree, path, O_RDONLY | O_CLOEXEC);

	if (fsetxattr(fd, name, value, strlen(value), 0) < 0)
		abort();
}

static struct stack stack_of(const int *dirfds, size_t n)
{
	struct stack stack = STACK_INIT;

	for (size_t i = 0; i < n; i++)
		stack_push(&stack, fcntl(dirfds[i], F_DUPFD_CLOEXEC, 0));
	return stack;
}

static const char *const event_names[] = { "", "added", "removed", "changed", "entered", "left" };
static const char *const difference_names[] = { "names", "type", "metadata", "time", "content" };

/* The files of owners beside the directories of a request, while that is compared. */
struct request_owners {
	int dirfds[LAYERS_MAX];
	struct owners_stack stack;
};

static void add_owners(struct request_owners *owners, struct stack_diff_tree *tree)
{
	tree->owners = &owners->stack;
	tree->owners_first = owners->stack.n_dirfds;
	for (size_t i = 0; i < tree->dir.n_dirfds; i++)
		owners->dirfds[owners->stack.n_dirfds++] =
			fcntl(tree->dir.dirfds[i], F_DUPFD_CLOEXEC, 0);
}

static void set_owners(struct request_owners *owners, struct stack_diff_request *request)
{
	owners->stack = (struct owners_stack)OWNERS_STACK_INIT(owners->dirfds, 0);
	add_owners(owners, &request->from);
	add_owners(owners, &request->to);
}

static void request_owners_release(struct request_owners *owners)
{
	for (size_t i = 0; i < owners->stack.n_dirfds; i++)
		close(owners->dirfds[i]);
	owners_stack_release(&owners->stack);
}

/* "EVENT PATH; " for each event but the ends of directories; "error" at the end of what failed. */
static char *describe(struct stack_diff_request *request)
{
	autocleanup(request_owners_release) struct request_owners owners;
	autostackdiff struct stack_diff diff = STACK_DIFF_INIT;
	struct error err = { 0 };
	struct str text = STR_INIT;
	int event;

	set_owners(&owners, request);
	event = stack_diff_start(&diff, request, &err) < 0 ? -1 : 0;

	while (event >= 0 && (event = stack_diff_next(&diff, &err)) > 0) {
		if (event == STACK_DIFF_LEFT)
			continue;
		str_appendf(&text, "%s /%s%s", event_names[event], diff.object->path.data,
			    diff.is_directory && diff.object->path.len ? "/" : "");
		if (event == STACK_DIFF_CHANGED)
			str_appendf(&text, " %s", difference_names[diff.difference]);
		str_append(&text, "; ");
	}
	if (event < 0) {
		printf("# %s\n", err.message);
		str_append(&text, "error");
	}
	return str_steal(&text);
}

/* Two plain directories. */
static char *describe_plain(int from, int to, bool has_one_id, enum stack_diff_links links)
{
	struct stack_diff_request request = {
		.from = { stack_of(&from, 1), XATTR_PLAIN_TO_PLAIN },
		.to = { stack_of(&to, 1), XATTR_PLAIN_TO_PLAIN },
		.has_one_id = has_one_id,
		.links = links,
	};

	return describe(&request);
}

static void test_kinds(void)
{
	static const char *const from_dirs[] = {
		".", "d", "gone", "gone/sub", "same", "was", NULL
	};
	static const char *const to_dirs[] = { ".", "d", "new", "same", "is", NULL };
	int from = make_tree("kinds-from");
	int to = make_tree("kinds-to");
	autofree char *text = NULL;

	make_dir(from, "gone");
	make_dir(from, "gone/sub");
	make_file(from, "gone/sub/x", "");
	make_dir(from, "was");
	make_file(from, "was/x", "");
	make_file(to, "was", "");
	make_file(from, "is", "");
	make_dir(to, "is");
	make_file(to, "is/x", "");
	make_dir(to, "new");
	make_file(to, "new/x", "");
	for (int i = 0; i < 2; i++) {
		int tree = i ? to : from;

		make_dir(tree, "d");
		make_dir(tree, "same");
		make_file(tree, "same/x", "same");
		make_file(tree, "d/content", i ? "one" : "two");
		make_file(tree, "d/longer", i ? "one" : "three");
		make_file(tree, "d/mode", "");
		make_file(tree, "d/nanoseconds", "");
		make_file(tree, "d/same", "same");
		make_file(tree, "d/time", "same");
		make_symlink(tree, "d/link", i ? "one" : "two");
		make_symlink(tree, "d/link-same", "one");
		if (mkfifoat(tree, "d/pipe", 0644) < 0)
			abort();
		set_time(tree, "d/pipe", 1000, 0);
	}
	if (fchmodat(to, "d/mode", 0600, 0) < 0)
		abort();
	set_time(to, "d/nanoseconds", 1000, 5);
	set_time(to, "d/time", 1001, 0);
	finish(from, from_dirs);
	finish(to, to_dirs);
	text = describe_plain(from, to, false, STACK_DIFF_LINKS_IGNORED);
	is_str(text,
	       "entered /; entered /d/; changed /d/content content; changed /d/link content; "
	       "changed /d/longer content; changed /d/mode metadata; changed /d/time time; "
	       "removed /gone/; changed /is/ type; added /is/x; added /new/; added /new/x; "
	       "entered /same/; changed /was type; ",
	       "each kind of difference is told, of what is the same only its directories, and a part of a "
	       "second is none");
	set_time(to, "d", 1001, 0);
	free(steal(&text));
	text = describe_plain(from, to, false, STACK_DIFF_LINKS_IGNORED);
	ok(strstr(text, "entered /; changed /d/ time; changed /d/content content; "),
	   "a directory that changed itself is told before its content");
	close(from);
	close(to);
}

static void test_attributes(void)
{
	static const char *const dirs[] = { ".", NULL };
	int from = make_tree("attributes-from");
	int to = make_tree("attributes-to");
	autofree char *text = NULL;
	struct stack_diff_request request;

	for (int i = 0; i < 2; i++) {
		int tree = i ? to : from;

		make_file(tree, "added", "");
		make_file(tree, "escaped", "");
		make_file(tree, "owner", "");
		make_file(tree, "same", "");
		make_file(tree, "value", "");
		set_attribute(tree, "same", "user.a", "1");
		set_attribute(tree, "same", "user.b", "2");
		set_attribute(tree, "value", "user.a", i ? "1" : "2");
		finish(tree, dirs);
	}
	set_attribute(to, "added", "user.a", "1");
	set_attribute(to, "owner", OWNER_XATTR, "\x08\x01\x10\x02");
	set_attribute(from, "escaped", "user.overlay.overlay.x", "1");
	set_attribute(to, "escaped", "user.overlay.x", "1");
	set_attribute(from, "same", "user.overlay.origin", "1");
	request = (struct stack_diff_request) {
		.from = { stack_of(&from, 1), XATTR_LAYER_TO_PLAIN },
		.to = { stack_of(&to, 1), XATTR_PLAIN_TO_PLAIN },
	};
	text = describe(&request);
	is_str(text,
	       "entered /; changed /added metadata; changed /owner metadata; changed /value metadata; ",
	       "attributes are compared by the names that they have in an image, without the overlay's own");
	close(from);
	close(to);
}

static void write_owners(const char *path, const char *lines)
{
	make_file(topfd, path, lines);
}

static void test_one_id(void)
{
	static const char *const dirs[] = { ".", NULL };
	int from = make_tree("one-from");
	int to = make_tree("one-to");
	autofree char *text = NULL;

	for (int i = 0; i < 2; i++) {
		int tree = i ? to : from;

		make_file(tree, "attribute", "");
		make_file(tree, "device", "");
		make_file(tree, "device-same", "");
		make_symlink(tree, "link", "x");
		make_symlink(tree, "link-same", "x");
		set_attribute(tree, "attribute", OWNER_XATTR,
			      i ? "\x08\x01\x10\x02" : "\x08\x01\x10\x03");
		finish(tree, dirs);
	}
	write_owners("one-from/owners",
		     "l 5 5 - /link\nl 7 7 - /link-same\nc 0 0 1:3 /device-same\n");
	write_owners("one-to/owners", "l 5 6 - /link\nl 7 7 - /link-same\nc 0 0 1:3 /device-same\n"
				      "c 0 0 1:3 /device\n");
	text = describe_plain(from, to, true, STACK_DIFF_LINKS_IGNORED);
	is_str(text,
	       "entered /; changed /attribute metadata; changed /device type; changed /link metadata; ",
	       "with one ID owners are data, and a placeholder is the device");
	close(from);
	close(to);
}

static void test_links(void)
{
	static const char *const dirs[] = { ".", NULL };
	int from = make_tree("links-from");
	int to = make_tree("links-to");
	autofree char *text = NULL;
	autofree char *ignored = NULL;

	for (int i = 0; i < 2; i++) {
		int tree = i ? to : from;

		make_file(tree, "a", "a");
		make_file(tree, "p", "p");
		make_file(tree, "x", "x");
		if (linkat(tree, "p", tree, "q", 0) < 0)
			abort();
	}
	make_file(from, "y", "x");
	if (linkat(to, "a", to, "b", 0) < 0 || linkat(to, "x", to, "y", 0) < 0)
		abort();
	finish(from, dirs);
	finish(to, dirs);
	text = describe_plain(from, to, false, STACK_DIFF_LINKS_COMPARED);
	is_str(text, "entered /; changed /a names; added /b; changed /x names; changed /y names; ",
	       "a file that has other names than before is changed, by each of its names");
	ignored = describe_plain(from, to, false, STACK_DIFF_LINKS_IGNORED);
	is_str(ignored, "entered /; added /b; ", "... where names are asked for");
	close(from);
	close(to);
}

/* lower: d/a d/b d/e/x f; upper: d/a (another) d/b deleted, d/e opaque with y. */
static void test_layers(void)
{
	static const char *const lower_dirs[] = { ".", "d", "d/e", "s", NULL };
	static const char *const upper_dirs[] = { ".", "d", "d/e", NULL };
	int lower = make_tree("lower");
	int upper = make_tree("upper");
	autofree char *text = NULL;
	struct stack_diff_request request;
	autostackwalk struct stack_walk walk = STACK_WALK_INIT;
	autostr struct str events = STR_INIT;
	struct stack both;
	struct error err = { 0 };
	size_t before;

	make_dir(lower, "d");
	make_dir(lower, "d/e");
	make_dir(lower, "s");
	make_dir(upper, "d");
	make_dir(upper, "d/e");
	make_file(lower, "d/a", "one");
	make_file(lower, "d/b", "");
	make_file(lower, "d/e/x", "");
	make_file(lower, "f", "");
	for (int i = 0; i < 100; i++) {
		char path[] = { 's', '/', (char)('0' + i / 10), (char)('0' + i % 10), '\0' };

		make_file(lower, path, "");
	}
	make_file(upper, "d/a", "two");
	make_file(upper, "d/e/y", "");
	if (mark_make_whiteout(upper, "d/b") < 0)
		abort();
	set_attribute(upper, "d/e", MARK_OPAQUE, "y");
	finish(lower, lower_dirs);
	finish(upper, upper_dirs);
	request = (struct stack_diff_request) {
		.from = { stack_of(&lower, 1), XATTR_LAYER_TO_PLAIN },
		.to = { stack_of((const int[]) { upper, lower }, 2), XATTR_LAYER_TO_PLAIN },
	};
	before = n_calls;
	text = describe(&request);
	is_str(text,
	       "entered /; entered /d/; changed /d/a content; removed /d/b; entered /d/e/; removed /d/e/x; "
	       "added /d/e/y; ",
	       "layers are compared as the overlay shows them");
	ok(n_calls - before < 50,
	   "... and a directory that both have of the same layers is not looked at");

	both = stack_of((const int[]) { upper, lower }, 2);
	walk.extent = STACK_WALK_TOP;
	before = n_calls;
	if (stack_walk_start(&walk, &both, &err) < 0)
		abort();
	for (int event; (event = stack_walk_next(&walk, &err)) > 0;)
		if (event != STACK_WALK_LEAVE)
			str_appendf(&events, "%s %s /%s; ",
				    event == STACK_WALK_DELETED ? "deleted" : "has",
				    walk.below == STACK_ABSENT ? "new" : "old", walk.path.data);
	is_str(events.data,
	       "has old /d; has old /d/a; deleted old /d/b; has old /d/e; deleted old /d/e/x; has new /d/e/y; ",
	       "a walk through the top layer tells what it has, what it deletes, and what is below");
	ok(n_calls - before < 30, "... and looks at nothing else");
	close(lower);
	close(upper);
}

/* A tree of directories, one in the other. */
static void make_deep(int tree, int depth)
{
	int fd = fcntl(tree, F_DUPFD_CLOEXEC, 0);

	for (int i = 0; i < depth; i++) {
		int next;

		if (mkdirat(fd, "d", 0755) < 0)
			abort();
		next = openat(fd, "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		close(fd);
		fd = next;
	}
	make_file(fd, "x", "");
	close(fd);
}

static int count_events(const char *text)
{
	int n = 0;

	while ((text = strstr(text, "; "))) {
		text += 2;
		n++;
	}
	return n;
}

/* Looks at names that comparing two such trees takes; each directory is told. */
static size_t count_calls(const char *from_name, const char *to_name, int depth)
{
	int from = make_tree(from_name);
	int to = make_tree(to_name);
	autofree char *text = NULL;
	size_t before;

	make_deep(from, depth);
	make_deep(to, depth);
	before = n_calls;
	text = describe_plain(from, to, false, STACK_DIFF_LINKS_IGNORED);
	is_int(count_events(text), depth + 1, "a deep tree is compared to its end");
	close(from);
	close(to);
	return n_calls - before;
}

static int next_descriptor(void)
{
	int fd = fcntl(topfd, F_DUPFD_CLOEXEC, 0);

	close(fd);
	return fd;
}

static void test_deep(void)
{
	int highest = next_descriptor();
	size_t little = count_calls("deep-from", "deep-to", DEPTH);
	size_t much = count_calls("deeper-from", "deeper-to", 4 * DEPTH);

	ok(little >= 2 * DEPTH && much <= 4 * little, "the cost is linear");
	is_int(next_descriptor(), highest, "... and no descriptor is left open");
}

static void test_sparse(void)
{
	static const char *const dirs[] = { ".", NULL };
	int from = make_tree("sparse-from");
	int to = make_tree("sparse-to");
	autofree char *text = NULL;
	autofree char *differing = NULL;
	size_t before = n_calls;

	for (int i = 0; i < 2; i++) {
		int tree = i ? to : from;
		int fd;

		make_file(tree, "x", "same");
		fd = openat(tree, "x", O_WRONLY | O_CLOEXEC);
		if (pwrite(fd, "end", 3, SPARSE_SIZE / 2) != 3)
			abort();
		close(fd);
		set_size(tree, "x", SPARSE_SIZE);
		set_time(tree, "x", 1000, 0);
		finish(tree, dirs);
	}
	text = describe_plain(from, to, false, STACK_DIFF_LINKS_IGNORED);
	is_str(text, "entered /; ", "holes that both files have are passed over");
	ok(n_calls - before < 100, "... and not read");
	make_file(to, "x", "same");
	set_size(to, "x", SPARSE_SIZE);
	set_time(to, "x", 1000, 0);
	differing = describe_plain(from, to, false, STACK_DIFF_LINKS_IGNORED);
	is_str(differing, "entered /; changed /x content; ",
	       "... but a hole is compared with data");
	close(from);
	close(to);
}

int main(void)
{
	int dirfd;

	if (!mkdtemp(top))
		abort();
	topfd = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	test_kinds();
	test_attributes();
	test_one_id();
	test_links();
	test_layers();
	test_deep();
	test_sparse();
	close(topfd);
	dirfd = open("/tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	tree_remove_at(dirfd, top + strlen("/tmp/"), NULL);
	close(dirfd);
	return done_testing();
}
