#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub root
# differs: root's privilege loads the filter, or that in a user namespace; root's cache may be another's
# shellcheck disable=SC2016 # the scripts are the container's
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/bundle.sh"
needs USERNS

store=${CTNR_STORE-$HOME/.local/share/ctnr}
bundle c
config c '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", architectures: ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86"],
	flags: ["SECCOMP_FILTER_FLAG_LOG"], syscalls: [
	{names: ["mkdir", "mkdirat", "nosuchcall"], action: "SCMP_ACT_ERRNO", errnoRet: 28},
	{names: ["sethostname"], action: "SCMP_ACT_KILL_PROCESS"},
	{names: ["umask"], action: "SCMP_ACT_ERRNO", args: [{index: 0, value: 7, op: "SCMP_CMP_EQ"}]},
	{names: ["chmod", "fchmodat"], action: "SCMP_ACT_ERRNO"}]}'
in_container 'grep Seccomp: /proc/self/status; mkdir /tmp/x; chmod 1 /tmp; hostname new; echo status $?'
is_stdout "Seccomp:	2
status 159" "a profile is in force, and can kill"
like_stderr "*mkdir*No space left*chmod*Operation not permitted*" "... and fail with the error that it names"
cache=$(find "$store/cache/seccomp" -type f)
is "$(printf '%s' "$cache" | grep -c .)" 1 "the compiled filter is cached"
in_container 'mkdir /tmp/x; echo again'
like_stderr "*No space left*" "... and the cached one works the same"

printf garbage >"$cache"
in_container 'mkdir /tmp/x'
like_stderr "*No space left*" "a broken cache file is made again"
# What a power cut leaves of a file that nobody synced: its size, and zeros in the place of instructions.
python3 - "$cache" <<'END'
import struct, sys
with open(sys.argv[1], "r+b") as file:
    header = file.read(56)
    at = 56 + (struct.unpack_from("<Q", header, 40)[0] + 7) // 8 * 8
    file.seek(at)
    file.write(bytes(8 * (struct.unpack_from("<I", header, 28)[0] - 1)))
END
in_container 'mkdir /tmp/x'
like_stderr "*No space left*" "a cached filter with zeros for its instructions is made again"

# The name is only a hash: the text decides.
config c '.linux.seccomp.syscalls[0].errnoRet = 30'
cp "$cache" other
in_container 'mkdir /tmp/x'
like_stderr "*Read-only*" "another profile, another filter"
for file in "$store"/cache/seccomp/*; do
	[ "$file" = "$cache" ] || cp other "$file"
done
in_container 'mkdir /tmp/x'
like_stderr "*Read-only*" "a filter of another text under this name is not used"

config c '.process.noNewPrivileges = false'
in_container 'grep -E "Seccomp:|NoNewPrivs" /proc/self/status'
is_stdout "NoNewPrivs:	0
Seccomp:	2" "a filter without no_new_privs"

# A filter that others could have written, with the right text before it.
rm -f "$store"/cache/seccomp/*
config c '.linux.seccomp.syscalls[0].errnoRet = 28'
in_container true
cp "$store"/cache/seccomp/* first
rm -f "$store"/cache/seccomp/*
config c '.linux.seccomp.syscalls[0].errnoRet = 30'
in_container true
cache=$(echo "$store"/cache/seccomp/*)
python3 - first "$cache" <<'END'
import struct, sys
first, second = (open(name, "rb").read() for name in sys.argv[1:])
at = 56 + (struct.unpack_from("<Q", second, 40)[0] + 7) // 8 * 8
open(sys.argv[2], "wb").write(second[:48] + first[48:56] + second[56:at] + first[at:])
END
cp "$cache" forged
in_container 'mkdir /tmp/x'
like_stderr "*No space left*" "a filter in the cache of ours is believed"
chmod 666 "$cache"
in_container 'mkdir /tmp/x'
like_stderr "*Read-only*" "... but not where others may write to it"
if identity root; then
	cp forged "$cache"
	chmod 600 "$cache"
	chown 2:2 "$cache"
	in_container 'mkdir /tmp/x'
	like_stderr "*Read-only*" "... or when it is another user's"
fi

# What a cached filter's header says.
cached_version() {
	head -n 1 "$store"/cache/seccomp/* | tr -d '\0'
}
cached_instructions() {
	od -An -tu4 -j28 -N4 "$store"/cache/seccomp/* | tr -d ' '
}
rm -f "$store"/cache/seccomp/*
config c '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", architectures: ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86"],
	syscalls: [{action: "SCMP_ACT_ERRNO", names: ["mbind", "set_mempolicy", "get_mempolicy", "mq_open",
	"mq_unlink", "mq_timedsend", "mq_timedreceive", "mq_notify", "mq_getsetattr", "kexec_load", "add_key",
	"request_key", "keyctl", "ioprio_set", "ioprio_get", "inotify_init", "inotify_add_watch",
	"inotify_rm_watch", "migrate_pages"]}]}'
in_container true
is "$(($(cached_instructions) < 25))" 1 "a filter has few instructions: libseccomp's has 57"
version=$(cached_version)
sed -i '1s/ 4 / 3 /' "$store"/cache/seccomp/*
is "$([ "$(cached_version)" = "$version" ] || echo other)" other "a filter of another version of the cache"
in_container true
is "$(cached_version)" "$version" "... is compiled again"

config c '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [
	{names: ["close_range"], action: "SCMP_ACT_ERRNO"}]}'
in_container 'echo fine'
is_stdout fine "without no_new_privs, a profile need not allow what only we call"
config c '.linux.seccomp.syscalls[0].errnoRet = 2'
run python3 -c 'import os, signal
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
os.execvp("ctnr-exec", ["ctnr-exec", "run", "./c"])'
is_stdout fine "a profile is compiled for a caller that ignores SIGCHLD, too"

config c '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [
	{names: ["mkdir", "mkdirat"], action: "SCMP_ACT_ERRNO", errnoRet: 17}]}'
chmod 500 "$store/cache/seccomp"
config c '.linux.seccomp.syscalls[0].errnoRet = 17'
in_container 'mkdir /tmp/y'
like_stderr "*File exists*" "without a cache to write to, it is compiled each time"
chmod 700 "$store/cache/seccomp"

config c '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [
	{names: ["execve", "execveat"], action: "SCMP_ACT_ERRNO", errnoRet: 38}]}'
in_container 'true'
is_status 126 "a profile that forbids execve leaves nothing executable"
like_stderr "*Function not implemented*" "... with the error that it names"
config c '.linux.seccomp = {defaultAction: "SCMP_ACT_NONSENSE"}'
in_container 'true'
is_status 125 "an unknown action is refused"
like_stderr "ctnr-exec: error: config.json: linux.seccomp.defaultAction: *'SCMP_ACT_NONSENSE'*" \
	"... and named, with its place in config.json"
config c '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["personality"], action: "SCMP_ACT_ERRNO",
	args: [{index: 0, value: 8, op: "SCMP_CMP_NE"}, {index: 0, value: 4611686018427387904, op: "SCMP_CMP_EQ"}]}]}'
in_container 'echo fine'
is_stdout fine "several conditions on one argument, and 64-bit values"
sed 's/4611686018427387904/18446744073709551615/' c/config.json >c/new && mv c/new c/config.json
run ctnr-exec run ./c
is_stdout fine "... without a sign"
sed 's/"seccomp"/"\\u0073eccomp"/' c/config.json >c/new && mv c/new c/config.json
run ctnr-exec run ./c
is_stdout fine "a key written with escapes is the same key"
done_testing
