#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: root
# differs: only root's trees have the owners that others' have
# timeout: 60 podman pulls and mounts an image
#
# What others unpack of an image that was packed is what the container had, by mode, owner, time, attribute, link
# and hole.
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/changes.sh"
needs ROOT PEER:umoci PEER:skopeo PEER:podman

# Capability of revision 2: CAP_NET_BIND_SERVICE.
# Without an entry for the root podman makes it 0555. Its time alone is no change, so that it is a recent one.
make_image base <<'END'
dir . mtime=1700000000
dir a mode=1777 mtime=1000000010
file a/setuid data=x mode=4755 uid=5 gid=6 mtime=1000000020 xattr.user.k=v
hardlink a/other a/setuid
file a/gone data=x
file a/ping data=x mode=755 'xattr.security.capability=\x01\x00\x00\x02\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00'
symlink bin a mtime=1000000030 uid=7 gid=8
fifo pipe mode=600
char null 1 3 mode=666
dir full
file full/1 data=1
dir swapped
file swapped/x data=x
END
bundle one base
name=$(printf '%0255d' 0)
overlay one "cd a && rm gone && chmod 4711 setuid && chown 70000:3000000 ping && setcap cap_net_raw+ep ping && ln ping pong &&
	echo 2 >two && ln two three && ln -s two link && mkdir -p deep/er && chmod 2770 deep && chown 1:2 deep &&
	touch -d @1000000000 deep/er && cd .. && rm -r full && mkdir full && echo 3 >full/3 &&
	rm -r swapped && echo x >swapped && rm pipe && mkfifo pipe2 && mknod zero c 1 5 && chown -h 9:9 bin &&
	mkdir -p '$name/$name' && echo long >'$name/$name/$name' && setfattr -n user.a -v b full/3 &&
	truncate -s 30M holes && setfattr -x user.k a/other"
is $? 0 "a container changes everything"
# shellcheck disable=SC2016 # for the inner shell
in_namespace sh -c 'cd one/lower && mount -t overlay -o lowerdir=0,upperdir=../upper,workdir=../work,userxattr overlay ../rootfs &&
	exec python3 "$1" ../rootfs' sh "$test_lib/list-tree.py" >wanted
isnt "$(grep -c . wanted)" 0 "its tree is listed"

runroot=$(mktemp -d /tmp/ctnr-pr.XXXXXX) # podman takes no long one
at_end "rm -rf '$runroot'"
podman_here() {
	podman --root "$CTNR_TEST_TMP/podman" --runroot "$runroot" --storage-driver vfs "$@"
}

for how in changes squash; do
	option=
	[ "$how" = changes ] || option=--squash
	# shellcheck disable=SC2086 # an option or none
	run ctnr-pack $option -t "$how" ./one
	is_status 0 "$how: it is packed"
	layout=$(python3 -c 'import json, sys; print(json.load(sys.stdin)["layout"])' <"$stdout_file")
	run skopeo copy -q "oci:$layout:localhost/$how:latest" "oci:$how.copied:1"
	is_status 0 "... and copied by skopeo"
	run umoci unpack --image "$how.copied:1" "$how.umoci"
	is_status 0 "... and unpacked by umoci"
	python3 "$test_lib/list-tree.py" "$how.umoci/rootfs" >got
	is_file got wanted "... to the same tree"
	id=$(podman_here pull -q "oci:$how.copied:1")
	python3 "$test_lib/list-tree.py" "$(podman_here image mount "$id")" >got
	is_file got wanted "... and by podman"
	podman_here image umount -a >/dev/null
done
done_testing
