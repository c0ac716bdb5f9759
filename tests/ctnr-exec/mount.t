#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub root
# differs: root makes devices where others bind them, and mounts without locked flags
# shellcheck disable=SC2016 # the scripts are the container's
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/bundle.sh"
needs USERNS

bundle c
mkdir -p shared/sub && echo data >shared/file
config c '.mounts += [
	{destination: "/a/deep/dir", type: "bind", source: "'"$PWD"'/shared", options: ["rbind"]},
	{destination: "/ro", type: "none", source: "'"$PWD"'/shared", options: ["bind", "ro", "nosuid", "nodev", "noexec", "relatime"]},
	{destination: "/a/file", type: "bind", source: "'"$PWD"'/shared/file", options: ["bind", "rprivate"]},
	{destination: "/rel", type: "bind", source: "etc", options: ["bind"]},
	{destination: "/mem", type: "tmpfs", source: "tmpfs", options: ["size=64k", "mode=1770", "noexec", "nosuid"]},
	{destination: "/dev/shm", type: "tmpfs", source: "shm", options: ["mode=1777"]},
	{destination: "/dev/mqueue", type: "mqueue", source: "mqueue"}]'
mkdir c/etc && echo here >c/etc/x
in_container 'cat /a/deep/dir/file /a/file /rel/x; echo new >/a/deep/dir/new; echo no >/ro/new
	stat -c %a /mem; dd if=/dev/zero of=/mem/big bs=1k count=100 2>/dev/null || echo full
	cp /bin/busybox /mem/true 2>/dev/null; /mem/true; ls -d /dev/shm /dev/mqueue'
is_stdout "data
data
here
1770
full
/dev/mqueue
/dev/shm" "binds of directories and files, tmpfs with options, mount points made"
is "$(cat shared/new)" new "a writable bind reaches the host"
like_stderr "*Read-only file system*ermission denied*" "ro and noexec hold"
in_container 'grep -E " (/ro|/mem) " /proc/mounts | cut -d " " -f 2,4 | sed "s/,size.*//"'
like_stdout "/ro ro,nosuid,nodev,noexec,*atime*/mem rw,nosuid,noexec,relatime" "mount options are set"
is "$(grep -c "$PWD" /proc/self/mounts)" 0 "nothing of it shows on the host"

# A plain bundle again: the mounts above are in the way.
bundle d
config d '.process.args = ["sh", "-c", "touch /mem/x; touch /mem/in/x && echo in; touch /dev/x;
	echo >/dev/null && ls /dev /mem; grep /mem/attributes /proc/mounts"] |
	.mounts |= map(if .destination == "/dev" then .options += ["ro"] else . end) | .mounts += [
	{destination: "/mem", type: "tmpfs", source: "tmpfs", options: ["ro", ""]},
	{destination: "/mem/in", type: "tmpfs", source: "tmpfs", uidMappings: []},
	{destination: "/mem/attributes", type: "tmpfs", source: "tmpfs",
		options: ["rro", "rnosuid", "rnodev", "rnoexec", "rnoatime"]}]'
run ctnr-exec run ./d
is_status 0 "a filesystem becomes read-only when all that is mounted and made in it is there"
like_stdout "in*/dev:*null*pts*stdin*/mem:*attributes*in*" "... as are devices, links and mounts"
like_stdout "* /mem/attributes tmpfs ro,nosuid,nodev,noexec,noatime*" \
	"recursive attributes are those of a new filesystem itself"
like_stderr "*/mem/x: Read-only*/dev/x: Read-only*" "... and it is read-only then"
cp c/config.json before.json
config c '.mounts = [{destination: "/bin", type: "bind", source: "'"$PWD"'/shared/file", options: ["bind"]}]'
in_container true
is_status 125 "a file is not mounted on a directory"
is_stderr "ctnr-exec: error: mount '/bin': a file cannot be mounted on a directory" "... and the reason is said"
mv before.json c/config.json

config c '.root.readonly = true'
in_container 'touch /x; touch /mem/x && echo ok'
is_stdout ok "a read-only root leaves its mounts writable"
like_stderr "*Read-only*" "... and is itself read-only"
config c '.root.readonly = false'

