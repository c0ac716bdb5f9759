/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The identity ladder.
 *
 * Order in identity_probe(): privileged first (nothing is read but the capabilities and the maps);
 * then subordinate IDs, which need all of: no no_new_privs, newuidmap and newgidmap that are
 * set-uid or carry file capabilities, and a range in both files; then one ID.  What stood in the
 * way of a higher rung is kept in why and grant.
 *
 * Order in identity_enter(): a helper child is made first, in the old namespace; then this process
 * unshares and tells it; the child writes the maps from outside and ends; then this process
 * becomes 0:0.
 */
#include "system/identity.h"

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/fnv.h"
#include "base/str.h"
#include "system/capability.h"
#include "system/fd.h"
#include "system/fd_pass.h"
#include "system/process.h"
#include "system/subid.h"
#include "system/userdb.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <inttypes.h>
#include <linux/capability.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define SUBID_FIRST 100000 /* where useradd(8) begins */
#define SUBID_COUNT 65536 /* all that images of most distributions use */

int identity_outside_uid(uid_t *ret, struct error *err)
{
	struct idmap map = { 0 };
	uint32_t uid = geteuid();

	if (idmap_read("/proc/self/uid_map", &map, err) < 0)
		return -1;
	idmap_to_outside(&map, uid, &uid);
	*ret = uid;
	return 0;
}

bool identity_is_real_root(void)
{
	struct idmap map = { 0 };

	return geteuid() == 0 && idmap_read("/proc/self/uid_map", &map, NULL) == 0 &&
	       idmap_is_whole(&map);
}

/* Find one of the map writers; false with why when it cannot do its work. */
static bool find_map_writer(const char *name, char path[SUBID_WRITER_PATH_MAX], struct identity *id)
{
	switch (subid_find_writer(name, path)) {
	case SUBID_WRITER_READY:
		return true;
	case SUBID_WRITER_MISSING:
		snprintf(id->why, sizeof(id->why), "%s is not installed", name);
		snprintf(id->grant, sizeof(id->grant), "apt-get install uidmap");
		return false;
	case SUBID_WRITER_POWERLESS:
		break;
	}
	snprintf(id->why, sizeof(id->why), "%.64s is not set-uid root", path);
	snprintf(id->grant, sizeof(id->grant), "chown root %.64s && chmod u+s %.64s", path, path);
	return false;
}

static bool probe_subordinate(struct identity *id)
{
	autostr struct str text = STR_INIT;
	struct userdb_user user = { 0 };
	uint64_t free_from = SUBID_FIRST;

	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1) {
		snprintf(id->why, sizeof(id->why), "no_new_privs is set, which disables newuidmap");
		return false;
	}
	if (!find_map_writer("newuidmap", id->newuidmap, id) ||
	    !find_map_writer("newgidmap", id->newgidmap, id))
		return false;
	userdb_find(id->uid, &text, &user);
	id->uids.len = 0;
	id->gids.len = 0;
	idmap_add(&id->uids, 0, id->uid, 1, NULL);
	idmap_add(&id->gids, 0, id->gid, 1, NULL);
	subid_add_ranges("/etc/subuid", user.name, id->uid, &id->uids, &free_from);
	subid_add_ranges("/etc/subgid", user.name, id->uid, &id->gids, &free_from);
	if (id->uids.len > 1 && id->gids.len > 1)
		return true;
	snprintf(id->why, sizeof(id->why), "no range for %s in %s",
		 user.name ? user.name : "this user",
		 id->uids.len > 1 ? "/etc/subgid" : "/etc/subuid");
	snprintf(id->grant, sizeof(id->grant),
		 "usermod --add-subuids %" PRIu64 "-%" PRIu64 " --add-subgids %" PRIu64 "-%" PRIu64
		 " %s",
		 free_from, free_from + SUBID_COUNT - 1, free_from, free_from + SUBID_COUNT - 1,
		 user.name ? user.name : "USER");
	return false;
}

