/* SPDX-License-Identifier: Apache-2.0 */
/* What a process can still do behind confine(): one that applies a layer, one that only reads, and one that
 * has no files. */
#include "tap.h"
#include "workers/layer/changeset.h"

#include "base/alloc.h"
#include "base/str.h"
#include "system/confine.h"
#include "system/fd.h"
#include "system/identity.h"
#include "system/process.h"
#include "system/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef __SANITIZE_ADDRESS__
#define HAS_SECCOMP false
#else
#define HAS_SECCOMP true
#endif

struct test_place {
	char path[64]; /* holds "file", "target/" and "below/file" */
	int dirfd;
	int target;
	int below;
	bool reads_target; /* it is one more place to read */
};

/* Each tries something and says whether that worked. */
static bool makes_files(const struct test_place *place)
{
	int fd = openat(place->target, "new", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	return fd >= 0 && write(fd, "x", 1) == 1 && ftruncate(fd, 0) == 0 &&
	       fchmod(fd, 0644) == 0 && mkdirat(place->target, "dir", 0755) == 0 &&
	       linkat(place->target, "new", place->target, "dir/link", 0) == 0 &&
	       symlinkat("new", place->target, "symlink") == 0 &&
	       unlinkat(place->target, "symlink", 0) == 0;
}

static bool reads_below(const struct test_place *place)
{
	return openat(place->below, "file", O_RDONLY | O_CLOEXEC) >= 0;
}

static bool reads_target(const struct test_place *place)
{
	return openat(place->target, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) >= 0;
}

static bool writes_below(const struct test_place *place)
{
	return openat(place->below, "file", O_WRONLY | O_CLOEXEC) >= 0 ||
	       mkdirat(place->below, "dir", 0755) == 0;
}

static bool reads_outside(const struct test_place *place)
{
	autofree char *path = xasprintf("%s/file", place->path);

	return open(path, O_RDONLY | O_CLOEXEC) >= 0 || open("/etc/passwd", O_RDONLY) >= 0 ||
	       openat(place->target, "../file", O_RDONLY | O_CLOEXEC) >= 0 ||
	       openat(place->target, "../../..", O_RDONLY | O_DIRECTORY | O_CLOEXEC) >= 0;
}

static bool writes_outside(const struct test_place *place)
{
	autofree char *path = xasprintf("%s/new", place->path);

	return open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600) >= 0 ||
	       openat(place->target, "../file", O_WRONLY | O_CLOEXEC) >= 0 ||
	       mkdirat(place->target, "../dir", 0755) == 0 ||
	       unlinkat(place->target, "../file", 0) == 0;
}

static bool changes_outside(const struct test_place *place)
{
	autofree char *path = xasprintf("%s/file", place->path);

	return fchmodat(AT_FDCWD, path, 0777, 0) == 0 || fchownat(AT_FDCWD, path, 0, 0, 0) == 0 ||
	       utimensat(AT_FDCWD, path, NULL, 0) == 0;
}

static bool opens_sockets(const struct test_place *place)
{
	(void)place;
	return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0) >= 0 ||
	       socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0) >= 0;
}

static bool makes_processes(const struct test_place *place)
{
	char *const arguments[] = { (char *)"true", NULL };
	pid_t pid = fork();

	(void)place;
	if (pid == 0)
		_exit(0);
	if (pid > 0)
		return true;
	execv("/bin/true", arguments);
	return errno != EPERM;
}

static bool reaches_processes(const struct test_place *place)
{
	const struct rlimit limit = { 1, 1 };
	int ends[2] = { 0, 1 };

	(void)place;
	return kill(getppid(), 0) == 0 || ptrace(PTRACE_ATTACH, getppid(), 0, 0) == 0 ||
	       fcntl(ends[0], F_SETOWN, getppid()) == 0 ||
	       prlimit(getppid(), RLIMIT_CORE, &limit, NULL) == 0;
}

static bool changes_namespaces(const struct test_place *place)
{
	(void)place;
	return unshare(CLONE_NEWUSER) == 0 || unshare(CLONE_NEWNS) == 0 ||
	       mount("none", "/", NULL, MS_REMOUNT | MS_BIND, NULL) == 0 || chroot("/") == 0;
}

static bool makes_code(const struct test_place *place)
{
	(void)place;
	return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		    0) != MAP_FAILED;
}

static const struct attempt {
	const char *title;
	bool (*works)(const struct test_place *place);
	bool wanted; /* of a process that applies a layer; of another one nothing but reading */
	bool needs_seccomp;
} attempts[] = {
	{ "layers below are read", reads_below, true, false },
	{ "the target is read", reads_target, true, false },
	{ "files are made below the target", makes_files, true, false },
	{ "layers below are not written", writes_below, false, false },
	{ "nothing outside is read", reads_outside, false, false },
	{ "nothing outside is written", writes_outside, false, false },
	{ "nothing outside changes owner, mode or time", changes_outside, false, false },
	{ "no socket is opened", opens_sockets, false, true },
	{ "no process is made, no program executed", makes_processes, false, true },
	{ "no process is signalled, traced or limited", reaches_processes, false, true },
	{ "no namespace is made, nothing mounted", changes_namespaces, false, true },
	{ "no code is made", makes_code, false, true },
};

