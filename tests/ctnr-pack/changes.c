/* SPDX-License-Identifier: Apache-2.0 */
/* Files that change while a container's changes are read, and what becomes of the archive then. */
#include "changes.h"
#include "content.h"
#include "tap.h"

#include "base/alloc.h"
#include "system/fd.h"
#include "system/id_view.h"
#include "system/tree.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define SMALL 1000
#define LARGE (8U << 20)

static char top[] = "/tmp/ctnr-changes.XXXXXX";

/* What becomes of the file. */
enum trouble_kind {
	TROUBLE_WRITTEN,
	TROUBLE_WRITTEN_UNSEEN, /* with the time of its content as before */
	TROUBLE_FIFO, /* there is a FIFO in its place */
	TROUBLE_SYMLINK, /* ... or a symlink */
};

/* Shared with the reader of changes, which can write to nothing: another process does that for it. */
static struct trouble {
	enum trouble_kind kind;
	bool comes_at_open; /* before the file is opened; else behind each read */
	bool hides_links; /* a symlink is gone when it is read */
	unsigned int left; /* how many more reads of a file are followed by a change of it */
	atomic_uint wanted; /* changes in all */
	atomic_uint made;
} * trouble;

static void make_trouble(void)
{
	unsigned int wanted;

	if (!trouble->left)
		return;
	trouble->left--;
	wanted = atomic_fetch_add(&trouble->wanted, 1) + 1;
	while (atomic_load(&trouble->made) != wanted)
		sched_yield();
}

static int write_file(void)
{
	autoclose int fd = open("upper/f", O_WRONLY | O_CLOEXEC);
	struct timespec times[2] = { { .tv_nsec = UTIME_OMIT } };
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0 || write(fd, "x", 1) != 1)
		return -1;
	times[1] = st.st_mtim;
	return trouble->kind == TROUBLE_WRITTEN_UNSEEN ? futimens(fd, times) : 0;
}

static int replace_file(void)
{
	if (unlink("upper/f") < 0)
		return -1;
	return trouble->kind == TROUBLE_FIFO ? mkfifo("upper/f", 0644) : symlink(".", "upper/f");
}

/* The other process. */
static _Noreturn void write_when_wanted(void)
{
	for (;;) {
		if (atomic_load(&trouble->made) != atomic_load(&trouble->wanted)) {
			bool is_replaced = trouble->kind >= TROUBLE_FIFO;

			if ((is_replaced ? replace_file() : write_file()) < 0)
				_exit(1);
			atomic_fetch_add(&trouble->made, 1);
		}
		usleep(20);
	}
}

/* In place of the C library's. */
int openat64(int dirfd, const char *path, int flags, ...)
{
	if (trouble->comes_at_open && strcmp(path, "f") == 0)
		make_trouble();
	return (int)syscall(SYS_openat, dirfd, path, flags, 0);
}

/* In place of the C library's. */
ssize_t pread64(int fd, void *buffer, size_t size, off64_t offset)
{
	ssize_t len = syscall(SYS_pread64, fd, buffer, size, offset);

	if (!trouble->comes_at_open)
		make_trouble();
	return len;
}

/* In place of the C library's. */
ssize_t readlinkat(int dirfd, const char *path, char *buffer, size_t size)
{
	if (trouble->hides_links) {
		errno = ENOENT;
		return -1;
	}
	return syscall(SYS_readlinkat, dirfd, path, buffer, size);
}

/* An archive that is thrown away. */
struct sink {
	size_t len;
	unsigned int n_restarts;
};

static int take_bytes(void *data, const void *bytes, size_t len, struct error *err)
{
	struct sink *sink = data;

	(void)bytes;
	(void)err;
	sink->len += len;
	return 0;
}

static int restart(void *data, struct error *err)
{
	struct sink *sink = data;

	(void)err;
	sink->len = 0;
	sink->n_restarts++;
	return 0;
}