/* Is there a sysctl that forbids user namespaces? */
static bool sysctl_is_zero(const char *path)
{
	autostr struct str text = STR_INIT;

	return file_read_at(AT_FDCWD, path, 64, &text, NULL) == 0 && strcmp(text.data, "0\n") == 0;
}

static bool namespaces_forbidden(struct identity *id)
{
	if (access("/proc/self/ns/user", F_OK) < 0) {
		snprintf(id->why, sizeof(id->why), "the kernel has no user namespaces");
		return true;
	}
	if (sysctl_is_zero("/proc/sys/user/max_user_namespaces")) {
		snprintf(id->why, sizeof(id->why), "user.max_user_namespaces is 0");
		snprintf(id->grant, sizeof(id->grant), "sysctl -w user.max_user_namespaces=15000");
		return true;
	}
	if (sysctl_is_zero("/proc/sys/kernel/unprivileged_userns_clone")) {
		snprintf(id->why, sizeof(id->why), "kernel.unprivileged_userns_clone is 0");
		snprintf(id->grant, sizeof(id->grant),
			 "sysctl -w kernel.unprivileged_userns_clone=1");
		return true;
	}
	return false;
}

int identity_probe(struct identity *ret, struct error *err)
{
	struct identity id = { .uid = geteuid(), .gid = getegid() };

	if (capability_has(CAP_SYS_ADMIN)) {
		id.rung = IDENTITY_PRIVILEGED;
		if (idmap_read("/proc/self/uid_map", &id.uids, err) < 0 ||
		    idmap_read("/proc/self/gid_map", &id.gids, err) < 0)
			return -1;
		id.real_root = idmap_is_whole(&id.uids) && idmap_is_whole(&id.gids);
	} else if (namespaces_forbidden(&id)) {
		id.rung = IDENTITY_NONE;
	} else if (probe_subordinate(&id)) {
		id.rung = IDENTITY_SUBORDINATE;
		snprintf(id.why, sizeof(id.why), "not root");
	} else {
		id.rung = IDENTITY_SINGLE;
		identity_map_single(&id, 0, 0);
	}
	*ret = id;
	return 0;
}

void identity_map_single(struct identity *identity, uid_t inside_uid, gid_t inside_gid)
{
	identity->uids.len = 0;
	identity->gids.len = 0;
	idmap_add(&identity->uids, inside_uid, identity->uid, 1, NULL);
	idmap_add(&identity->gids, inside_gid, identity->gid, 1, NULL);
}

void identity_idmap_name(const struct identity *identity, char name[IDMAP_NAME_MAX])
{
	uint64_t hash;

	if (identity->real_root) {
		snprintf(name, IDMAP_NAME_MAX, "0");
	} else if (identity_has_one_id(identity)) {
		snprintf(name, IDMAP_NAME_MAX, "1");
	} else {
		/* It tells maps apart, nothing more, and needs no libcrypto on a warm run. */
		hash = idmap_hash(idmap_hash(FNV_START, &identity->uids), &identity->gids);
		snprintf(name, IDMAP_NAME_MAX, "%012" PRIx64, hash & 0xffffffffffff);
	}
}

bool identity_has_one_id(const struct identity *identity)
{
	return idmap_is_single(&identity->uids);
}

static int write_proc(pid_t pid, const char *file, const char *text, struct error *err)
{
	char path[64];
	autoclose int fd = -EBADF;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return error_errno(err, "cannot open '%s'", path);
	/* The kernel takes a map in one write only. */
	if (write(fd, text, strlen(text)) < 0)
		return error_errno(err, "cannot write '%s'", path);
	return 0;
}

static int write_direct(const struct identity *id, pid_t child, struct error *err)
{
	char text[64];

	snprintf(text, sizeof(text), "%u %u 1\n", id->uids.ranges[0].inside,
		 id->uids.ranges[0].outside);
	if (write_proc(child, "uid_map", text, err) < 0)
		return -1;
	/* An unprivileged gid_map needs setgroups denied first (user_namespaces(7)). */
	if (write_proc(child, "setgroups", "deny", err) < 0)
		return -1;
	snprintf(text, sizeof(text), "%u %u 1\n", id->gids.ranges[0].inside,
		 id->gids.ranges[0].outside);
	return write_proc(child, "gid_map", text, err);
}

