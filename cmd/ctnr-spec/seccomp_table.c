/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What containers need, by purpose. Everything that is not named here is answered with ENOSYS, so
 * that a libc that tries a newer call first finds its way to the older one; what is named and
 * denied is answered with EPERM.
 */
#include "seccomp_table.h"

#include "capability.h"

#include "base/cleanup.h"

#include <errno.h>
#include <sched.h>
#include <sys/socket.h>

#define NAMESPACE_FLAGS \
	(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | \
	 CLONE_NEWPID | CLONE_NEWNET)

#define ADMIN CAPABILITY_BIT(SYS_ADMIN)

/* personality(2): PER_LINUX, PER_LINUX32, UNAME26 or a mix of them (setarch, i386 chroots), and the
 * question alone; ADDR_NO_RANDOMIZE and READ_IMPLIES_EXEC are not among them. */
#define PERSONALITY_PLAIN (0xffffffff & ~UINT64_C(0x20008))

/* A namespace flag of clone(2), denied. */
#define CLONE_DENIED(flag) \
	{ \
		"clone", SECCOMP_NEVER, \
		{ \
			0, flag, flag \
		} \
	}

/* Whole blocks of address families, so that exactly AF_ALG (38) and AF_VSOCK (40) are left out. The
 * kernel reads an int, hence 32 bits of mask: a comparison of 64 would be fooled by high bits. */
#define FAMILIES(first, mask) \
	{ \
		"socket", 0, \
		{ \
			0, 0xffffffff & ~(uint64_t)(mask), first \
		} \
	}
#define FAMILY_DENIED(number) \
	{ \
		"socket", SECCOMP_NEVER, \
		{ \
			0, 0xffffffff, number \
		} \
	}

