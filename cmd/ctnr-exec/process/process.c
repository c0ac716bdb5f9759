/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The order of the last steps, and why. Before them, while the host's /proc is there: what may happen to the
 * process by its score (oom_score.h), and what execve(2) is to change it to (label.h).
 *
 *  1. Working directory: opened beneath the root without magic links, so that "/proc/self/fd/7"
 *     is refused, and then looked at once more by getcwd (CVE-2024-21626). In a container that runs, with
 *     no more rights than its root has, or else, last of all, with those of the payload.
 *  2. Limits. Every descriptor but 0, 1, 2 and those to keep is marked to close:
 *     ours, and what the caller leaked to us; no filter has to allow that.
 *  3. Scheduler, I/O priority, memory policy, personality: the privileges of the runtime are still there,
 *     and RLIMIT_NICE and RLIMIT_RTPRIO of step 2 allow what they do not.
 *  4. Bounding set, groups, group, user, the other sets. Each needs what the next takes away. Without
 *     no_new_privs the kernel takes a filter from CAP_SYS_ADMIN only, so that one stays permitted until 7,
 *     and effective is none that the payload has not: what is looked up is looked up with its rights.
 *     A process that waits for its start keeps CAP_SYS_PTRACE in the same way: it has no filter yet and
 *     holds the FIFO of its start, and others of its user that are in the container already are to take
 *     neither.
 *  5. PR_SET_PDEATHSIG again, for the change of user has cleared it.
 *  6. HOME from the container's /etc/passwd, which is opened with the rights of the payload.
 *  7. no_new_privs; the hooks of startContainer; the filter. It is in force for execve(2) alone, so that it has
 *     to allow, and notifies of, no more than the payload needs. execve(2) makes the capabilities anew out
 *     of the bounding, inheritable and ambient sets: what stayed permitted is not the payload's.
 *
 * Between 5 and 6 the command is looked up, and a container that was created waits for its start.
 */
#include "process/process.h"

#include "process/capability.h"
#include "process/home.h"
#include "process/label.h"
#include "process/memory_policy.h"
#include "process/oom_score.h"
#include "process/rlimit.h"
#include "process/scheduler.h"

#include "base/alloc.h"
#include "base/str.h"
#include "oci/runtime.h"
#include "system/capability.h"
#include "system/fd.h"
#include "system/path.h"
#include "system/path_make.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV /* headers older than Linux 5.19 */
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif

int process_prepare(struct process_config *process, struct error *err)
{
	if (labels_prepare(process, err) < 0 || rlimits_prepare(&process->rlimits, err) < 0)
		return -1;
	return oom_score_prepare(process, err);
}

/* makes: a directory that is missing is made. */
static int enter_cwd(const char *cwd, bool makes, struct error *err)
{
	autoclose int root = -EBADF;
	autoclose int fd = -EBADF;
	char proof[4096];

	if (strcmp(cwd, "/") == 0)
		return 0;
	root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		return error_errno(err, "cannot open the root directory");
	fd = path_open(root, cwd, O_PATH | O_DIRECTORY, 0, PATH_IN_ROOT);
	if (fd < 0 && errno == ENOENT && makes) {
		const struct path_maker maker = { .root = root };

		fd = path_make(&maker, cwd, PATH_DIRECTORY, NULL);
	}
	if (fd < 0 || fchdir(fd) < 0)
		return error_errno(err, "cannot enter working directory '%s'", cwd);
	if (syscall(SYS_getcwd, proof, sizeof(proof)) < 0 || proof[0] != '/')
		return error_set(err, ERROR_FAILED,
				 "working directory '%s' is outside the container", cwd);
	return 0;
}

/* First with the rights of the container's root, as for its first process. Where these do not suffice,
 * *ret_denied is true: those of the payload may. */
static int enter_joined_cwd(const struct process_config *process, bool *ret_denied,
			    struct error *err)
{
	struct capability_sets before;
	struct error cause = { 0 };
	int entered;

	if (capabilities_narrow(&process->capabilities, &before, err) < 0)
		return -1;
	entered = enter_cwd(process->cwd, false, &cause);
	if (capability_set(&before, err) < 0)
		return -1;
	*ret_denied = entered < 0 && cause.saved_errno == EACCES;
	return entered == 0 || *ret_denied ? 0 : error_move(err, &cause);
}

