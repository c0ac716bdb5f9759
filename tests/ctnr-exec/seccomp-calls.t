#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub root
# differs: root asks runc and crun too, which see the same in the same containers
# shellcheck disable=SC2016 # the scripts are jq's and another shell's
# timeout: 60 every case runs with three runtimes
# What a process in a container sees of the filters that profiles describe: inside/calls.c makes the calls.
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/bundle.sh"
needs USERNS

bundle c
cc -O1 -D_GNU_SOURCE -static -o c/rootfs/bin/calls "$test_lib/../ctnr-exec/inside/calls.c" || fail "calls.c can be built"
cp c/config.json plain.json

# peer NAME: run bundle c with another runtime, which wants no hybrid cgroup hierarchy.
peer() {
	run unshare -m --propagation private sh -c '
		! mountpoint -q /sys/fs/cgroup/unified || umount -l /sys/fs/cgroup/unified
		[ $1 = runc ] || manager=--cgroup-manager=disabled
		exec "$1" --root "$2/peer" ${manager-} run --bundle c "$3"' sh "$1" "$PWD" "calls-$$"
}

# sees TITLE PROFILE WANTED CALL...: with that profile (by jq; rule(NAMES; ACTION) and when(INDEX; OP; VALUE)
# help), the calls have these results, a line each. $peers: who else is asked.
sees() {
	sees_title=$1
	sees_profile=$2
	sees_wanted=$3
	shift 3
	jq --args 'def rule(names; action): {names: (names / " "), action: "SCMP_ACT_\(action)"};
		def when(index; op; value): {index: index, op: "SCMP_CMP_\(op)", value: value};
		def allow: {defaultAction: "SCMP_ACT_ALLOW"};
		.linux.seccomp = ('"$sees_profile"') | .process.args = ["calls"] + $ARGS.positional' \
		"$@" <plain.json >c/config.json
	run ctnr-exec run ./c
	is_stdout "$sees_wanted" "$sees_title"
	for sees_peer in $peers; do
		has "PEER:$sees_peer" "$sees_peer runs it" || continue
		peer "$sees_peer"
		is_stdout "$sees_wanted" "... as with $sees_peer"
	done
}
all=
identity root && all="runc crun"
peers=$all

sees "actions" 'allow + {syscalls: [rule("getuid"; "ERRNO"), rule("getgid"; "TRAP"), rule("geteuid"; "KILL"),
	rule("getegid"; "LOG")]}' "1
EPERM
trapped 0
killed by SYS
0" getppid getuid getgid geteuid getegid
sees "killing a thread, and a process" 'allow + {syscalls: [rule("getuid"; "KILL"), rule("getgid"; "KILL_THREAD"),
	rule("geteuid"; "KILL_PROCESS")]}' "thread killed
thread killed
killed by SYS
0" thread:getuid thread:getgid thread:geteuid thread:getegid
sees "numbers of errors, and those of a tracer" 'allow + {syscalls: [rule("getuid"; "ERRNO") + {errnoRet: 28},
	rule("getgid"; "ERRNO") + {errnoRet: 0}, rule("geteuid"; "TRACE") + {errnoRet: 77}, rule("getegid"; "TRACE"),
	rule("getppid"; "ERRNO") + {errnoRet: 133}]}' "ENOSPC
0
event 77 0
event 1 0
ENOSYS
EHWPOISON" getuid getgid traced:geteuid traced:getegid geteuid getppid
allowed="access arch_prctl brk clone clone3 close dup dup2 execve exit exit_group fcntl fork fstat futex getcwd
	getdents64 getegid getpid getppid getrandom gettid ioctl lseek madvise mmap mprotect munmap newfstatat open
	openat prctl pread64 prlimit64 read readlink readlinkat rseq rt_sigaction rt_sigprocmask rt_sigreturn
	set_robust_list set_tid_address sigaltstack stat statx tgkill uname wait4 write writev capget capset chdir
	close_range epoll_ctl epoll_pwait fchdir fstatfs nanosleep setgid setgroups setresgid setresuid setuid statfs"
allowed="rule(\"$(printf %s "$allowed" | tr -s '\n\t' '  ')\"; \"ALLOW\")"
sees "a default action" "{defaultAction: \"SCMP_ACT_ERRNO\", syscalls: [$allowed]}" "1
EPERM" getppid getuid
peers=${all:+crun} # runc 1.1.5 has no defaultErrnoRet
sees "... with a number" "{defaultAction: \"SCMP_ACT_ERRNO\", defaultErrnoRet: 28, syscalls: [$allowed]}" "1
ENOSPC" getppid getuid
peers=$all
sees "... that logs" '{defaultAction: "SCMP_ACT_LOG", syscalls: [rule("getuid"; "ERRNO")]}' "1
EPERM" getppid getuid