const struct seccomp_row seccomp_rows[] = {
	/* Processes and threads */
	{ "execve execveat exit exit_group fork vfork wait4 waitid waitpid getpid getppid gettid "
	  "getpgid getpgrp setpgid getsid setsid set_tid_address set_robust_list get_robust_list "
	  "set_thread_area get_thread_area rseq prctl arch_prctl membarrier restart_syscall "
	  "pidfd_open pidfd_send_signal ptrace process_vm_readv process_vm_writev process_mrelease "
	  "landlock_create_ruleset landlock_add_rule landlock_restrict_self seccomp "
	  "lsm_get_self_attr lsm_list_modules" },
	{ "clone", 0, { 0, NAMESPACE_FLAGS, 0 } },
	{ "clone", ADMIN, { 0 } },
	CLONE_DENIED(CLONE_NEWNS),
	CLONE_DENIED(CLONE_NEWCGROUP),
	CLONE_DENIED(CLONE_NEWUTS),
	CLONE_DENIED(CLONE_NEWIPC),
	CLONE_DENIED(CLONE_NEWUSER),
	CLONE_DENIED(CLONE_NEWPID),
	CLONE_DENIED(CLONE_NEWNET),
	/* The flags of clone3 are behind a pointer, which a filter cannot read; after ENOSYS libc
	 * calls clone. */
	{ "clone3", ADMIN, { 0 }, ENOSYS },
	/* Users, groups, capabilities, limits */
	{ "getuid getuid32 geteuid geteuid32 getgid getgid32 getegid getegid32 getresuid "
	  "getresuid32 getresgid getresgid32 getgroups getgroups32 setuid setuid32 setgid setgid32 "
	  "setreuid setreuid32 setregid setregid32 setresuid setresuid32 setresgid setresgid32 "
	  "setgroups setgroups32 setfsuid setfsuid32 setfsgid setfsgid32 capget capset getrlimit "
	  "ugetrlimit setrlimit prlimit64 getrusage getpriority setpriority nice ioprio_get "
	  "ioprio_set umask" },
	/* Scheduling */
	{ "sched_yield sched_getaffinity sched_setaffinity sched_getattr sched_setattr "
	  "sched_getparam sched_setparam sched_getscheduler sched_setscheduler "
	  "sched_get_priority_max sched_get_priority_min sched_rr_get_interval "
	  "sched_rr_get_interval_time64 getcpu" },
	/* Memory */
	{ "brk mmap mmap2 munmap mremap mprotect madvise msync mincore mlock mlock2 mlockall "
	  "munlock munlockall remap_file_pages memfd_create memfd_secret pkey_alloc pkey_free "
	  "pkey_mprotect mseal cachestat map_shadow_stack fadvise64 fadvise64_64 arm_fadvise64_64 "
	  "readahead" },
	/* Opening, reading, writing */
	{ "open openat openat2 creat close close_range dup dup2 dup3 pipe pipe2 fcntl fcntl64 ioctl "
	  "read pread64 readv preadv preadv2 write pwrite64 writev pwritev pwritev2 lseek _llseek "
	  "sendfile sendfile64 splice tee vmsplice copy_file_range ftruncate ftruncate64 truncate "
	  "truncate64 fallocate flock fsync fdatasync sync syncfs sync_file_range sync_file_range2 "
	  "arm_sync_file_range" },
	/* Names and metadata */
	{ "stat stat64 lstat lstat64 fstat fstat64 oldstat oldlstat oldfstat newfstatat fstatat64 "
	  "statx access faccessat faccessat2 chmod fchmod fchmodat fchmodat2 chown chown32 fchown "
	  "fchown32 lchown lchown32 fchownat link linkat symlink symlinkat readlink readlinkat "
	  "unlink unlinkat rename renameat renameat2 mkdir mkdirat rmdir mknod mknodat getdents "
	  "getdents64 chdir fchdir getcwd utime utimes futimesat utimensat utimensat_time64 statfs "
	  "statfs64 fstatfs fstatfs64 name_to_handle_at statmount listmount file_getattr "
	  "file_setattr" },
	{ "setxattr lsetxattr fsetxattr setxattrat getxattr lgetxattr fgetxattr getxattrat listxattr "
	  "llistxattr flistxattr listxattrat removexattr lremovexattr fremovexattr removexattrat" },
	{ "inotify_init inotify_init1 inotify_add_watch inotify_rm_watch fanotify_mark" },
	/* Waiting */
	{ "poll ppoll ppoll_time64 select _newselect pselect6 pselect6_time64 epoll_create "
	  "epoll_create1 epoll_ctl epoll_ctl_old epoll_wait epoll_wait_old epoll_pwait epoll_pwait2 "
	  "eventfd eventfd2 signalfd signalfd4 timerfd_create timerfd_settime timerfd_settime64 "
	  "timerfd_gettime timerfd_gettime64 futex futex_time64 futex_waitv futex_wake futex_wait "
	  "futex_requeue pause" },
	{ "io_setup io_destroy io_submit io_cancel io_getevents io_pgetevents "
	  "io_pgetevents_time64" },
	/* Signals */
	{ "rt_sigaction rt_sigprocmask rt_sigpending rt_sigsuspend rt_sigtimedwait "
	  "rt_sigtimedwait_time64 rt_sigqueueinfo rt_tgsigqueueinfo rt_sigreturn sigaction "
	  "sigprocmask sigpending sigsuspend sigreturn signal sigaltstack kill tkill tgkill alarm" },
	/* Time */
	{ "time gettimeofday nanosleep clock_gettime clock_gettime64 clock_getres "
	  "clock_getres_time64 clock_nanosleep clock_nanosleep_time64 getitimer setitimer "
	  "timer_create timer_delete timer_settime timer_settime64 timer_gettime timer_gettime64 "
	  "timer_getoverrun times adjtimex clock_adjtime clock_adjtime64" },
	/* Sockets */
	{ "socketpair bind listen accept accept4 connect shutdown getsockname getpeername "
	  "getsockopt setsockopt send sendto sendmsg sendmmsg recv recvfrom recvmsg recvmmsg "
	  "recvmmsg_time64" },
	FAMILIES(0, 31), /* 0 to 31 */
	FAMILIES(32, 3), /* 32 to 35 */
	FAMILIES(36, 1), /* 36, 37 */
	FAMILIES(39, 0),
	FAMILIES(41, 0),
	FAMILIES(42, 1), /* 42, 43 */
	FAMILIES(44, 1), /* 44, 45 */
	FAMILY_DENIED(AF_ALG),
	FAMILY_DENIED(AF_VSOCK),
	/* The 32-bit multiplexer hides the family behind a pointer: it would open AF_ALG after all.
	 */
	{ "socketcall", SECCOMP_NEVER },
	/* System V and POSIX IPC */
	{ "ipc shmget shmat shmdt shmctl semget semop semtimedop semtimedop_time64 semctl msgget "
	  "msgsnd msgrcv msgctl mq_open mq_unlink mq_notify mq_getsetattr mq_timedsend "
	  "mq_timedsend_time64 mq_timedreceive mq_timedreceive_time64" },
	/* The system */
	{ "uname sysinfo getrandom" },
	/* One architecture's own */
	{ "modify_ldt uretprobe breakpoint cacheflush set_tls arm_set_tls riscv_flush_icache "
	  "riscv_hwprobe s390_runtime_instr sys_debug_setcontext swapcontext switch_endian" },
	{ "personality", 0, { 0, PERSONALITY_PLAIN, 0 } },
	{ "personality", 0, { 0, 0xffffffff, 0xffffffff } },

	/* By capability */
	{ "mount umount umount2 pivot_root fsopen fsconfig fsmount fspick move_mount open_tree "
	  "open_tree_attr mount_setattr unshare setns sethostname setdomainname fanotify_init "
	  "quotactl quotactl_fd lookup_dcookie",
	  ADMIN },
	{ "bpf", ADMIN | CAPABILITY_BIT(BPF) },
	{ "perf_event_open", ADMIN | CAPABILITY_BIT(PERFMON) },
	{ "syslog", ADMIN | CAPABILITY_BIT(SYSLOG) },
	{ "chroot", CAPABILITY_BIT(SYS_CHROOT) },
	{ "kcmp pidfd_getfd process_madvise", CAPABILITY_BIT(SYS_PTRACE) },
	{ "open_by_handle_at", CAPABILITY_BIT(DAC_READ_SEARCH) },
	{ "mbind get_mempolicy set_mempolicy set_mempolicy_home_node migrate_pages move_pages",
	  CAPABILITY_BIT(SYS_NICE) },
	{ "settimeofday stime clock_settime clock_settime64", CAPABILITY_BIT(SYS_TIME) },
	{ "init_module finit_module delete_module query_module create_module",
	  CAPABILITY_BIT(SYS_MODULE) },
	{ "reboot kexec_load kexec_file_load", CAPABILITY_BIT(SYS_BOOT) },
	{ "acct", CAPABILITY_BIT(SYS_PACCT) },
	{ "ioperm iopl", CAPABILITY_BIT(SYS_RAWIO) },
	{ "vhangup", CAPABILITY_BIT(SYS_TTY_CONFIG) },

	/* Not in a container: no namespace holds what they touch, or they were ways out. */
	{ "keyctl add_key request_key userfaultfd io_uring_setup io_uring_enter io_uring_register "
	  "swapon swapoff nfsservctl vm86 vm86old uselib ustat sysfs _sysctl get_kernel_syms "
	  "afs_syscall bdflush",
	  SECCOMP_NEVER },
};

const size_t seccomp_rows_len = array_size(seccomp_rows);
