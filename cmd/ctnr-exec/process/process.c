/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The order of the last steps, and why:
 *
 *  1. Working directory: opened beneath the root without magic links, so that "/proc/self/fd/7"
 *     is refused, and then looked at once more by getcwd (CVE-2024-21626).
 *  2. Limits, while we may raise them. Every descriptor but 0, 1, 2 is marked to close: ours, and
 *     what the caller leaked to us; no filter has to allow that.
 *  3. The filter, when no_new_privs is not asked for: the kernel takes one from CAP_SYS_ADMIN only.
 *  4. Bounding set, groups, group, user, the other sets. Each needs what the next takes away.
 *  5. PR_SET_PDEATHSIG again, for the change of user has cleared it.
 *  6. no_new_privs and the filter, last, so that it has to allow no more than the payload needs.
 */
#include "process/process.h"

#include "process/rlimit.h"

#include "base/alloc.h"
#include "base/str.h"
#include "oci/runtime.h"
#include "system/fd.h"
#include "system/path.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define GROUPS_MAX 65536

int process_set_oom_score(const struct jnode *process, struct error *err)
{
	struct jnode node = jnode_member(process, "oomScoreAdj");
	autoclose int fd = -EBADF;
	int64_t score;
	char text[16];

	if (!jnode_is_present(&node))
		return 0;
	if (jnode_integer(&node, -1000, 1000, &score, err) < 0)
		return -1;
	snprintf(text, sizeof(text), "%d", (int)score);
	/* The files in /proc of a process that hides belong to the host's root. */
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
	fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
	if (fd < 0 || fd_write_all(fd, text, strlen(text)) < 0)
		return error_errno(err, "cannot set process.oomScoreAdj to %s", text);
	return 0;
}

int process_uid(const struct jnode *process, uid_t *ret, struct error *err)
{
	struct jnode user = jnode_member(process, "user");
	struct jnode node = jnode_member(&user, "uid");
	int64_t uid = 0;

	if (jnode_integer_opt(&node, 0, UINT32_MAX - 1, &uid, err) < 0)
		return -1;
	*ret = (uid_t)uid;
	return 0;
}

static int enter_cwd(const struct jnode *process, struct error *err)
{
	struct jnode node = jnode_member(process, "cwd");
	autoclose int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	autoclose int fd = -EBADF;
	const char *cwd;
	char proof[4096];

	if (jnode_string(&node, &cwd, err) < 0)
		return -1;
	if (cwd[0] != '/')
		return jnode_error(&node, err, "'%s' is not absolute", cwd);
	if (strcmp(cwd, "/") == 0)
		return 0;
	fd = path_open(root, cwd, O_PATH | O_DIRECTORY, 0, PATH_IN_ROOT);
	if (fd < 0 && errno == ENOENT)
		fd = path_make_dirs(root, cwd, 0755, NULL, NULL);
	if (fd < 0 || fchdir(fd) < 0)
		return error_errno(err, "cannot enter working directory '%s'", cwd);
	if (syscall(SYS_getcwd, proof, sizeof(proof)) < 0 || proof[0] != '/')
		return error_set(err, ERROR_FAILED,
				 "working directory '%s' is outside the container", cwd);
	return 0;
}

static int set_groups(const struct container *c, const struct jnode *user, struct error *err)
{
	struct jnode list = jnode_member(user, "additionalGids");
	autofree gid_t *groups = NULL;
	size_t len;

	if (jnode_array(&list, &len, err) < 0)
		return -1;
	if (len > GROUPS_MAX)
		return jnode_error(&list, err, "more than %d groups", GROUPS_MAX);
	groups = xcalloc(len + 1, sizeof(*groups));
	for (size_t i = 0; i < len; i++) {
		struct jnode item = jnode_element(&list, i);
		int64_t gid;

		if (jnode_integer(&item, 0, UINT32_MAX - 1, &gid, err) < 0)
			return -1;
		groups[i] = (gid_t)gid;
	}
	/* With one ID the kernel does not let go of groups: they might be there to deny access. */
	if (c->namespaces.userns == USERNS_SELF)
		return len ? jnode_error(&list, err, "additional groups need subordinate IDs") : 0;
	/* So it is in any user namespace that was made without privilege, ours or one around us. */
	if (setgroups(len, groups) < 0 && (len || errno != EPERM))
		return error_errno(err, "cannot set additional groups");
	return 0;
}