# Every operator, on values that differ in their high or in their low half.
below=getuid=0x100000006
equal=getuid=0x100000007
above=getuid=0x100000008
high=getuid=0x200000007
low=getuid=0x7
operator() {
	sees "$1" "allow + {syscalls: [rule(\"getuid\"; \"ERRNO\") + {args: [when(0; \"$1\"; 4294967303)]}]}" \
		"$(printf '%s\n' "$2" | tr ' ' '\n' | sed 's/no/EPERM/')" $below $equal $above $high $low
}
operator NE "no 0 no no no"
operator LT "no 0 0 0 no"
operator LE "no no 0 0 no"
operator EQ "0 no 0 0 0"
operator GE "0 no no no 0"
operator GT "0 0 no no 0"
sees MASKED_EQ 'allow + {syscalls: [rule("getuid"; "ERRNO") + {args: [when(0; "MASKED_EQ"; 1095216660495) +
	{valueTwo: 4294967303}]}]}' "0
EPERM
0
0
0
EPERM" $below $equal $above $high $low getuid=0xf0100000107
sees "each argument" 'allow + {syscalls: [range(6) as $i | rule("getuid"; "ERRNO") + {errnoRet: ($i + 1),
	args: [when($i; "EQ"; 7)]}]}' "EPERM
ENOENT
ESRCH
EINTR
EIO
ENXIO
0" getuid=7 getuid=0,7 getuid=0,0,7 getuid=0,0,0,7 getuid=0,0,0,0,7 getuid=0,0,0,0,0,7 getuid
sees "several conditions hold all" 'allow + {syscalls: [rule("getuid"; "ERRNO") + {args: [when(0; "EQ"; 1),
	when(1; "GT"; 2)]}]}' "EPERM
0
0" getuid=1,3 getuid=1,2 getuid=2,3
sees "... but several on one argument are alternatives" 'allow + {syscalls: [rule("getuid"; "ERRNO") + {
	args: [when(0; "EQ"; 1), when(0; "EQ"; 2)]}]}' "EPERM
EPERM
0" getuid=1 getuid=2 getuid=3
sees "several rules for a call" 'allow + {syscalls: [rule("getuid"; "ERRNO") + {errnoRet: 28, args: [when(0; "EQ"; 1)]},
	rule("getgid getuid"; "ERRNO") + {errnoRet: 30, args: [when(0; "EQ"; 2)]},
	rule("getuid"; "KILL_PROCESS") + {args: [when(1; "EQ"; 9)]}, rule("getuid getuid"; "ERRNO") + {errnoRet: 28,
	args: [when(0; "EQ"; 1)]}]}' "ENOSPC
EROFS
EROFS
0
killed by SYS" getuid=1 getuid=2 getgid=2 getgid=1 getuid=0,9
sees "... of which the first without conditions counts" 'allow + {syscalls: [rule("getuid"; "ERRNO") + {
	args: [when(0; "EQ"; 1)]}, rule("getuid"; "ERRNO") + {errnoRet: 28}, rule("getuid"; "KILL_PROCESS")]}' "ENOSPC
ENOSPC" getuid=1 getuid=2
sees "a name that nobody knows, among others" 'allow + {syscalls: [rule("nosuchcall getuid"; "ERRNO")]}' "EPERM
0" getuid getgid

# A kernel may have no 32-bit interface.
if [ "$(uname -m)" = x86_64 ] && c/rootfs/bin/calls 32:getppid | grep -qx '[1-9][0-9]*'; then
	rules='syscalls: [rule("getuid"; "ERRNO") + {errnoRet: 28}]'
	sees "an architecture that is not named is none" "allow + {$rules}" "ENOSPC
killed by SYS
killed by SYS" getuid 32:getuid x32:getuid
	sees "a filter is for all that are named" "allow + {$rules, architectures: [\"SCMP_ARCH_X86_64\", \"SCMP_ARCH_X86\",
		\"SCMP_ARCH_X32\"]}" "ENOSPC
ENOSPC
ENOSPC
1
0" getuid 32:getuid x32:getuid 32:getppid 32:getgid
	sees "... and for the machine's own, which is not" "allow + {$rules, architectures: [\"SCMP_ARCH_X86\"]}" "ENOSPC
ENOSPC" getuid 32:getuid
fi
done_testing