static pid_t spawn_map_writer(const char *program, pid_t child, const struct idmap *map,
			      struct error *err)
{
	static const int stdio[3] = { -1, -1, -1 };
	autostrlist struct strlist argv = STRLIST_INIT;

	strlist_append(&argv, program);
	strlist_take(&argv, xasprintf("%d", (int)child));
	for (size_t i = 0; i < map->len; i++) {
		strlist_take(&argv, xasprintf("%u", map->ranges[i].inside));
		strlist_take(&argv, xasprintf("%u", map->ranges[i].outside));
		strlist_take(&argv, xasprintf("%u", map->ranges[i].count));
	}
	return process_spawn(argv.items, stdio, err);
}

static int wait_map_writer(const char *program, pid_t pid, struct error *err)
{
	int status = process_wait(pid, err);

	if (status < 0)
		return -1;
	if (status == 0)
		return 0;
	error_set(err, ERROR_FAILED, "%s failed with status %d", program, status);
	return error_hint(err, "check this user's lines in /etc/subuid and /etc/subgid");
}

int identity_write_maps(const struct identity *identity, pid_t child, struct error *err)
{
	pid_t uid_writer;
	pid_t gid_writer;
	int result;

	if (identity_has_one_id(identity))
		return write_direct(identity, child, err);
	uid_writer = spawn_map_writer(identity->newuidmap, child, &identity->uids, err);
	if (uid_writer < 0)
		return -1;
	gid_writer = spawn_map_writer(identity->newgidmap, child, &identity->gids, err);
	if (gid_writer < 0) {
		process_wait(uid_writer, NULL);
		return -1;
	}
	result = wait_map_writer(identity->newuidmap, uid_writer, err);
	if (wait_map_writer(identity->newgidmap, gid_writer, result < 0 ? NULL : err) < 0)
		result = -1;
	return result;
}

/* The child outside: waits for a byte, writes the parent's maps, sends its error back. */
static _Noreturn void map_parent(const struct identity *id, pid_t parent, int go, int report)
{
	struct error err = { 0 };
	char byte;

	if (fd_read_full(go, &byte, 1) != 1)
		_exit(1);
	if (identity_write_maps(id, parent, &err) == 0)
		_exit(0);
	if (fd_write_all(report, &err, sizeof(err)) < 0)
		_exit(2);
	_exit(1);
}

static int refused_error(struct error *err)
{
	error_errno(err, "cannot create a user namespace");
	if (errno == EPERM || errno == EACCES)
		error_hint(
			err,
			"a chroot, seccomp, AppArmor or a container around forbids it: 'ctnr doctor' tells which");
	else if (errno == ENOSPC || errno == EUSERS)
		error_hint(err, "raise user.max_user_namespaces, or nest less deeply");
	return -1;
}

static int finish_enter(const struct identity *id, pid_t helper, int go, int report,
			struct error *err)
{
	struct error theirs;
	int status;

	if (fd_write_all(go, "g", 1) < 0)
		return error_errno(err, "cannot start the map writer");
	status = process_wait(helper, err);
	if (status < 0)
		return -1;
	if (status != 0) {
		if (fd_read_full(report, &theirs, sizeof(theirs)) == sizeof(theirs))
			return error_move(err, &theirs);
		return error_set(err, ERROR_FAILED, "the map writer failed with status %d", status);
	}
	if (setresgid(id->gids.ranges[0].inside, id->gids.ranges[0].inside,
		      id->gids.ranges[0].inside) < 0 ||
	    setresuid(id->uids.ranges[0].inside, id->uids.ranges[0].inside,
		      id->uids.ranges[0].inside) < 0)
		return error_errno(err, "cannot become root in the user namespace");
	/* Supplementary groups of the caller mean nothing inside. */
	if (id->rung == IDENTITY_SUBORDINATE && setgroups(0, NULL) < 0)
		return error_errno(err, "cannot drop supplementary groups");
	return 0;
}

