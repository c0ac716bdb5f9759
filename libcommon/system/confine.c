/* SPDX-License-Identifier: Apache-2.0 */
#include "system/confine.h"

#include "base/cleanup.h"
#include "system/capability.h"
#include "system/fd.h"

#include <seccomp.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/landlock.h>
#include <sched.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ABI_REFER 2 /* of Landlock */
#define ABI_TRUNCATE 3
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE /* headers older than Linux 6.2 */
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)
#endif

#ifdef __SANITIZE_ADDRESS__
#define IS_SANITIZED true /* the sanitizers' own run-time needs more */
#else
#define IS_SANITIZED false
#endif

#define READ_ACCESS (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
/* Every right of the first version but the execution of programs. */
#define WRITE_ACCESS \
	(READ_ACCESS | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR | \
	 LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR | \
	 LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG | \
	 LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO | \
	 LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM | LANDLOCK_ACCESS_FS_REFER)

static int add_rule(int ruleset, int dirfd, uint64_t access, struct error *err)
{
	const struct landlock_path_beneath_attr rule = { access, dirfd };

	if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) < 0)
		return error_errno(err, "landlock");
	return 0;
}

static int add_rules_for_place(int ruleset, const struct confine_place *place,
			       uint64_t write_access, struct error *err)
{
	if (place->writable >= 0 && add_rule(ruleset, place->writable, write_access, err) < 0)
		return -1;
	if (place->readable >= 0 && add_rule(ruleset, place->readable, READ_ACCESS, err) < 0)
		return -1;
	for (size_t i = 0; i < place->n_more; i++)
		if (add_rule(ruleset, place->more[i], READ_ACCESS, err) < 0)
			return -1;
	return 0;
}

static int restrict_files(const struct confine_place *place, struct error *err)
{
	struct landlock_ruleset_attr attr = { .handled_access_fs =
						      WRITE_ACCESS | LANDLOCK_ACCESS_FS_EXECUTE };
	uint64_t write_access = WRITE_ACCESS;
	autoclose int ruleset = -EBADF;
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

	if (abi < ABI_REFER)
		return 0;
	if (abi >= ABI_TRUNCATE) {
		attr.handled_access_fs |= LANDLOCK_ACCESS_FS_TRUNCATE;
		write_access |= LANDLOCK_ACCESS_FS_TRUNCATE;
	}
	ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);
	if (ruleset < 0)
		return error_errno(err, "landlock");
	if (add_rules_for_place(ruleset, place, write_access, err) < 0)
		return -1;
	if (syscall(SYS_landlock_restrict_self, ruleset, 0) < 0)
		return error_errno(err, "landlock");
	return 0;
}

#define ALWAYS 0U

