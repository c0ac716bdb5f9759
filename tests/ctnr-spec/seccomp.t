#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The default seccomp profile, and profiles from files.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/../ctnr-spec/bundle.sh"

image='{Cmd: ["sh"]}'

# action CALL: what the profile says to a call without looking at arguments
action() {
	query "[.linux.seccomp.syscalls[] | select((.names | index(\"$1\") != null)
		and .args == null) | .action] | join(\" \")"
}

from_config "$image"
is "$(query '.linux.seccomp | [.defaultAction, .defaultErrnoRet]')" '["SCMP_ACT_ERRNO",38]' \
	"what is not named does not exist"
for call in execve openat read write mmap futex clock_gettime rseq statx openat2 close_range; do
	is "$(action $call)" '"SCMP_ACT_ALLOW"' "$call is allowed"
done
for call in keyctl add_key request_key bpf userfaultfd io_uring_setup io_uring_enter mount umount2 \
	fsopen move_mount open_tree setns unshare pivot_root perf_event_open init_module reboot \
	kexec_load swapon settimeofday ptrace_none open_by_handle_at syslog acct socketcall; do
	case $call in
	ptrace_none) is "$(action $call)" '""' "an unknown call is not named" ;;
	*) is "$(action $call)" '"SCMP_ACT_ERRNO"' "$call is denied" ;;
	esac
done
is "$(query '[.linux.seccomp.syscalls[] | select(.action == "SCMP_ACT_ERRNO") | .errnoRet] | unique')" \
	'[1]' "what is denied is not permitted"
is "$(action clone3)" '""' "clone3 does not exist, so that libc asks clone"
is "$(query '[.linux.seccomp.syscalls[] | select(.names == ["clone"] and .action == "SCMP_ACT_ALLOW")
	| .args[0] | [.value, .valueTwo, .op]]')" '[[2114060288,0,"SCMP_CMP_MASKED_EQ"]]' \
	"clone is allowed without namespaces"
is "$(query '[.linux.seccomp.syscalls[] | select(.names == ["socket"]
	and .action == "SCMP_ACT_ERRNO") | .args[0].valueTwo] | sort')" '[38,40]' \
	"sockets of AF_ALG and AF_VSOCK are denied"
is "$(query '[.linux.seccomp.syscalls[] | select(.names == ["socket"]) | .args[0].value]
	| max <= 4294967295')" true "... comparing what the kernel reads, 32 bits"
is "$(query '[.linux.seccomp.syscalls[].names[]] | group_by(.) | map(select(length > 1) | .[0])')" \
	'["clone","personality","socket"]' "no call is named twice but for those with arguments"
case $(uname -m) in
x86_64) architectures='["SCMP_ARCH_X86_64","SCMP_ARCH_X86","SCMP_ARCH_X32"]' ;;
aarch64) architectures='["SCMP_ARCH_AARCH64","SCMP_ARCH_ARM"]' ;;
*) architectures= ;;
esac
[ -z "$architectures" ] ||
	is "$(query .linux.seccomp.architectures)" "$architectures" "the machine's architectures"

# The profile is written as text, beside the tree of the config
is "$(cat "$stdout_file")" "$(query .)" "a config has the same bytes as a JSON writer would give it"
query .linux.seccomp >profile
is "$(query '.linux | keys_unsorted | index("maskedPaths") > index("seccomp")')" true \
	"... and the profile its place in it"
is "$(query .ociVersion)" '"1.1.0"' "... and the version that it needs"
edit --hostname other
is "$(query .linux.seccomp)" "$(cat profile)" "an edit keeps the default profile"
edit --security-opt seccomp=unconfined
is "$(query .linux.seccomp)" null "... or takes it out"
edit --security-opt seccomp=default
is "$(query .linux.seccomp)" "$(cat profile)" "... and gives it again, the same"

# With capabilities
while read -r capability calls; do
	from_config "$image" --cap-add "$capability"
	is_status 0 "$capability can be had"
	for call in $calls; do
		is "$(action "$call")" '"SCMP_ACT_ALLOW"' "$capability allows $call"
	done