int identity_enter(const struct identity *identity, struct error *err)
{
	int go[2];
	int report[2];
	pid_t parent = getpid();
	pid_t helper;

	if (identity->rung == IDENTITY_PRIVILEGED)
		return 0;
	if (identity->rung == IDENTITY_NONE) {
		error_set(err, ERROR_FAILED, "user namespaces are not available: %s",
			  identity->why);
		if (identity->grant[0])
			error_hint(err, "ask the administrator for: %s", identity->grant);
		return -1;
	}
	if (pipe2(go, O_CLOEXEC) < 0)
		return error_errno(err, "cannot create a pipe");
	autoclose int go_read = go[0];
	autoclose int go_write = go[1];

	if (pipe2(report, O_CLOEXEC) < 0)
		return error_errno(err, "cannot create a pipe");
	autoclose int report_read = report[0];
	autoclose int report_write = report[1];

	helper = fork();
	if (helper < 0)
		return error_errno(err, "cannot fork");
	if (helper == 0) {
		close(go_write);
		close(report_read);
		map_parent(identity, parent, go_read, report_write);
	}
	fd_close(&report_write);
	if (unshare(CLONE_NEWUSER) < 0) {
		refused_error(err);
		fd_close(&go_write);
		process_wait(helper, NULL);
		return -1;
	}
	return finish_enter(identity, helper, go_write, report_read, err);
}

struct errand {
	const struct identity *identity;
	pid_t parent;
	int (*work)(void *data, struct error *err);
	void *data;
};

static int run_errand(void *data, struct error *err)
{
	const struct errand *errand = data;

	if (identity_enter(errand->identity, err) < 0)
		return -1;
	/* The work ends with the process that wants it. Changing IDs would have undone this. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0)
		return error_errno(err, "cannot tie a child to its parent");
	if (getppid() != errand->parent)
		return error_set(err, ERROR_FAILED, "the parent has ended");
	return errand->work(errand->data, err);
}

int identity_run(const struct identity *identity, int (*work)(void *data, struct error *err),
		 void *data, struct error *err)
{
	struct errand errand = { identity, getpid(), work, data };

	if (identity->rung == IDENTITY_PRIVILEGED)
		return work(data, err);
	return process_call(run_errand, &errand, err);
}

/* What identity_open() calls in the user namespace. */
struct opening {
	int (*open)(void *data, struct error *err);
	void *data;
	int socket; /* takes the descriptor */
};

static int open_and_send(void *data, struct error *err)
{
	const struct opening *opening = data;
	autoclose int fd = opening->open(opening->data, err);

	if (fd < 0)
		return -1;
	return fd_pass_send(opening->socket, fd) < 0 ? error_errno(err, "cannot hand over a file")
						     : 0;
}

static int open_inside(const struct identity *identity, struct opening *opening, struct error *err)
{
	int ends[2];
	int fd;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return error_errno(err, "cannot create a socket");
	autoclose int ours = ends[0];
	autoclose int theirs = ends[1];

	opening->socket = theirs;
	if (identity_run(identity, open_and_send, opening, err) < 0)
		return -1;
	fd = fd_pass_receive(ours);
	return fd < 0 ? error_errno(err, "cannot take over a file") : fd;
}

int identity_open(const struct identity *identity, int (*open)(void *data, struct error *err),
		  void *data, struct error *err)
{
	struct opening opening = { open, data, -EBADF };
	struct error cause = { 0 };
	int fd = open(data, &cause);

	if (fd >= 0)
		return fd;
	if (cause.saved_errno != EACCES || !identity || identity->rung == IDENTITY_PRIVILEGED ||
	    identity->rung == IDENTITY_NONE)
		return error_move(err, &cause);
	return open_inside(identity, &opening, err);
}