/* Which call is for what. */
static const struct allowed_call {
	unsigned int may; /* of enum confine_may, or ALWAYS */
	int number;
} allowed[] = {
	{ CONFINE_READ, SCMP_SYS(openat) },
	{ CONFINE_READ, SCMP_SYS(openat2) },
	{ CONFINE_READ, SCMP_SYS(pread64) },
	{ CONFINE_READ, SCMP_SYS(fstat) },
	{ CONFINE_READ, SCMP_SYS(newfstatat) },
	{ CONFINE_READ, SCMP_SYS(fstatat64) },
	{ CONFINE_READ, SCMP_SYS(fstat64) },
	{ CONFINE_READ, SCMP_SYS(statx) },
	{ CONFINE_READ, SCMP_SYS(readlinkat) },
	{ CONFINE_READ, SCMP_SYS(getdents64) },
	{ CONFINE_READ, SCMP_SYS(fadvise64) },
	{ CONFINE_READ, SCMP_SYS(fgetxattr) },
	{ CONFINE_READ, SCMP_SYS(flistxattr) },
	{ CONFINE_WRITE, SCMP_SYS(pwrite64) },
	{ CONFINE_WRITE, SCMP_SYS(mkdirat) },
	{ CONFINE_WRITE, SCMP_SYS(mknodat) },
	{ CONFINE_WRITE, SCMP_SYS(symlinkat) },
	{ CONFINE_WRITE, SCMP_SYS(linkat) },
	{ CONFINE_WRITE, SCMP_SYS(unlinkat) },
	{ CONFINE_WRITE, SCMP_SYS(ftruncate) },
	{ CONFINE_WRITE, SCMP_SYS(ftruncate64) },
	{ CONFINE_WRITE, SCMP_SYS(copy_file_range) },
	{ CONFINE_WRITE, SCMP_SYS(sync_file_range) },
	{ CONFINE_CHANGE_METADATA, SCMP_SYS(fchown) },
	{ CONFINE_CHANGE_METADATA, SCMP_SYS(fchownat) },
	{ CONFINE_CHANGE_METADATA, SCMP_SYS(fchmod) },
	{ CONFINE_CHANGE_METADATA, SCMP_SYS(fchmodat) },
	{ CONFINE_CHANGE_METADATA, SCMP_SYS(utimensat) },
	{ CONFINE_CHANGE_METADATA, SCMP_SYS(fsetxattr) },
	{ CONFINE_CHANGE_METADATA, SCMP_SYS(fremovexattr) },
	{ CONFINE_MAKE_THREADS, SCMP_SYS(set_robust_list) },
	{ CONFINE_MAKE_THREADS, SCMP_SYS(rseq) },
	{ CONFINE_MAKE_THREADS, SCMP_SYS(sched_getaffinity) },
	{ ALWAYS, SCMP_SYS(read) },
	{ ALWAYS, SCMP_SYS(write) },
	{ ALWAYS, SCMP_SYS(writev) },
	{ ALWAYS, SCMP_SYS(lseek) },
	{ ALWAYS, SCMP_SYS(close) },
	{ ALWAYS, SCMP_SYS(brk) },
	{ ALWAYS, SCMP_SYS(munmap) },
	{ ALWAYS, SCMP_SYS(mremap) },
	{ ALWAYS, SCMP_SYS(madvise) },
	{ ALWAYS, SCMP_SYS(futex) },
	{ ALWAYS, SCMP_SYS(sched_yield) },
	{ ALWAYS, SCMP_SYS(exit) },
	{ ALWAYS, SCMP_SYS(exit_group) },
	{ ALWAYS, SCMP_SYS(rt_sigaction) },
	{ ALWAYS, SCMP_SYS(rt_sigprocmask) },
	{ ALWAYS, SCMP_SYS(rt_sigreturn) },
	{ ALWAYS, SCMP_SYS(sigreturn) },
	{ ALWAYS, SCMP_SYS(restart_syscall) },
	{ ALWAYS, SCMP_SYS(getpid) },
	{ ALWAYS, SCMP_SYS(gettid) },
	{ ALWAYS, SCMP_SYS(getrandom) },
	{ ALWAYS, SCMP_SYS(clock_gettime) },
	{ ALWAYS, SCMP_SYS(uname) },
};

/* Not F_SETOWN, which sends signals to others of the same user. */
static const int allowed_fcntl[] = { F_DUPFD_CLOEXEC, F_GETFD, F_SETFD, F_GETFL };

static int allow_call(scmp_filter_ctx filter, int number)
{
	return seccomp_rule_add(filter, SCMP_ACT_ALLOW, number, 0);
}

static int allow_call_if(scmp_filter_ctx filter, int number, struct scmp_arg_cmp argument)
{
	return seccomp_rule_add(filter, SCMP_ACT_ALLOW, number, 1, argument);
}

static int allow_fcntl(scmp_filter_ctx filter)
{
	int result = 0;

	for (size_t i = 0; i < array_size(allowed_fcntl) && result == 0; i++) {
		const struct scmp_arg_cmp is_command =
			SCMP_A1_32(SCMP_CMP_EQ, (scmp_datum_t)allowed_fcntl[i]);

		result = allow_call_if(filter, SCMP_SYS(fcntl), is_command);
		if (result == 0)
			result = allow_call_if(filter, SCMP_SYS(fcntl64), is_command);
	}
	return result;
}

/* Threads, not processes. clone3 has its flags in memory, where a filter cannot look; glibc falls
 * back to clone when it is not there. */
