#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: root
# differs: what is in the other runtimes' way can only be taken away by root
# shellcheck disable=SC2016 # the scripts are the container's
# The same bundles with us, crun and runc: what the container sees, and what is made in root and sources.
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/bundle.sh"
needs USERNS ROOT

# peer NAME: run bundle c with another runtime, which wants no hybrid cgroup hierarchy.
peer() {
	run unshare -m --propagation private sh -c '
		! mountpoint -q /sys/fs/cgroup/unified || umount -l /sys/fs/cgroup/unified
		[ $1 = runc ] || manager=--cgroup-manager=disabled
		exec "$1" --root "$2/peer" ${manager-} run --bundle c "$3"' sh "$1" "$PWD" "mount-$$"
}

# same TITLE WANTED [NAME...]: bundle c prints WANTED, with the other runtimes too (these ones).
same() {
	same_title=$1
	same_wanted=$2
	shift 2
	[ $# -gt 0 ] || set -- crun runc
	rm -rf pristine && mkdir pristine && cp -a c/rootfs sources pristine
	run ctnr-exec run ./c
	is_stdout "$same_wanted" "$same_title"
	find c/rootfs sources | sort >ours
	for same_peer; do
		has "PEER:$same_peer" "$same_peer runs it" || continue
		rm -rf c/rootfs sources && cp -a pristine/rootfs c && cp -a pristine/sources .
		peer "$same_peer"
		is_stdout "$same_wanted" "... as with $same_peer"
		find c/rootfs sources | sort >theirs
		is_file theirs ours "... which makes the same"
	done
	rm -rf sources && cp -a pristine/sources .
}

mkdir -p sources/dir sources/other && echo data >sources/file && echo in >sources/dir/in
for n in 1 2 3; do echo $n >sources/file$n; done

linked /etc/resolv.conf ../run/systemd/resolve/stub-resolv.conf
bind sources/file /etc/resolv.conf
script c 'cat /run/systemd/resolve/stub-resolv.conf'
same "a file behind a dangling link" data
linked /etc/x /nowhere/x
bind sources/file /etc/x
script c 'cat /nowhere/x'
same "... that is absolute" data
linked /data /mnt/data
bind sources/dir /data
script c 'cat /mnt/data/in'
same "a directory behind a dangling link, which crun 1.8 refuses" in runc
linked /one two
ln -s /deep/three c/rootfs/two && mkdir c/rootfs/deep && ln -s ../four/five c/rootfs/deep/three
bind sources/file /one
script c 'cat /four/five'
same "a chain of links" data
linked /etc/x "../../../../../../../..$PWD/outside/x"
bind sources/file /etc/x
script c 'cat /etc/x'
same "a link that climbs" data
fails "nothing is made outside" test -e outside

bundle c
bind sources/dir /a/b
bind sources/other /a
bind sources/file /a/b/c
script c 'cat /a/b/c; ls /a'
same "a mount point in what was mounted last" "data
b"
bundle c
mkdir sources/etc && ln -s ../run/stub.conf sources/etc/resolv.conf
bind sources/etc /etc
bind sources/file /etc/resolv.conf
script c 'cat /run/stub.conf'
same "a link in what is bound" data
bundle c
for n in 1 2 3; do
	bind sources/file$n /etc/passwd
	bind sources/file$n /new
done
script c 'cat /etc/passwd /new'
same "a file over a file over a file" "3
3"
bundle c
config c '.linux.devices = [{path: "/opt/zero", type: "c", major: 1, minor: 5, fileMode: 384}]'
script c 'head -c 3 /opt/zero | wc -c; stat -c "%a %t:%T" /opt/zero'
run ctnr-exec run ./c
is_stdout "3
600 1:5" "a device outside /dev"
rm -rf c/rootfs/opt
peer crun
is_stdout "3
600 1:5" "... as with crun"
bundle c
config c '.process.cwd = "/work/here"'
script c 'pwd'
same "a working directory that is missing" /work/here
done_testing