static int set_user(const struct container *c, const struct jnode *process, struct error *err)
{
	struct jnode user = jnode_member(process, "user");
	struct jnode gid_node = jnode_member(&user, "gid");
	struct jnode umask_node = jnode_member(&user, "umask");
	int64_t gid = 0, mask = 022;
	uid_t uid;

	if (process_uid(process, &uid, err) < 0 ||
	    jnode_integer_opt(&gid_node, 0, UINT32_MAX - 1, &gid, err) < 0 ||
	    jnode_integer_opt(&umask_node, 0, 0777, &mask, err) < 0 ||
	    set_groups(c, &user, err) < 0)
		return -1;
	if (setresgid((gid_t)gid, (gid_t)gid, (gid_t)gid) < 0 || setresuid(uid, uid, uid) < 0) {
		error_errno(err, "cannot become user %u, group %u", uid, (unsigned)gid);
		return err->saved_errno == EINVAL
			       ? error_hint(err, "the user namespace does not map these IDs")
			       : -1;
	}
	umask((mode_t)mask);
	return 0;
}

static int confine(const struct container *c, const struct jnode *process, struct error *err)
{
	struct jnode node = jnode_member(process, "noNewPrivileges");
	bool no_new_privileges = false;

	if (jnode_bool_opt(&node, &no_new_privileges, err) < 0)
		return -1;
	if (close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) < 0)
		return error_errno(err, "cannot close our descriptors");
	if ((!no_new_privileges && seccomp_filter_load(&c->filter, err) < 0) ||
	    capabilities_bound(&c->capabilities, err) < 0 || set_user(c, process, err) < 0 ||
	    capabilities_apply(&c->capabilities, err) < 0)
		return -1;
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0 ||
	    (no_new_privileges && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0))
		return error_errno(err, "cannot confine the process");
	return no_new_privileges ? seccomp_filter_load(&c->filter, err) : 0;
}

static int refuse(const char *file, int number, struct error *err)
{
	errno = number;
	error_errno(err, "cannot execute '%s'", file);
	if (number != ENOENT && number != ENOTDIR && number != ELOOP) {
		err->code = ERROR_NOT_EXECUTABLE;
		if (number == ENOEXEC)
			error_hint(err, "it is for another architecture, or a script without #!");
		return -1;
	}
	err->code = ERROR_NO_COMMAND;
	if (access(file, F_OK) == 0)
		error_hint(err,
			   "the file is there: its interpreter (of #!, or the loader) is missing");
	return -1;
}

static const char *find_path(char *const *env)
{
	for (; *env; env++)
		if (str_starts_with(*env, "PATH="))
			return *env + strlen("PATH=");
	return RUNTIME_DEFAULT_PATH;
}

/* execvp(3), with the container's PATH: what may not be executed in one directory does not hide
 * what is found in a later one. */
static int execute(char *const *argv, char *const *env, struct error *err)
{
	const char *directory = find_path(env);
	autostr struct str file = STR_INIT;
	int worst = ENOENT;

	if (!*argv[0])
		return error_set(err, ERROR_NO_COMMAND, "process.args[0] is empty");
	if (strchr(argv[0], '/')) {
		execve(argv[0], argv, env);
		return refuse(argv[0], errno, err);
	}
	for (;;) {
		size_t len = strcspn(directory, ":");

		str_clear(&file);
		str_append_bytes(&file, len ? directory : ".", len ? len : 1);
		str_append_char(&file, '/');
		str_append(&file, argv[0]);
		execve(file.data, argv, env);
		if (errno == EACCES)
			worst = EACCES;
		else if (errno != ENOENT && errno != ENOTDIR)
			return refuse(file.data, errno, err);
		else if (access(file.data, F_OK) == 0)
			return refuse(file.data, ENOENT, err);
		if (!directory[len])
			break;
		directory += len + 1;
	}
	if (worst == EACCES)
		return refuse(argv[0], EACCES, err);
	return error_set(err, ERROR_NO_COMMAND, "cannot execute '%s': command not found", argv[0]);
}

int process_execute(const struct container *c, struct error *err)
{
	struct jnode root = jnode_root(c->config, "config.json");
	struct jnode process = jnode_member(&root, "process");
	struct jnode args_node = jnode_member(&process, "args");
	struct jnode env_node = jnode_member(&process, "env");
	struct strlist args = STRLIST_INIT;
	struct strlist env = STRLIST_INIT;
	char *const empty[] = { NULL };

	if (jnode_strings(&args_node, &args, err) < 0 || jnode_strings(&env_node, &env, err) < 0)
		return -1;
	if (!args.len)
		return jnode_error(&args_node, err, "no command given");
	if (enter_cwd(&process, err) < 0 || rlimits_apply(&process, err) < 0 ||
	    confine(c, &process, err) < 0)
		return -1;
	return execute(args.items, env.items ? env.items : empty, err);
}
