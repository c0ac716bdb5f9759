#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# timeout: 60 arrays as long as a config can hold
# A config.json that wants to hurt its reader: each is refused with one clear error before anything is
# made, and in little time and memory, or does what it says within the container.
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/bundle.sh"
needs USERNS PEER:strace

bundle c
cp c/config.json plain.json

# refused FILTER MESSAGE TITLE: by that message alone, and no state was made.
refused() {
	cp plain.json c/config.json
	config c "$1"
	run timeout 20 ctnr-exec run ./c
	is_status 125 "$3"
	is_stderr "ctnr-exec: error: config.json: $2" "... with one error that names it"
	[ ! -e "$XDG_RUNTIME_DIR/ctnr/exec" ] || fail "... before an ID is claimed"
}

# NUL ends a string of C, not one of JSON: what would be left of it is another thing than what was read.
nul='the string contains a NUL or what is no Unicode'
while read -r place filter; do
	refused "$filter" "$place: $nul" "NUL in $place is refused"
done <<'END'
ociVersion .ociVersion = "1.0.0\u0000"
root.path .root.path = "rootfs\u0000"
hostname .hostname = "box\u0000"
domainname .domainname = "\u0000"
process.cwd .process.cwd = "/\u0000"
process.args[0] .process.args = ["true\u0000"]
process.args[1] .process.args = ["true", "\u0000"]
process.env[1] .process.env += ["A=\u0000"]
process.env[0] .process.env = ["A\u0000=B"]
process.capabilities.bounding[0] .process.capabilities.bounding = ["CAP_KILL\u0000"]
process.rlimits[0].type .process.rlimits = [{type: "RLIMIT_CORE\u0000", soft: 0, hard: 0}]
mounts[0].destination .mounts[0].destination = "/proc\u0000"
mounts[0].type .mounts[0].type = "proc\u0000"
mounts[0].source .mounts[0].source = "proc\u0000"
mounts[0].options[0] .mounts[0].options = ["ro\u0000"]
linux.namespaces[0].type .linux.namespaces[0].type = "pid\u0000"
linux.namespaces[0].path .linux.namespaces[0].path = "/proc/self/ns/pid\u0000"
linux.devices[0].path .linux.devices = [{path: "/dev/x\u0000", type: "c", major: 1, minor: 3}]
linux.devices[0].type .linux.devices = [{path: "/dev/x", type: "c\u0000", major: 1, minor: 3}]
linux.maskedPaths[0] .linux.maskedPaths = ["/proc/kcore\u0000"]
linux.readonlyPaths[0] .linux.readonlyPaths = ["/proc/sys\u0000"]
linux.rootfsPropagation .linux.rootfsPropagation = "private\u0000"
linux.sysctl.kernel.shm_rmid_forced .linux.sysctl = {"kernel.shm_rmid_forced": "1\u0000"}
linux.seccomp.defaultAction .linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW\u0000"}
linux.seccomp.syscalls[0].names[0] .linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["mkdir\u0000"], action: "SCMP_ACT_ERRNO"}]}
END
refused '.linux.sysctl = {"kernel.shm_rmid_forced\u0000": "1"}' \
	"linux.sysctl: a key contains a NUL or what is no Unicode" "NUL in the name of a kernel parameter is refused"

# The root itself is no mount point, however it is written.
for target in .. /.. ../.. /./..// . / ""; do
	refused '.mounts += [{destination: "'"$target"'", type: "tmpfs", source: "tmpfs"}]' \
		"mounts[5].destination: '$target' is the root itself" "a mount at '$target' is refused"
done
bundle c
ln -s ../../../../../../../../../.. c/rootfs/up
config c '.process.args = ["sh", "-c", "stat -f -c %T /one /two /three /up/four; pwd"] | .process.cwd = "/../../five" |
	.mounts += ["/../one", "/x/../../../two", "/up/../three", "/up/four" |
		{destination: ., type: "tmpfs", source: "tmpfs"}]'
mkdir c/rootfs/x
before=$(ls . ..)
run ctnr-exec run ./c
is_stdout "tmpfs
tmpfs
tmpfs
tmpfs
/five" "a mount point and a working directory that climb end at the root"
is "$(ls . ..)" "$before" "... and nothing is made above it"

# What config.json is.
refused_file() {
	run timeout 20 ctnr-exec run ./c
	is_status 125 "$1"
	is_stderr "ctnr-exec: error: bundle '$PWD/c': $2" "... with one error that says why"
}
truncate -s 1G c/config.json
refused_file "a file of 1 GiB is refused" "'config.json': larger than 16777216 bytes"
traced -f -y -o calls -e trace=read,pread64,readv,mmap,openat ctnr-exec run ./c 2>/dev/null
ok "... it is opened" grep -q 'openat.*config.json' calls
is "$(grep -c '\(read\|map\).*config.json' calls)" 0 "... and nothing of it read"
rm c/config.json
jq -c '.annotations.long = "x" * 16777216' plain.json >c/config.json
refused_file "a config of 16 MiB and some bytes is refused" "'config.json': larger than 16777216 bytes"
rm c/config.json
mkfifo c/config.json
refused_file "a FIFO is refused, and nobody waits for it" "'config.json' is not a regular file"
rm c/config.json
mkdir c/config.json
refused_file "a directory is refused" "'config.json' is not a regular file"
rmdir c/config.json
python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("c/config.json")'
refused_file "a socket is refused" "cannot open 'config.json': No such device or address"
rm c/config.json
ln -s /proc/self/environ c/config.json
refused_file "a link to a file of /proc is not followed" "cannot open 'config.json': Too many levels of symbolic links"
rm c/config.json
: >c/config.json
for file in /proc/self/maps /proc/kallsyms /dev/zero; do
	run in_namespace sh -c "mount --bind $file c/config.json && exec timeout 20 ctnr-exec run ./c"
	is_status 125 "$file bound over config.json is refused"
	like_stderr "ctnr-exec: error: bundle '$PWD/c': *config.json*" "... with its name"
	is "$(printf '%s\n' "$stderr" | wc -l)" 1 "... in one line"