static int identity_error(struct error *err)
{
	return error_errno_is(err, EINVAL)
		       ? error_hint(err, "the user namespace does not map these IDs")
		       : -1;
}

static int set_groups(const struct payload *payload, struct error *err)
{
	const struct process_config *process = payload->process;

	/* With one ID the kernel does not let go of groups, and none were asked for
	 * (namespaces_prepare). */
	if (payload->keeps_groups)
		return 0;
	/* In a user namespace that was made without privilege, ours or one around us, the kernel
	 * refuses setgroups(2) too. */
	if (setgroups(process->n_groups, process->groups) < 0 &&
	    (process->n_groups || errno != EPERM)) {
		error_errno(err, "cannot set additional groups");
		return identity_error(err);
	}
	return 0;
}

static int set_user(const struct payload *payload, struct error *err)
{
	uid_t uid = payload->process->uid;
	gid_t gid = payload->process->gid;

	if (set_groups(payload, err) < 0)
		return -1;
	if (setresgid(gid, gid, gid) < 0 || setresuid(uid, uid, uid) < 0) {
		error_errno(err, "cannot become user %u, group %u", uid, gid);
		return identity_error(err);
	}
	umask(payload->process->umask);
	return 0;
}

/* How the kernel is to run the process. */
static int set_execution(const struct payload *payload, struct error *err)
{
	const struct process_config *process = payload->process;
	const struct personality_config *wanted = payload->personality;

	if (scheduler_apply(&process->scheduler, err) < 0 ||
	    io_priority_apply(&process->io_priority, err) < 0 ||
	    memory_policy_apply(payload->memory_policy, err) < 0)
		return -1;
	if (wanted->is_asked && personality(wanted->persona) < 0)
		return error_errno(err, "cannot set linux.personality");
	return 0;
}

#define FILTER_PRIVILEGE (UINT64_C(1) << CAP_SYS_ADMIN)

/* Does loading the filter take a privilege? */
static bool keeps_privilege(const struct payload *payload)
{
	return payload->filter->data && !payload->process->no_new_privileges;
}

/* Until here no program of ours gets those that are the payload's (handover_take()). */
static int keep_descriptors(unsigned n, struct error *err)
{
	for (int fd = 3; fd < 3 + (int)n; fd++)
		if (fcntl(fd, F_SETFD, 0) < 0)
			return error_errno(err, "cannot keep fd %d", fd);
	if (close_range(3 + n, ~0U, CLOSE_RANGE_CLOEXEC) < 0)
		return error_errno(err, "cannot close our descriptors");
	return 0;
}

/* What stays permitted until execve(2). The kernel lets no process of the container look into one that has a
 * capability more, unless it has CAP_SYS_PTRACE itself. */
static uint64_t kept_privileges(const struct payload *payload)
{
	return (keeps_privilege(payload) ? FILTER_PRIVILEGE : 0) |
	       (payload->waits ? UINT64_C(1) << CAP_SYS_PTRACE : 0);
}

int process_confine(const struct payload *payload, struct error *err)
{
	const struct process_config *process = payload->process;
	bool denied = false;

	if ((payload->is_joined ? enter_joined_cwd(process, &denied, err)
				: enter_cwd(process->cwd, true, err)) < 0 ||
	    rlimits_apply(&process->rlimits, err) < 0)
		return -1;
	if (keep_descriptors(payload->preserve_fds, err) < 0)
		return -1;
	if (set_execution(payload, err) < 0 ||
	    capabilities_bound(&process->capabilities, err) < 0 || set_user(payload, err) < 0 ||
	    capabilities_apply(&process->capabilities, kept_privileges(payload), err) < 0 ||
	    (denied && enter_cwd(process->cwd, false, err) < 0))
		return -1;
	if (payload->dies_with_parent && prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0)
		return error_errno(err, "cannot tie the process to its caller");
	return 0;
}

static int execute_error(const char *file, int number, struct error *err)
{
	errno = number;
	error_errno(err, "cannot execute '%s'", file);
	if (number != ENOENT && number != ENOTDIR && number != ELOOP) {
		error_recode(err, ERROR_NOT_EXECUTABLE);
		if (number == ENOEXEC)
			error_hint(err, "it is for another architecture, or a script without #!");
		return -1;
	}
	error_recode(err, ERROR_NO_COMMAND);
	if (access(file, F_OK) == 0)
		error_hint(err,
			   "the file is there: its interpreter (of #!, or the loader) is missing");
	return -1;
}