static void prepare(struct test_place *place)
{
	snprintf(place->path, sizeof(place->path), "/tmp/ctnr-confine.XXXXXX");
	if (!mkdtemp(place->path))
		abort();
	place->dirfd = open(place->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (mkdirat(place->dirfd, "target", 0755) < 0 || mkdirat(place->dirfd, "below", 0755) < 0)
		abort();
	place->target = openat(place->dirfd, "target", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	place->below = openat(place->dirfd, "below", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	close(openat(place->dirfd, "file", O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
	close(openat(place->below, "file", O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
}

static const struct confine_profile reading_profile = { .may = CONFINE_READ };
static const struct confine_profile computing_profile = { 0 };

/* In a child: one answer a byte. Then wait to be looked at. */
static void confined(const struct test_place *place, const struct confine_profile *profile,
		     int answers, int go)
{
	bool writes = profile->may & CONFINE_WRITE;
	struct confine_place confined_to = { writes ? place->target : -1,
					     profile->may ? place->below : -1 };
	struct identity identity;
	struct error err = { 0 };
	bool answer;
	char byte;

	if (identity_probe(&identity, &err) < 0 || identity_enter(&identity, &err) < 0)
		_exit(2);
	close(place->dirfd);
	if (place->reads_target) {
		confined_to.more = &place->target;
		confined_to.n_more = 1;
	}
	if (confine(profile, &confined_to, &err) < 0)
		_exit(3);
	for (size_t i = 0; i < array_size(attempts); i++) {
		if (!HAS_SECCOMP && attempts[i].needs_seccomp)
			continue;
		answer = attempts[i].works(place);
		if (write(answers, &answer, 1) != 1)
			_exit(4);
	}
	if (read(go, &byte, 1) < 0)
		_exit(5);
	_exit(0);
}

static void look_at(pid_t pid, uint64_t allowed_capabilities)
{
	autofree char *path = xasprintf("/proc/%d/status", (int)pid);
	autostr struct str text = STR_INIT;
	uint64_t capabilities = UINT64_MAX;
	const char *at;

	ok(file_read_at(AT_FDCWD, path, 65536, &text, NULL) == 0, "it can be looked at");
	ok(strstr(text.data, "\nNoNewPrivs:\t1\n"), "its privileges cannot grow");
	if (HAS_SECCOMP)
		ok(strstr(text.data, "\nSeccomp:\t2\n"), "its system calls are filtered");
	at = strstr(text.data, "\nCapPrm:\t");
	if (at)
		capabilities = strtoull(at + strlen("\nCapPrm:\t"), NULL, 16);
	ok((capabilities & ~allowed_capabilities) == 0, "its capabilities are over files only");
}

static void try_all(struct test_place *place, const struct confine_profile *profile,
		    uint64_t allowed_capabilities)
{
	bool writes = profile->may & CONFINE_WRITE;
	int answers[2];
	int go[2];
	pid_t pid;

	prepare(place);
	if (pipe2(answers, O_CLOEXEC) < 0 || pipe2(go, O_CLOEXEC) < 0)
		abort();
	pid = fork();
	if (pid == 0) {
		close(go[1]);
		confined(place, profile, answers[1], go[0]);
	}
	close(answers[1]);
	for (size_t i = 0; i < array_size(attempts); i++) {
		bool reads = profile->may &&
			     (attempts[i].works == reads_below ||
			      (attempts[i].works == reads_target && place->reads_target));
		bool wanted = attempts[i].wanted && (writes || reads);
		bool answer = !wanted;

		if (!HAS_SECCOMP && attempts[i].needs_seccomp)
			continue;
		ok(read(answers[0], &answer, 1) == 1 && answer == wanted, attempts[i].title);
	}
	look_at(pid, allowed_capabilities);
	close(go[1]);
	is_int(process_wait(pid, NULL), 0, "the confined process ends by itself");
	close(answers[0]);
	close(go[0]);
	close(place->target);
	close(place->below);
	close(place->dirfd);
	tree_remove_at(AT_FDCWD, place->path, NULL);
}

int main(void)
{
	struct test_place place = { .reads_target = false };

	/* CHOWN, DAC_OVERRIDE, FOWNER, FSETID, MKNOD, SETFCAP */
	try_all(&place, &changeset_profile, 0x8800001bULL);
	/* DAC_READ_SEARCH */
	try_all(&place, &reading_profile, 0x4);
	try_all(&place, &computing_profile, 0);
	place.reads_target = true;
	try_all(&place, &reading_profile, 0x4);
	return done_testing();
}
