/* SPDX-License-Identifier: Apache-2.0 */
/* The life of bundles, the marks of their owners, the trash and the state directory. */
#include "tap.h"

#include "base/alloc.h"
#include "store/bundle.h"
#include "store/bundle_lock.h"
#include "store/ephemeral.h"
#include "store/reclaim.h"
#include "store/trash.h"
#include "system/fd.h"
#include "system/process_mark.h"
#include "system/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static struct error err;
static char top[] = "/tmp/ctnr-bundle.XXXXXX";

static bool is_there(const struct store *store, const char *path)
{
	struct stat st;

	return fstatat(store->dirfd, path, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

/* A process that is gone, and was ours. */
static pid_t gone_process(char **ret_mark)
{
	int go[2];
	pid_t pid;

	if (pipe2(go, O_CLOEXEC) < 0)
		return -1;
	pid = fork();
	if (pid == 0) {
		char byte;

		_exit(read(go[0], &byte, 1) < 0);
	}
	*ret_mark = process_mark(pid, &err);
	if (write(go[1], "x", 1) < 0)
		return -1;
	waitpid(pid, NULL, 0);
	close(go[0]);
	close(go[1]);
	return pid;
}

static void test_names(void)
{
	char longest[BUNDLE_ID_MAX + 2];

	ok(bundle_id_is_valid("a") && bundle_id_is_valid("web_1.x-2"), "names are accepted");
	ok(!bundle_id_is_valid("") && !bundle_id_is_valid(".a") && !bundle_id_is_valid("-a") &&
		   !bundle_id_is_valid("a/b") && !bundle_id_is_valid("a b") &&
		   !bundle_id_is_valid(".."),
	   "what could be a path or an option is not");
	memset(longest, 'a', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	ok(!bundle_id_is_valid(longest) && bundle_id_is_valid(longest + 1),
	   "a name has 128 characters at most");
}

static void test_create(const struct store *store)
{
	autobundle struct bundle first = BUNDLE_INIT;
	autobundle struct bundle again = BUNDLE_INIT;
	autobundle struct bundle random = BUNDLE_INIT;
	autobundle struct bundle opened = BUNDLE_INIT;
	struct stat st;

	ok(bundle_create(store, "web", &first, &err) == 0, "a bundle is made");
	ok(fstat(first.dirfd, &st) == 0 && (st.st_mode & 07777) == 0700, "... with mode 0700");
	ok(bundle_create(store, "web", &again, &err) < 0 && err.code == ERROR_FAILED,
	   "a name that is taken is refused");
	ok(strstr(err.hint, "--update") != NULL, "... with a hint");
	ok(bundle_create(store, NULL, &random, &err) == 0, "a bundle without a name gets one");
	is_int((intmax_t)strlen(random.id), 12, "... of 12 characters");
	ok(bundle_create(store, "x/..", &again, &err) < 0 && err.code == ERROR_USAGE,
	   "a path whose last component is no name is refused");
	first.stdin_mode = BUNDLE_STDIN_CLOSED;
	ok(bundle_save(&first, FILE_SYNC, &err) == 0, "a record is written");
	ok(bundle_open(store, "web", &opened, &err) == 0 &&
		   opened.stdin_mode == BUNDLE_STDIN_CLOSED,
	   "... and read");
}

static void test_path(const struct store *store)
{
	autofree char *path = xasprintf("%s/elsewhere", top);
	autofree char *other = xasprintf("%s/deeper/elsewhere", top);
	autofree char *deeper = xasprintf("%s/deeper", top);
	autobundle struct bundle bundle = BUNDLE_INIT;
	autobundle struct bundle opened = BUNDLE_INIT;
	autobundle struct bundle again = BUNDLE_INIT;

	ok(bundle_create(store, path, &bundle, &err) == 0, "a bundle is made at a path");
	is_str(bundle.id, "elsewhere", "... its name is the last component");
	ok(bundle_open(store, "elsewhere", &opened, &err) == 0, "... it is found by name");
	is_str(opened.path, path, "... with its path");
	mkdir(deeper, 0700);
	ok(bundle_create(store, other, &again, &err) < 0, "two paths cannot have one name");
	ok(access(other, F_OK) < 0, "... and nothing is left of the second");
	ok(bundle_remove(store, &opened, &err) == 0, "it is removed");
	ok(access(path, F_OK) < 0 && !is_there(store, "bundles/elsewhere"),
	   "... with its registration");
	ok(bundle_create(store, other, &again, &err) == 0, "then the other may have the name");
}

static void test_lock(const struct store *store)
{
	autobundle struct bundle bundle = BUNDLE_INIT;
	autofree char *own = process_mark(getpid(), &err);
	autofree char *gone = NULL;
	int lock;
	int other;

	gone_process(&gone);
	bundle_open(store, "web", &bundle, &err);
	is_int(bundle_container_status(&bundle), STATE_STOPPED, "a new bundle does not run");
	lock = bundle_lock(&bundle, &err);
	ok(lock >= 0, "a bundle is locked");
	is_int(bundle_container_status(&bundle), STATE_STOPPED,
	       "... which does not make it a running one");
	ok(bundle_try_lock(&bundle, &err) < 0 && err.code == ERROR_TEMPORARY &&
		   strstr(err.message, "'web' is being created, updated or removed by another"),
	   "... it is not locked twice");
	ok(bundle_lock(&bundle, &err) < 0 && err.code == ERROR_TEMPORARY,
	   "... after a wait either");
	is_int(bundle_set_container(lock, own, "/nowhere/exec/other.id", &err), 0,
	       "a container runs from the bundle");
	bundle_unlock(lock);
	is_int(bundle_container_status(&bundle), STATE_RUNNING,
	       "a bundle whose mark lives runs, though nobody holds its lock");
	ok(bundle_lock(&bundle, &err) < 0 && err.code == ERROR_FAILED &&
		   strstr(err.message, "container 'other.id' is running"),
	   "... and is not locked, also when its container has another ID");
	ok(bundle_lock_again(&bundle, lock, &err) < 0, "... by its own command either");
	is_int(bundle_set_container(lock, gone, "/nowhere/exec/other.id", &err), 0,
	       "another container ran from it");
	bundle_unlock(lock);
	is_int(bundle_container_status(&bundle), STATE_STOPPED, "... which has ended");
	is_int(bundle_lock_again(&bundle, lock, &err), 0, "the command locks it again");
	other = openat(bundle.dirfd, "lock", O_RDONLY | O_CLOEXEC);
	ok(read(other, own, 1) == 1 && own[0] == '\n', "... which forgets the container");
	close(other);
	close(lock);
	lock = bundle_try_lock(&bundle, &err);
	ok(lock >= 0, "the lock ends with its descriptor");
	close(lock);
}

/* What names a container of another pid namespace. */
static void test_elsewhere(const struct store *store)
{
	autobundle struct bundle bundle = BUNDLE_INIT;
	autofree char *own = process_mark(getpid(), &err);
	autofree char *mark = xasprintf("%s0", own);
	autofree char *owner = xasprintf("%s/store/bundles/.ephemeral/away", top);
	autofree char *gone = NULL;
	int lock;

	gone_process(&gone);
	bundle_create(store, "away", &bundle, &err);
	lock = bundle_lock(&bundle, &err);
	bundle_set_container(lock, mark, "/nowhere/exec/away", &err);
	close(lock);
	is_int(bundle_container_status(&bundle), STATE_RUNNING,
	       "a bundle whose container is of another pid namespace runs");
	ok(bundle_lock(&bundle, &err) < 0 && err.code == ERROR_FAILED && err.hint[0],
	   "... and is not locked here, with a hint");
	is_int(symlink(gone, owner), 0, "its owner has ended");
	reclaim(store, LOCK_TRY);
	ok(is_there(store, "bundles/away"), "... and it is not reclaimed");
	unlink(owner);
}

static void test_ephemeral(const struct store *store)
{
	autobundle struct bundle living = BUNDLE_INIT;
	autobundle struct bundle dead = BUNDLE_INIT;
	autofree char *mark = NULL;
	autofree char *own = process_mark(getpid(), &err);
	int lock;

	ok(!reclaim_is_needed(store), "nothing waits for being reclaimed");
	bundle_create(store, "living", &living, &err);
	bundle_create(store, "dead", &dead, &err);
	ok(ephemeral_set_owner(store, "living", getpid(), &err) == 0, "a bundle gets an owner");
	ok(ephemeral_set_owner(store, "living", getpid(), &err) == 0, "... and another");
	ok(ephemeral_has_owner(store, "living"), "... it is for one run");
	ok(!reclaim_is_needed(store), "a living owner keeps it");
	gone_process(&mark);
	ok(mark && process_mark_fate(mark, NULL, NULL) == PROCESS_GONE, "a process ends");
	if (symlinkat(mark, store->dirfd, "bundles/.ephemeral/dead") < 0)
		printf("# cannot make a mark\n");
	ok(reclaim_is_needed(store), "what its owner left waits");
	lock = bundle_lock(&dead, &err);
	reclaim(store, LOCK_TRY);
	ok(is_there(store, "bundles/dead"), "while a command has its lock it is kept");
	bundle_set_container(lock, own, "/nowhere/exec/dead", &err);
	close(lock);
	reclaim(store, LOCK_TRY);
	ok(is_there(store, "bundles/dead"), "while its container runs it is kept");
	lock = openat(dead.dirfd, "lock", O_WRONLY | O_CLOEXEC);
	bundle_set_container(lock, mark, "/nowhere/exec/dead", &err);
	close(lock);
	reclaim(store, LOCK_TRY);
	ok(!is_there(store, "bundles/dead"), "then it is reclaimed");
	ok(!is_there(store, "bundles/.ephemeral/dead"), "... with its mark");
	ok(is_there(store, "bundles/living"), "... and no other");
	ok(ephemeral_set_owner(store, "living", 0x7ffffff, &err) < 0, "nobody owns nothing");
}

static void test_trash(const struct store *store)
{
	autofree char *mark = NULL;
	autofree char *left = NULL;
	autofree char *busy = process_mark(getpid(), &err);

	gone_process(&mark);
	left = xasprintf("trash/%s.0", mark);
	for (char *c = left; *c; c++)
		*c = *c == ' ' ? '_' : *c;
	mkdirat(store->dirfd, left, 0700);
	ok(trash_waits(store), "what a killed process was deleting waits");
	trash_empty(store);
	ok(!is_there(store, left), "... and is deleted");
	free(left);
	left = xasprintf("trash/%s.0", busy);
	for (char *c = left; *c; c++)
		*c = *c == ' ' ? '_' : *c;
	mkdirat(store->dirfd, left, 0700);
	ok(!trash_waits(store), "what a living one is deleting is left to it");
	mkdirat(store->dirfd, "trash/odd", 0700);
	trash_empty(store);
	ok(is_there(store, left) && !is_there(store, "trash/odd"), "... other things are not");
	renameat(store->dirfd, "trash", store->dirfd, "elsewhere");
	is_int(symlinkat("elsewhere", store->dirfd, "trash"), 0, "a link stands for the trash");
	mkdirat(store->dirfd, "elsewhere/odd", 0700);
	trash_empty(store);
	ok(is_there(store, "elsewhere/odd"), "... what it leads to is not deleted");
	unlinkat(store->dirfd, "trash", 0);
	renameat(store->dirfd, "elsewhere", store->dirfd, "trash");
}

static void is_relative(const char *bundle_path, const char *path, const char *wanted,
			const char *title)
{
	const struct bundle bundle = { .path = (char *)bundle_path, .dirfd = -EBADF };
	autofree char *got = bundle_relative_path(&bundle, path);

	is_str(got, wanted, title);
}

static void test_relative_paths(void)
{
	const struct store store = { (char *)"/s", -EBADF, true };
	const struct bundle inside = { .path = (char *)"/s/bundles/web", .dirfd = -EBADF };
	const struct bundle deeper = { .path = (char *)"/s/run/1/bundles/web", .dirfd = -EBADF };
	const struct bundle outside = { .path = (char *)"/s/web", .dirfd = -EBADF };

	ok(bundle_is_inside(&inside, &store), "a bundle is in its store");
	ok(!bundle_is_inside(&deeper, &store) && !bundle_is_inside(&outside, &store),
	   "... and not in another folder of it");
	is_relative("/s/bundles/web", "/s/bundles/web/etc/hosts", "etc/hosts",
		    "what is in a bundle is relative to it");
	is_relative("/home/web", "/home/web/volumes/data", "volumes/data",
		    "... also of one elsewhere");
	is_relative("/s/bundles/web", "/s/volumes/data", "../../volumes/data",
		    "... and a volume beside it");
	is_relative("/s/bundles/web", "/s/bundles/website/etc", "/s/bundles/website/etc",
		    "... but not another bundle");
	is_relative("/s/bundles/web", "/store/volumes/data", "/store/volumes/data",
		    "... nor a volume of another store");
	is_relative("/home/web", "/home/volumes/data", "/home/volumes/data",
		    "... nor what is beside a bundle elsewhere");
}

static void test_read_only(const char *store_path)
{
	/* A store that cannot be written to, which root always could. */
	autofree char *run = xasprintf("%s/run", top);
	autobundle struct bundle bundle = BUNDLE_INIT;
	struct store store = { (char *)store_path, open(store_path, O_RDONLY | O_CLOEXEC), false };
	autofree char *wanted = xasprintf("%s/bundles/tmp", run);
	struct stat st;

	setenv("CTNR_RUN_DIR", run, 1);
	ok(bundle_create(&store, "tmp", &bundle, &err) == 0,
	   "with a read-only store a bundle is made all the same");
	is_str(bundle.path, wanted, "... in the state directory");
	ok(stat(run, &st) == 0 && (st.st_mode & 07777) == 0700, "... which is private");
	ok(bundle_remove(&store, &bundle, &err) == 0 && access(wanted, F_OK) < 0,
	   "... and removed from there");
	chmod(run, 0755);
	ok(bundle_create(&store, "tmp2", &bundle, &err) < 0 &&
		   strstr(err.message, "open to others"),
	   "a state directory that others can read is refused");
	close(store.dirfd);
}

int main(void)
{
	autostore struct store store = STORE_INIT;
	autostore struct store open_to_all = STORE_INIT;
	autofree char *path = NULL;
	autofree char *shared = NULL;

	if (!mkdtemp(top))
		return EXIT_FAILURE;
	path = xasprintf("%s/store", top);
	shared = xasprintf("%s/shared", top);
	ok(store_open(path, STORE_READ, &store, &err) < 0 && err.code == ERROR_NOT_FOUND,
	   "a store that is not there is not found");
	ok(store_open(path, STORE_WRITE, &store, &err) == 0, "a store is made");
	mkdir(shared, 0777);
	chmod(shared, 0777);
	ok(store_open(shared, STORE_WRITE, &open_to_all, &err) < 0,
	   "a store that every user may write to is refused");
	test_names();
	test_create(&store);
	test_path(&store);
	test_lock(&store);
	test_ephemeral(&store);
	test_elsewhere(&store);
	test_trash(&store);
	test_relative_paths();
	test_read_only(store.path);
	tree_remove_at(AT_FDCWD, top, NULL);
	return done_testing();
}