config c '.mounts += [{destination: "/x", type: "bind", source: "/nonexistent", options: ["bind"]}]'
in_container true
is_status 125 "a source that does not exist is an error"
like_stderr "*mount '/x'*'/nonexistent'*" "... that names both"
config c '.mounts[-1] = {destination: "/x", type: "none", source: "/etc"}'
in_container true
is_status 125 "a mount of no type that is no bind is an error"
like_stderr "*mounts\[*neither bind nor rbind*" "... that says so"
config c '.mounts[-1] = {destination: "/x", type: "tmpfs", options: ["nonsense=1"]}'
in_container true
is_status 125 "an option that the filesystem does not know is an error"
like_stderr "*nonsense*" "... that names it"

bundle c
in_container 'for d in null zero full random urandom tty; do stat -c "%n %F %t:%T" /dev/$d; done
	for l in fd stdin stdout stderr ptmx; do readlink /dev/$l; done; echo x >/dev/null; head -c 3 /dev/zero | od -An -c'
is_stdout "/dev/null character special file 1:3
/dev/zero character special file 1:5
/dev/full character special file 1:7
/dev/random character special file 1:8
/dev/urandom character special file 1:9
/dev/tty character special file 5:0
/proc/self/fd
/proc/self/fd/0
/proc/self/fd/1
/proc/self/fd/2
pts/ptmx
  \\0  \\0  \\0" "the default devices and links"
config c '.linux.devices = [{path: "/dev/zero", type: "c", major: 1, minor: 5, fileMode: 438},
	{path: "/dev/sub/fifo", type: "p", fileMode: 384}]'
in_container 'stat -c "%F %t:%T" /dev/zero /dev/sub/fifo'
is_stdout "character special file 1:5
fifo 0:0" "devices of the config"

# What a mount outside has cannot be changed in a user namespace, into which root goes here too.
place=/sys
bundle c
if identity root; then
	place=$PWD/locked && mkdir locked && mount -t tmpfs -o ro,nosuid,nodev,noexec tmpfs locked
	config c '.linux.namespaces += [{type: "user"}] | .linux.uidMappings =
		[{containerID: 0, hostID: 0, size: 65536}] | .linux.gidMappings = .linux.uidMappings'
	chmod 755 c
fi
config c '.mounts += [{destination: "/x", type: "bind", source: "'"$place"'", options: ["rbind"]}]'
cp c/config.json plain.json
identity root && for option in rw suid dev exec; do
	cp plain.json c/config.json
	config c '.mounts[-1].options += ["'"$option"'"]'
	in_container 'grep " /x " /proc/mounts'
	like_stdout "* /x tmpfs ro,nosuid,nodev,noexec,*" "an attribute that is locked stays: $option"
	is_stderr "ctnr-exec: warning: mount '/x': the host has locked what '$option' would change, ignoring it" \
		"... and that is said"
done
for option in noatime strictatime nodiratime rnoatime; do
	cp plain.json c/config.json
	config c '.mounts[-1].options += ["'"$option"'"]'
	in_container true
	is_status 125 "access times that are locked are an error: $option"
	is_stderr "ctnr-exec: error: mount '/x': the option '${option#r}' cannot be had: the host has locked it
ctnr-exec: hint: mount the source so on the host, or leave the option out" "... that names it"
done
cp plain.json c/config.json
config c '.mounts[-1].options += ["ro", "nosuid", "relatime", "nodev"]'
in_container 'grep " /x " /proc/mounts'
like_stdout "* /x * ro,nosuid,nodev*" "what is asked for beside locked attributes is had, and a default need not be"
is_stderr "" "... and nothing is said"
if identity root; then
	umount locked
	bundle c
	config c '.mounts += [{destination: "/tree", type: "bind", source: "'"$PWD"'/tree", options: ["rbind", "ro", "bind"]}]'
	script c 'ls /tree/sub'
	mkdir -p tree/sub
	run unshare -m sh -c 'mount -t tmpfs tmpfs tree/sub && touch tree/sub/below && exec ctnr-exec run ./c'
	is_stdout below "bind takes nothing away from rbind, in whatever order they stand"
fi

bundle o overlay
i=1
while [ $i -lt 60 ]; do
	mkdir "o.$i" && echo $i >"o.$i/top" && echo $i >"o.$i/only$i" && ln -s "$PWD/o.$i" "o/lower/$i"
	i=$((i + 1))
done
script o 'cat /top /only59; rm /top; echo mine >/mine; ls /top; id -u'
run ctnr-exec run ./o
is_stdout "1
59
0" "an overlay of 60 layers, the lower number on top"
is "$(cat o.1/top o/upper/mine)" "1
mine" "changes go to upper, the layers stay"
rm o/lower/3 && mkdir o/lower/3
run ctnr-exec run ./o
is_status 125 "a layer that is no symlink of ours is refused"
done_testing
