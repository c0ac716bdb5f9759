#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub one root
# differs: root makes device nodes where others bind the host's
# shellcheck disable=SC2016 # the scripts are the container's
# Where a mount, a device and the working directory come to be when the path is an image's link.
. "$(dirname "$0")/../lib/private-dev.sh"
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/bundle.sh"
needs USERNS

echo data >file
mkdir -p dir && echo in >dir/in

for link in "/etc/resolv.conf ../run/systemd/resolve/stub-resolv.conf /run/systemd/resolve/stub-resolv.conf" \
	"/etc/hosts /nowhere/hosts /nowhere/hosts" \
	"/etc/localtime ../../../../usr/share/zoneinfo/X /usr/share/zoneinfo/X" \
	"/a/name ./../x/../y/z /y/z"; do
	# shellcheck disable=SC2086 # words
	set -- $link
	linked "$1" "$2"
	bind file "$1"
	in_container "cat $1 $3"
	is_stdout "data
data" "a file is mounted behind the dangling link $1 -> $2"
	is "$(find "c/rootfs$3" -type f -size 0)" "c/rootfs$3" "... where an empty file was made"
done
linked /data /mnt/data
bind dir /data
bind file /data/sub/file
in_container 'cat /mnt/data/in /data/sub/file'
is_stdout "in
data" "a directory is mounted behind one, and what is mounted below lies in it"
is "$(ls c/rootfs/mnt/data)" "" "... and not in the root"
rm -r dir/sub

linked /one two
ln -s /deep/three c/rootfs/two && mkdir c/rootfs/deep && ln -s ../four/./five c/rootfs/deep/three
bind file /one
in_container 'cat /four/five'
is_stdout data "a chain of links is followed to its end"
linked /a/one /a/two
ln -s one c/rootfs/a/two
bind file /a/one
in_container true
is_status 125 "links that lead to each other are an error"
is_stderr "ctnr-exec: error: mount '/a/one': cannot create the mount point: Too many levels of symbolic links" \
	"... that says so"
linked /etc/x "../../../../../../../..$PWD/outside/x"
bind file /etc/x
in_container 'cat /etc/x'
is_stdout data "a link that climbs stays in the root"
fails "... and makes nothing outside" test -e outside
linked /etc/x /proc/self/root/y
bind file /etc/x
in_container true
is_status 125 "a magic link is not followed"
linked /srv /proc
bind dir /srv
in_container true
is_status 125 "a link does not lead a mount over /proc"
is_stderr "ctnr-exec: error: mount '/srv': a symlink on the way leads to '/proc'" "... and that is said"
mkdir empty
linked /all ..
bind empty /all
bind file /new/file
in_container true
is_status 125 "nothing is mounted over the root behind a link"
is_stderr "ctnr-exec: error: mount '/all': a symlink on the way leads to the root" "... and that is said"
is "$(find empty)" empty "... and no mount point is made in what was to be mounted there"
linked /srv /sys/fs
bind dir /srv/cgroup
in_container true
is_status 125 "... nor over what is below /sys"

# Links in what is bound lead elsewhere in the root, not to the root of the bind mount.
bundle c
mkdir etc && ln -s ../run/resolve/stub.conf etc/resolv.conf && ln -s /abs/file etc/abs
bind etc /etc
bind file /etc/resolv.conf
bind file /etc/abs
in_container 'cat /etc/resolv.conf /run/resolve/stub.conf /etc/abs /abs/file'
is_stdout "data
data
data
data" "a link in a bind mount leads out of it into the root"
is "$(find etc | sort)" "etc
etc/abs
etc/resolv.conf" "... and nothing is made in what is bound"
bundle c
mkdir untouched && ln -s untouched/x c/rootfs/x
bind untouched /sys
bind file /x
ln -sfn /sys/x c/rootfs/x
in_container true
is_status 125 "a link does not let us make anything in what is bound to /sys"
is "$(ls untouched)" "" "... and nothing is made"

# The order of the config counts, and the latest hides what was there.
bundle c
mkdir -p first second
config c '.mounts += [["first", "/a/b"], ["second", "/a"], ["file", "/a/b/c"] |
	{source: "'"$PWD"'/\(.[0])", destination: .[1], type: "bind", options: ["bind"]}]'
in_container 'cat /a/b/c; ls /a'
is_stdout "data
b" "a mount point is looked for in what was mounted last, not in what that hides"
is "$(find first second | sort)" "first
second
second/b
second/b/c" "... and made there"
bundle c
for n in 1 2 3; do
	echo "text $n" >file$n
	bind file$n /etc/passwd
	bind file$n /new
	in_container 'cat /etc/passwd /new'
	is_stdout "text $n
text $n" "a file is mounted over a file, $n times"
done
config c '.mounts += [{destination: "/new", type: "bind", source: "'"$PWD"'/dir", options: ["bind"]}]'
in_container true
is_status 125 "a directory is not mounted on a file"
is_stderr "ctnr-exec: error: mount '/new': a directory cannot be mounted on a file" "... and the reason is said"

# The working directory
linked /work /mnt/work
config c '.process.cwd = "/work"'
in_container 'pwd'
is_stdout /mnt/work "a working directory behind a dangling link is made"
config c '.root.readonly = true'
rm -r c/rootfs/mnt
in_container 'pwd'
is_stdout /mnt/work "... also in a root that becomes read-only"
linked /work work
config c '.process.cwd = "/work"'
in_container 'pwd'
is_status 125 "a working directory that is a loop is an error"
like_stderr "*'/work'*Too many levels*" "... that says so"

# Masks
linked /secret hidden/file
mkdir c/rootfs/hidden && echo secret >c/rootfs/hidden/file && ln -s nowhere c/rootfs/dangling
config c '.linux.maskedPaths += ["/secret", "/dangling"] | .linux.readonlyPaths += ["/dangling"]'
in_container 'cat /hidden/file; ls /nowhere'
is_stdout "" "a masked link covers what it leads to"
is_stderr "ls: /nowhere: No such file or directory" "... and one that dangles makes nothing"

# Devices outside /dev
linked /foo /bar/baz
config c '.linux.devices = [{path: "/foo/null", type: "c", major: 1, minor: 3, fileMode: 432, gid: 5},
	{path: "/opt/zero", type: "c", major: 1, minor: 5}, {path: "/opt/fifo", type: "p"}]'
identity one && config c '.linux.devices[0] |= del(.gid)'
in_container 'echo x >/bar/baz/null && head -c 3 /opt/zero | wc -c && stat -c "%F" /foo/null /opt/fifo'
is_stdout "3
character special file
fifo" "a device is made outside /dev, and behind a link"
is "$(find c/rootfs \( -type c -o -type b \) -o -path '*/bar/baz/null' -type f)" c/rootfs/bar/baz/null \
	"... and no node stays in the image's files"
if identity root; then
	in_container 'stat -c "%a %u:%g" /foo/null; chmod 0 /foo/null; stat -c "%a %u:%g" /foo/null'
	is_stdout "660 0:5
0 0:5" "... which has its mode and owner, and belongs to the container"
	is "$(stat -c %a:%u:%g /dev/null)" 666:0:0 "... alone"
fi
config c '.linux.devices = [{path: "/opt/none", type: "c", major: 9, minor: 250}]'
in_container true
if identity root; then
	is_status 0 "root makes a device that the host has not"
else
	is_status 125 "a device that the host has not is an error"
	like_stderr "*cannot open the host's '/opt/none'*" "... that names it"
fi
done_testing