static const char *find_path(char *const *env)
{
	for (; env && *env; env++)
		if (str_starts_with(*env, "PATH="))
			return *env + strlen("PATH=");
	return RUNTIME_DEFAULT_PATH;
}

/* 0 where a file can be executed as far as can be seen, else an errno. What the kernel does not tell
 * (a filter around us may deny these calls) is left to execve(2). */
static int judge_file(const char *file)
{
	struct stat st;

	if (faccessat(AT_FDCWD, file, X_OK, AT_EACCESS) < 0)
		return errno == EPERM || errno == ENOSYS ? 0 : errno;
	return stat(file, &st) == 0 && !S_ISREG(st.st_mode) ? EACCES : 0;
}

/* execvp(3), with the container's PATH: what may not be executed in one directory does not hide
 * what is found in a later one. */
static char *search_path(const char *directory, const char *name, struct error *err)
{
	autostr struct str file = STR_INIT;
	int worst = ENOENT;

	for (;; directory++) {
		size_t len = strcspn(directory, ":");
		int fault;

		str_clear(&file);
		str_append_bytes(&file, len ? directory : ".", len ? len : 1);
		str_append_char(&file, '/');
		str_append(&file, name);
		fault = judge_file(file.data);
		if (!fault)
			return str_steal(&file);
		if (fault == EACCES)
			worst = EACCES;
		directory += len;
		if (!*directory)
			break;
	}
	if (worst == EACCES)
		execute_error(name, EACCES, err);
	else
		error_set(err, ERROR_NO_COMMAND,
			  "cannot execute '%s': executable file not found in $PATH", name);
	return NULL;
}

char *process_find_command(const struct payload *payload, struct error *err)
{
	const char *name = payload->process->args.items[0];
	int fault;

	if (!*name) {
		error_set(err, ERROR_NO_COMMAND, "process.args[0] is empty");
		return NULL;
	}
	if (!strchr(name, '/'))
		return search_path(find_path(payload->process->env.items), name, err);
	fault = judge_file(name);
	if (!fault)
		return xstrdup(name);
	execute_error(name, fault, err);
	return NULL;
}

/* process.env, with HOME. New array of borrowed strings. */
static char **make_env(const struct payload *payload, char *home)
{
	const struct strlist *env = &payload->process->env;
	struct listen_fds *listen_fds = payload->listen_fds;
	char **all = xcalloc(env->len + LISTEN_FDS_VARIABLES + 2, sizeof(*all));
	size_t len = 0;

	for (size_t i = 0; i < env->len; i++)
		if (!listen_fds || !listen_fds_has_variable(listen_fds, env->items[i]))
			all[len++] = env->items[i];
	if (listen_fds)
		len = listen_fds_append(listen_fds, all, len);
	all[len] = home;
	return all;
}

int process_load_filter(const struct payload *payload, struct error *err)
{
	struct seccomp_filter filter = *payload->filter;

	filter.flags &= ~(uint32_t)(SECCOMP_FILTER_FLAG_NEW_LISTENER |
				    SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV);
	if (keeps_privilege(payload) && capabilities_raise(FILTER_PRIVILEGE, err) < 0)
		return -1;
	return seccomp_filter_load(&filter, err);
}

int process_execute(const struct payload *payload, const char *file, struct error *err)
{
	const struct process_config *process = payload->process;
	autofree char *home = home_find(&process->env, process->uid);
	autofree char **env = make_env(payload, home);

	if (process->no_new_privileges && (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0))
		return error_errno(err, "cannot set no_new_privs");
	if (payload->prepare && payload->prepare(payload->prepare_data, err) < 0)
		return -1;
	if (keeps_privilege(payload) && capabilities_raise(FILTER_PRIVILEGE, err) < 0)
		return -1;
	if (seccomp_listener_load(payload->listener, payload->filter, payload->pid, err) < 0)
		return -1;
	execve(file, process->args.items, env);
	return execute_error(file, errno, err);
}
