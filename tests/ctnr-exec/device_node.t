#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: root sub one
# differs: root makes nodes with modes and owners of their own, others bind the host's
# shellcheck disable=SC2016 # the scripts are the container's
# linux.devices of every type, anywhere; default devices and links, with and without a filesystem at /dev; masks.
. "$(dirname "$0")/../lib/private-dev.sh"
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/bundle.sh"
needs USERNS

defaults='for d in null zero full random urandom tty; do stat -c "%n %F %t:%T" /dev/$d; done
	for l in core fd ptmx stderr stdin stdout; do echo "$l $(readlink /dev/$l)"; done'
shown="/dev/null character special file 1:3
/dev/zero character special file 1:5
/dev/full character special file 1:7
/dev/random character special file 1:8
/dev/urandom character special file 1:9
/dev/tty character special file 5:0
core /proc/kcore
fd /proc/self/fd
ptmx pts/ptmx
stderr /proc/self/fd/2
stdin /proc/self/fd/0
stdout /proc/self/fd/1"
bundle c
in_container "$defaults"
is_stdout "$shown" "the default devices and links"
config c '.mounts |= map(select(.destination | startswith("/dev") | not))'
in_container "$defaults"
is_stdout "$shown" "... also without a filesystem at /dev"
rmdir c/rootfs/dev 2>/dev/null || rm -rf c/rootfs/dev
in_container "$defaults"
is_stdout "$shown" "... and where the image has no /dev"
is "$(find c/rootfs/dev -type c -o -type b)" "" "... of which no node stays in the bundle"

bundle c
config c '.linux.devices = [
	{path: "/dev/deep/er/zero", type: "c", major: 1, minor: 5},
	{path: "/opt/missing/urandom", type: "u", major: 1, minor: 9, fileMode: 438},
	{path: "/opt/missing/pipe", type: "p", fileMode: 416}]'
in_container 'stat -c "%n %F %t:%T" /dev/deep/er/zero /opt/missing/urandom; stat -c "%F %a" /opt/missing/pipe
	head -c 5 /dev/deep/er/zero | wc -c; head -c 5 /opt/missing/urandom | wc -c'
is_stdout "/dev/deep/er/zero character special file 1:5
/opt/missing/urandom character special file 1:9
fifo 640
5
5" "devices of types c, u and p in directories that are missing"
is_stderr "" "... with nothing to be told"
if identity root; then
	config c '.linux.devices = [{path: "/dev/loop", type: "b", major: 7, minor: 0, fileMode: 432, uid: 5, gid: 6},
		{path: "/opt/loop", type: "b", major: 7, minor: 1, fileMode: 384, uid: 7, gid: 8}]'
	in_container 'stat -c "%n %F %t:%T %a %u:%g" /dev/loop /opt/loop'
	is_stdout "/dev/loop block special file 7:0 660 5:6
/opt/loop block special file 7:1 600 7:8" "root makes block devices with mode and owner"
else
	config c '.linux.devices = [{path: "/dev/zero", type: "c", major: 1, minor: 5, fileMode: 384},
		{path: "/dev/full", type: "c", major: 1, minor: 7, fileMode: 438, uid: 0, gid: 0}]'
	in_container 'stat -c %a /dev/zero'
	is_stdout 666 "a device that is bound keeps its mode"
	is_stderr "ctnr-exec: warning: device '/dev/zero': the host's is bound, with mode 666 and not 600" "... which is told"
	config c '.linux.devices = [{path: "/dev/zero", type: "c", major: 1, minor: 5, uid: 7}]'
	in_container true
	is_stderr "ctnr-exec: warning: device '/dev/zero': the host's is bound, whose owner is not 7:0" "... and so is an owner"
fi
for path in /dev/.. /dev/ / /dev/x/.; do
	config c ".linux.devices = [{path: \"$path\", type: \"p\"}]"
	in_container true
	is_status 125 "a device has no path like $path"
done

# Masked and read-only paths
bundle c
mkdir -p c/rootfs/secret/sub c/rootfs/fixed/sub && echo s >c/rootfs/secret/sub/file && echo s >c/rootfs/key
ln -s secret c/rootfs/link && ln -s key c/rootfs/keylink && ln -s /nowhere c/rootfs/dangling && echo f >c/rootfs/fixed/file
config c '.mounts += [{destination: "/fixed/sub", type: "tmpfs"}] |
	.linux.maskedPaths = ["/link", "/keylink", "/dangling", "/none/at/all", "/key/none", "/secret"] |
	.linux.readonlyPaths = ["/fixed", "/fixed/file", "/none", "/dangling", "/etc/passwd"]'
in_container 'ls -A /secret /link; cat /key /keylink; cat /fixed/file
	for f in /secret/x /key /keylink /fixed/x /fixed/sub/x /fixed/file /etc/passwd /link/x; do
		(echo x >$f) 2>/dev/null && echo "$f"; done
	chmod 600 /key 2>/dev/null && echo changed; rm -f /key 2>/dev/null; mv /secret /moved 2>/dev/null
	ls -d /moved /nowhere /none 2>/dev/null; echo ended'
is_stdout "/link:

/secret:
f
/key
/keylink
ended" "masks hide directories, files and what links lead to, and read-only paths are that whole" || note "$stderr"
is "$(cat c/rootfs/key c/rootfs/secret/sub/file)" "s
s" "... of which the files are as they were"
for property in maskedPaths readonlyPaths; do
	bundle c
	config c ".linux.$property = [\"/etc/../../../../..$PWD/outside\", \"/../proc/sys\"]"
	mkdir -p outside
	in_container 'ls -d /proc/sys >/dev/null; touch /tmp/x && echo ok'
	is_stdout ok "$property: '..' stays in the root"
done

# A target that is no path, or leads out.
bundle c
for path in '/a\u0000b' '/tmp\u0000'; do
	config c ".mounts += [{destination: \"/tmp/x\", type: \"tmpfs\"}]"
	sed -i 's|"/tmp/x"|"'"$(printf %s "$path" | sed 's|\\|\\\\|g')"'"|' c/config.json
	in_container true 2>/dev/null
	is_status 125 "a mount target with a NUL is an error: $path"
	bundle c
done
config c '.mounts += [{destination: "/../../../up/../x", type: "tmpfs"}, {destination: "/tmp/../../y", type: "tmpfs"}]'
in_container 'grep -oE " /(x|y) tmpfs" /proc/mounts'
is_stdout " /x tmpfs
 /y tmpfs" "'..' in a mount target stops at the root"
done_testing