done

# Depth: the place is said, and the stack holds.
for text in '[' '{"a":' '{"linux":'; do
	python3 -c 'import sys; sys.stdout.write(sys.argv[1] * 100000)' "$text" >c/config.json
	run ctnr-exec run ./c
	is_status 125 "a text of 100,000 '$text' is refused"
	like_stderr "*config.json: line 1, column *: maximum parsing depth reached near*" "... for its depth"
done
for place in .annotations.deep .linux.seccomp .process.args '.["unknown"]'; do
	jq -c "$place = \"DEEP\"" plain.json | python3 -c 'import sys
sys.stdout.write(sys.stdin.read().replace("\"DEEP\"", "{\"a\":[" * 50000 + "]}" * 50000))' >c/config.json
	run ctnr-exec run ./c
	is_status 125 "100,000 levels in $place are refused"
	like_stderr "*config.json: *line 1, column *: maximum parsing depth reached near*" "... for their depth"
done

# Numbers: those that are no number of the property are said as they stand. (jq would round them.)
while read -r number wanted; do
	config=$(jq -c '.process.user.uid = 77777' plain.json)
	printf '%s\n' "${config%%77777*}$number${config#*77777}" >c/config.json
	run ctnr-exec run ./c
	is_status 125 "a user $number is refused"
	like_stderr "ctnr-exec: error: *$wanted*" "... in so many words"
done <<'END'
-1 config.json: process.user.uid: expected a number from 0 to 4294967294, got -1
4294967295 config.json: process.user.uid: expected a number from 0 to 4294967294, got 4294967295
4294967296 config.json: process.user.uid: expected a number from 0 to 4294967294, got 4294967296
18446744073709551616 config.json: process.user.uid: expected a number from 0 to 4294967294, got 18446744073709551616
-99999999999999999999 config.json: process.user.uid: expected a number from 0 to 4294967294, got -99999999999999999999
1e3 config.json: process.user.uid: expected integer, got real number
1e999 config.json: process.user.uid: expected integer, got real number
0.0 config.json: process.user.uid: expected integer, got real number
007 config.json: line 1, column
0x7 config.json: line 1, column
NaN config.json: line 1, column
END

# Arrays. Of mounts, devices and rules about them config.t tells.
rm -rf "$XDG_RUNTIME_DIR/ctnr/exec"
refused '.process.rlimits = [range(100000) | {type: "RLIMIT_CORE", soft: 0, hard: 0}]' \
	"process.rlimits[1]: 'RLIMIT_CORE' is listed twice" "100,000 limits are refused at the second"
refused '.process.user.additionalGids = [range(65537)]' \
	"process.user.additionalGids: more than 65536 groups" "more groups than the kernel takes are refused"
refused '.linux.namespaces += [range(100000) | {type: "pid"}]' \
	"linux.namespaces[6].type: 'pid' is listed twice" "100,000 namespaces are refused at the second of a type"
refused '.linux.uidMappings = [range(1000) | {containerID: ., hostID: ., size: 1}]' \
	"linux.uidMappings[340]: more than 340 ranges" "more maps than the kernel takes are refused"
for list in maskedPaths readonlyPaths; do
	refused ".linux.$list = [range(1025) | \"/bin/busybox\"]" \
		"linux.$list: more than 1024 paths" "more than 1024 paths in $list are refused"
done
cp plain.json c/config.json
config c '.linux.maskedPaths = [range(1024) | "/etc/passwd"] | .process.args = ["sh", "-c", "wc -c </etc/passwd"]'
run timeout 20 ctnr-exec run ./c
is_stdout 0 "1024 masks over one file are taken"
cp plain.json c/config.json
config c '.mounts += [{destination: "/m", type: "tmpfs", source: "t", options: [range(100000) | "noexec"]}]'
run timeout 20 ctnr-exec run ./c
is_status 0 "a mount may say 100,000 times the same"

# What execve(2) does not take, it says itself. A string may have 128 KiB, and all together a quarter of
# the limit of the stack.
cp plain.json c/config.json
config c '.process.args = ["sh", "-c", "echo ${#1} $#", "sh", "x" * 131071] + [range(5000)] | .process.args[] |= tostring'
run ctnr-exec run ./c
is_stdout "131071 5001" "what the kernel takes is taken"
while read -r title filter; do
	cp plain.json c/config.json
	config c "$filter"
	run timeout 20 ctnr-exec run ./c
	is_status 126 "$title that it does not take"
	is_stderr "ctnr-exec: error: cannot execute '/bin/true': Argument list too long" "... is one clear error"
done <<'END'
an-argument .process.args += ["x" * 131072]
arguments .process.args += [range(100000) | "xxxxxxxxxxxxxxxxx\(.)"]
a-variable .process.env += ["A=" + "x" * 131072]
variables .process.env += [range(100000) | "xxxxxxxxxxxxxxx\(.)="]
END
cp plain.json c/config.json
config c '.process.env += [range(100000) | "A=\(.)"] | .process.args = ["sh", "-c", "echo $A"]'
run timeout 20 ctnr-exec run ./c
is_stdout 99999 "of 100,000 values of one variable the last is taken"
done_testing
