#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub one root
# differs: root makes nodes of any number and owner, the others bind the host's
# shellcheck disable=SC2016 # the scripts are the container's
# config-linux.md, "Devices" and "Default Devices"; runtime-linux.md, "Dev symbolic links".
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/../ctnr-exec/bundle.sh"
needs USERNS

bundle c
cp c/config.json plain.json
in_container 'echo lost >/dev/null && wc -c </dev/null; head -c 4 /dev/zero | od -An -tx1 | tr -d " "
	echo x 2>/dev/null >/dev/full || echo full; for d in random urandom; do head -c 16 /dev/$d | wc -c; done
	[ /dev/ptmx -ef /dev/pts/ptmx ] && echo ptmx; true </dev/tty || echo "no terminal"'
is_stdout "0
00000000
full
16
16
ptmx
no terminal" "each default device does what it is for"
in_container 'for d in null zero full random urandom tty; do stat -c %a /dev/$d; done | sort -u; ls /dev/console'
is_stdout 666 "everybody may open the default devices, and without a terminal there is no console"
script c 'cd /dev; for l in fd stdin stdout stderr; do readlink $l; done; echo a | cat /dev/stdin; echo b >/dev/stdout; echo c >/dev/stderr; ls /dev/fd | head -n 3'
run sh -c 'ctnr-exec run ./c 2>errors | cat'
is_stdout "/proc/self/fd
/proc/self/fd/0
/proc/self/fd/1
/proc/self/fd/2
a
b
0
1
2" "the links of /dev lead to the descriptors"
is "$(cat errors)" c "... each to its own"
config c '.mounts |= map(select(.destination != "/proc")) | del(.linux.maskedPaths, .linux.readonlyPaths)'
in_container 'ls -A /proc; ls /dev/null && cd /dev && ls fd stdin stdout stderr 2>&1'
like_stdout "/dev/null*" "a container without /proc has its devices"

# Devices of the config
cp plain.json c/config.json
config c '.linux.devices = [{type: "c", path: "/dev/nought", major: 1, minor: 5},
	{type: "p", path: "/run/deep/fifo", fileMode: 432}]'
if identity root; then
	config c '.linux.devices += [{type: "b", path: "/dev/block", major: 7, minor: 1, fileMode: 416, uid: 3, gid: 4},
		{type: "u", path: "/dev/also", major: 1, minor: 3, fileMode: 384}]'
	in_container 'head -c 3 /dev/nought | wc -c; stat -c "%F %t:%T" /dev/nought; stat -c "%F %a" /run/deep/fifo
		stat -c "%F %t:%T %a %u:%g" /dev/block /dev/also'
	is_stdout "3
character special file 1:5
fifo 660
block special file 7:1 640 3:4
character special file 1:3 600 0:0" "devices of each type have their numbers, mode and owner"
else
	config c '.linux.devices[0] += {major: 250, minor: 77}'
	in_container 'echo ran'
	is "$status$stdout" 125 "without privilege a device that the host has not is an error"
	like_stderr "*'/dev/nought'*" "... that names it"
	config c '.linux.devices[0] = {type: "c", path: "/dev/zero", major: 1, minor: 5}'
	in_container 'stat -c "%F %a" /run/deep/fifo; head -c 3 /dev/zero | wc -c'
	is_stdout "fifo 660
3" "a FIFO has its mode, and a device of the host works"
fi
# What is there and is not that device
cp plain.json c/config.json
config c '.linux.devices = [{type: "c", path: "/opt/zero", major: 1, minor: 5}]'
mkdir c/rootfs/opt
for type in c p; do
	[ $type = c ] || config c '.linux.devices = [{type: "p", path: "/opt/zero"}]'
	for file in directory link text; do
		case $file in
		directory) mkdir c/rootfs/opt/zero ;;
		link) ln -s /etc/passwd c/rootfs/opt/zero ;;
		text) echo mine >c/rootfs/opt/zero ;;
		esac
		before=$(stat -c '%F %i %s' c/rootfs/opt/zero)
		in_container 'echo ran'
		is "$status$stdout" 125 "a $file where a device ($type) should be is an error"
		is_stderr "ctnr-exec: error: cannot make '/opt/zero': a file that is not this device is there" "... that names it"
		is "$(stat -c '%F %i %s' c/rootfs/opt/zero)" "$before" "... and it stays"
		rm -rf c/rootfs/opt/zero
	done
done
config c '.linux.devices = [{type: "c", path: "/opt/zero", major: 1, minor: 5}]'
: >c/rootfs/opt/zero
in_container 'head -c 3 /opt/zero | wc -c'
is_stdout 3 "an empty file is a placeholder for it"
done_testing