static int refuse_restart(void *data, struct error *err)
{
	(void)data;
	return error_set(err, ERROR_FAILED, "no");
}

static int refuse_bytes(void *data, const void *bytes, size_t len, struct error *err)
{
	(void)data;
	(void)bytes;
	(void)len;
	return error_set(err, ERROR_FAILED, "the disk is full");
}

/* A bundle whose upper directory has one file, f. */
static void open_bundle(struct bundle *bundle)
{
	bundle->path = top;
	bundle->id = top;
	bundle->dirfd = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static void make_file(size_t size)
{
	autoclose int fd = open("upper/f", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (fd < 0 || ftruncate(fd, (off_t)size) < 0)
		abort();
}

struct attempt {
	unsigned int n_changes;
	int (*restart)(void *sink, struct error *err);
	tar_sink write;
};

/* Read the changes while the file is written to. "" when that succeeds, else the message, to be freed. */
static char *read_changes(const struct attempt *attempt, struct sink *sink)
{
	struct bundle bundle = BUNDLE_INIT;
	struct identity identity;
	struct changes_request request = { .bundle = &bundle,
					   .identity = &identity,
					   .latest = INT64_MAX,
					   .restart = attempt->restart };
	struct changes_found found = { 0 };
	struct error err = { 0 };

	*sink = (struct sink) { 0 };
	open_bundle(&bundle);
	trouble->left = attempt->n_changes;
	if (identity_probe(&identity, &err) == 0 &&
	    changes_read(&request, attempt->write, sink, &found, &err) == 0 && found.n_entries != 1)
		error_set(&err, ERROR_FAILED, "not one entry");
	close(bundle.dirfd);
	return xstrdup(err.message);
}

static void gives(const struct attempt *attempt, const char *wanted, struct sink *sink,
		  const char *title)
{
	autofree char *got = read_changes(attempt, sink);

	is_str(got, wanted, title);
}

static void test_small_file(void)
{
	struct sink sink;

	make_file(SMALL);
	gives(&(struct attempt) { 0, NULL, take_bytes }, "", &sink, "a file becomes an entry");
	is_int((intmax_t)sink.len, 4 * 512 + 1024 - 512, "... of a header and its blocks");
	gives(&(struct attempt) { 1, NULL, take_bytes }, "", &sink,
	      "a small file that changes while it is read is read again");
	gives(&(struct attempt) { 8, restart, take_bytes },
	      "'f': it changed while it was read, twice", &sink,
	      "... and when it changes again, that is an error");
	is_int(sink.n_restarts, 0, "... for which nothing else is read again");
	trouble->kind = TROUBLE_WRITTEN_UNSEEN;
	gives(&(struct attempt) { 8, restart, take_bytes },
	      "'f': it changed while it was read, twice", &sink,
	      "a change that sets the time back is seen too");
	trouble->kind = TROUBLE_WRITTEN;
}

static void test_large_file(void)
{
	struct sink sink;

	make_file(LARGE);
	gives(&(struct attempt) { 0, restart, take_bytes }, "", &sink, "a large file is an entry");
	ok(sink.n_restarts == 0 && sink.len == LARGE + 3 * 512, "... of all its bytes");
	gives(&(struct attempt) { 1, restart, take_bytes }, "", &sink,
	      "when a large file changes all is read again");
	ok(sink.n_restarts == 1 && sink.len == LARGE + 3 * 512, "... from the beginning");
	gives(&(struct attempt) { 64, restart, take_bytes }, "'f': it changed while it was read",
	      &sink, "... once");
	is_int(sink.n_restarts, 1, "... and no more");
	gives(&(struct attempt) { 1, NULL, take_bytes }, "'f': it changed while it was read", &sink,
	      "without a way to begin again it is an error at once");
	gives(&(struct attempt) { 1, refuse_restart, take_bytes }, "no", &sink,
	      "... and so it is when that fails");
	gives(&(struct attempt) { 0, restart, refuse_bytes }, "the disk is full", &sink,
	      "what becomes of the archive ends the reading");
}

/* It was a file when the directory was read. */
static void test_file_that_is_replaced(void)
{
	struct sink sink;

	make_file(SMALL);
	trouble->comes_at_open = true;
	trouble->kind = TROUBLE_FIFO;
	gives(&(struct attempt) { 1, restart, take_bytes },
	      "'f': it was replaced while it was read", &sink,
	      "a FIFO in the place of a file holds nothing up, and is an error");
	if (unlink("upper/f") < 0)
		abort();
	make_file(SMALL);
	trouble->kind = TROUBLE_SYMLINK;
	gives(&(struct attempt) { 1, restart, take_bytes },
	      "'f': cannot open: Too many levels of symbolic links", &sink,
	      "a symlink in the place of a file is not followed");
	trouble->comes_at_open = false;
	trouble->kind = TROUBLE_WRITTEN;
}

static void test_link_that_is_gone(void)
{
	struct sink sink;

	if (unlink("upper/f") < 0 || symlink("target", "upper/f") < 0)
		abort();
	gives(&(struct attempt) { 0, NULL, take_bytes }, "", &sink, "a symlink is an entry");
	trouble->hides_links = true;
	gives(&(struct attempt) { 0, NULL, take_bytes }, "not one entry", &sink,
	      "one that is gone when it is read is none");
	trouble->hides_links = false;
}

/* Owners that a map does not have are told apart from nobody. */
static void test_id_view(void)
{
	struct identity identity = { .rung = IDENTITY_SUBORDINATE };
	struct identity inside;
	struct id_view view;
	struct error err = { 0 };
	uint32_t id = 0;

	idmap_add(&identity.uids, 0, 1000, 1, NULL);
	idmap_add(&identity.uids, 1, 100000, 65536, NULL);
	idmap_add(&identity.gids, 0, 1000, 1, NULL);
	idmap_add(&identity.gids, 1, 100000, 1000, NULL);
	ok(id_view_make(&identity, &inside, &view, &err) == 0,
	   "owners are looked at in a namespace");
	ok(!id_view_uid(&view, 65534, &id), "... where nobody's ID is the one of those not mapped");
	ok(!idmap_has_inside(&inside.uids, 65534), "... because the map leaves it out");
	ok(idmap_to_outside(&inside.uids, 65535, &id) && id == 100000 + 65533,
	   "... and has the next one in its place");
	ok(id_view_uid(&view, 65535, &id) && id == 65534, "... so that nobody is nobody");
	ok(id_view_uid(&view, 65537, &id) && id == 65536, "... up to the last of the map");
	ok(id_view_uid(&view, 1000, &id) && id == 1000, "IDs below are what they are");
	ok(!id_view_gid(&view, 65534, &id) && id_view_gid(&view, 1000, &id) && id == 1000,
	   "a map without it needs no other");
	identity.rung = IDENTITY_PRIVILEGED;
	ok(id_view_make(&identity, &inside, &view, &err) == 0 && id_view_uid(&view, 65534, &id) &&
		   id == 65534 && !id_view_gid(&view, 65534, &id),
	   "who enters no namespace takes it for nobody's where that is mapped");
}

int main(void)
{
	pid_t writer;

	trouble = mmap(NULL, sizeof(*trouble), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		       -1, 0);
	if (trouble == MAP_FAILED || !mkdtemp(top) || chdir(top) < 0 || chmod(top, 0755) < 0 ||
	    mkdir("upper", 0755) < 0 || mkdir("lower", 0755) < 0 || mkdir("lower/0", 0755) < 0)
		abort();
	writer = fork();
	if (writer == 0)
		write_when_wanted();
	test_small_file();
	test_large_file();
	test_file_that_is_replaced();
	test_link_that_is_gone();
	test_id_view();
	kill(writer, SIGKILL);
	waitpid(writer, NULL, 0);
	tree_remove_at(AT_FDCWD, top, NULL);
	return done_testing();
}