static int allow_threads(scmp_filter_ctx filter)
{
	int result = allow_call_if(filter, SCMP_SYS(clone),
				   SCMP_A0_32(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD));

	if (result == 0)
		result = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
	return result;
}

static int add_syscall_rules(scmp_filter_ctx filter, unsigned int may)
{
	int result = 0;

	/* A system call that this machine does not have is no failure. */
	for (size_t i = 0; i < array_size(allowed) && result == 0; i++)
		if (allowed[i].may == ALWAYS || (allowed[i].may & may))
			result = allow_call(filter, allowed[i].number);
	if (result == 0)
		result = allow_fcntl(filter);
	/* Our own limits, nobody else's. */
	if (result == 0)
		result = allow_call_if(filter, SCMP_SYS(prlimit64), SCMP_A0_32(SCMP_CMP_EQ, 0));
	if (result == 0 && (may & CONFINE_WRITE))
		result = allow_call_if(filter, SCMP_SYS(ioctl), SCMP_A1_32(SCMP_CMP_EQ, FICLONE));
	if (result == 0)
		result = allow_call_if(filter, SCMP_SYS(mmap),
				       SCMP_A2_32(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	if (result == 0)
		result = allow_call_if(filter, SCMP_SYS(mprotect),
				       SCMP_A2_32(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	if (result == 0 && (may & CONFINE_MAKE_THREADS))
		result = allow_threads(filter);
	return result;
}

static int restrict_syscalls(unsigned int may, struct error *err)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int result = filter ? add_syscall_rules(filter, may) : -ENOMEM;

	if (result == 0)
		result = seccomp_load(filter);
	seccomp_release(filter);
	/* A kernel without seccomp. */
	if (result == -EINVAL || result == -ENOSYS)
		return 0;
	errno = -result;
	return result < 0 ? error_errno(err, "seccomp") : 0;
}

/* Landlock says nothing of chmod(2), chown(2) and the like, and old kernels have none: paths lead
 * nowhere but below the root. Where even that is not allowed, there is Landlock. */
static int restrict_root(int root, struct error *err)
{
	if (root < 0)
		return 0;
	if (fchdir(root) < 0)
		return error_errno(err, "cannot change the directory");
	if (chroot(".") < 0 && errno != EPERM)
		return error_errno(err, "cannot change the root directory");
	return 0;
}

/* Of what a namespace's root may do, only files of whatever owner and mode. */
#define READING_CAPABILITIES (1U << CAP_DAC_READ_SEARCH)
#define CHANGING_CAPABILITIES \
	(1U << CAP_CHOWN | 1U << CAP_DAC_OVERRIDE | 1U << CAP_FOWNER | 1U << CAP_FSETID | \
	 1U << CAP_MKNOD | 1U << CAP_SETFCAP)

static int restrict_capabilities(unsigned int may, struct error *err)
{
	struct capability_sets sets;

	if (capability_get(&sets, err) < 0)
		return -1;
	if (may & (CONFINE_WRITE | CONFINE_CHANGE_METADATA))
		sets.permitted &= CHANGING_CAPABILITIES;
	else
		sets.permitted &= may & CONFINE_READ ? READING_CAPABILITIES : 0;
	sets.effective = sets.permitted;
	sets.inheritable = 0;
	return capability_set(&sets, err);
}

/* No terminal. */
static int restrict_descriptors(struct error *err)
{
	autoclose int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null < 0)
		return error_errno(err, "cannot open '/dev/null'");
	if (dup2(null, STDIN_FILENO) < 0 || (!IS_SANITIZED && dup2(null, STDERR_FILENO) < 0))
		return error_errno(err, "cannot duplicate a descriptor");
	return 0;
}

int confine(const struct confine_profile *profile, const struct confine_place *place,
	    struct error *err)
{
	int root = place->readable >= 0 ? place->readable : place->writable;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return error_errno(err, "no_new_privs");
	if (restrict_descriptors(err) < 0 || restrict_root(root, err) < 0 ||
	    restrict_capabilities(profile->may, err) < 0)
		return -1;
	if (restrict_files(place, err) < 0)
		return -1;
	return IS_SANITIZED ? 0 : restrict_syscalls(profile->may, err);
}