done <<'END'
SYS_ADMIN mount umount2 setns unshare clone3 clone bpf perf_event_open fsopen move_mount syslog
BPF bpf
PERFMON perf_event_open
SYS_PTRACE kcmp pidfd_getfd process_madvise
SYS_MODULE init_module finit_module delete_module
SYS_TIME settimeofday clock_settime
SYS_BOOT reboot kexec_load
SYS_NICE mbind set_mempolicy
SYSLOG syslog
SYS_PACCT acct
SYS_RAWIO iopl ioperm
SYS_TTY_CONFIG vhangup
DAC_READ_SEARCH open_by_handle_at
END
from_config "$image" --cap-drop SYS_CHROOT
is "$(action chroot)" '"SCMP_ACT_ERRNO"' "without SYS_CHROOT there is no chroot"
from_config "$image" --cap-add ALL
for call in keyctl userfaultfd io_uring_setup socketcall; do
	is "$(action $call)" '"SCMP_ACT_ERRNO"' "no capability allows $call"
done

# Files
printf '%s' '{"defaultAction":"SCMP_ACT_ALLOW","mine":1,"syscalls":[{"names":["mkdir"],"action":"SCMP_ACT_ERRNO"}]}' >oci.json
from_config "$image" --security-opt seccomp=oci.json --network none
is "$(query .linux.seccomp)" "$(jq -c . oci.json)" "a profile of the runtime specification is taken as it is"
is "$(query .ociVersion)" '"1.0.0"' "... and needs no newer version of the specification"
cat >docker.json <<'END'
{"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 1,
 "archMap": [
  {"architecture": "SCMP_ARCH_X86_64", "subArchitectures": ["SCMP_ARCH_X86"]},
  {"architecture": "SCMP_ARCH_AARCH64", "subArchitectures": ["SCMP_ARCH_ARM"]}],
 "syscalls": [
  {"names": ["read"], "action": "SCMP_ACT_ALLOW", "args": null, "comment": "", "includes": {}, "excludes": {}},
  {"name": "write", "action": "SCMP_ACT_ALLOW"},
  {"names": ["a"], "action": "SCMP_ACT_ALLOW", "includes": {"caps": ["CAP_SYS_ADMIN"]}},
  {"names": ["b"], "action": "SCMP_ACT_ALLOW", "excludes": {"caps": ["CAP_SYS_ADMIN"]}},
  {"names": ["c"], "action": "SCMP_ACT_ALLOW", "includes": {"arches": ["s390"]}},
  {"names": ["d"], "action": "SCMP_ACT_ALLOW", "includes": {"minKernel": "4.8"}},
  {"names": ["e"], "action": "SCMP_ACT_ALLOW", "includes": {"minKernel": "99.0"}}]}
END
from_config "$image" --security-opt seccomp=docker.json
is "$(query '[.linux.seccomp.syscalls[].names[0]]')" '["read","write","b","d"]' \
	"Docker's conditions are decided: capabilities, architecture, kernel"
is "$(query '[.linux.seccomp.syscalls[] | keys[]] | unique')" '["action","names"]' \
	"... and taken out"
[ "$(uname -m)" != x86_64 ] ||
	is "$(query '[.linux.seccomp.architectures, .linux.seccomp.archMap]')" \
		'[["SCMP_ARCH_X86_64","SCMP_ARCH_X86"],null]' "... as is archMap"
if [ -e /usr/share/containers/seccomp.json ]; then
	from_config "$image" --security-opt seccomp=/usr/share/containers/seccomp.json
	is_status 0 "Podman's own profile is read"
	is "$(query '[.linux.seccomp.syscalls[] | select(.names | index("openat") != null) | .action]')" \
		'["SCMP_ACT_ALLOW"]' "... and is the container's"
fi
from_config "$image" --security-opt seccomp=nosuch.json
is_status 1 "a profile must be there"
is_stderr "ctnr-spec: error: option --security-opt: seccomp profile: cannot open 'nosuch.json': No such file or directory" \
	"... and is named once"
echo '{' >bad.json
from_config "$image" --security-opt seccomp=bad.json
like_stderr "ctnr-spec: error: option --security-opt: seccomp profile: bad.json: line *" \
	"a profile that is no JSON is named once too"
echo '{"syscalls":[]}' >bad.json
from_config "$image" --security-opt seccomp=bad.json
is_status 1 "a profile needs a default action"
like_stderr "*bad.json*defaultAction: missing*" "... and that is said"
done_testing
