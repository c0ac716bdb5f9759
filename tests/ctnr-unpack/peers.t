#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: root
# differs: only root's trees have the owners that umoci's have
# timeout: 60 a real image is unpacked by umoci, too
#
# What we unpack as root is what umoci unpacks, by mode, owner, time, attribute and link.
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/../lib/image.sh"
. "$(dirname "$0")/unpack.sh"
needs ROOT PEER:umoci

# same_as_umoci LAYOUT:REF NAME TITLE DRIVER...
same_as_umoci() {
	same_image=$1
	same_name=$2
	same_title=$3
	shift 3
	run umoci unpack --image "$same_image" "$same_name.umoci"
	is_status 0 "umoci unpacks $same_title"
	python3 "$test_lib/list-tree.py" "$same_name.umoci/rootfs" >wanted
	for driver in "$@"; do
		run ctnr-unpack --driver "$driver" -b "./$same_name.$driver" "oci:$same_image"
		is_status 0 "$driver: we do"
		tree "$driver" "$same_name" >got
		is_file got wanted "$driver: the trees are the same"
	done
}

make_image cases <<'END'
dir . mode=755 uid=1 gid=2 mtime=1000000000
dir a mode=1777 mtime=1000000010
file a/setuid data=x mode=4755 uid=5 gid=6 mtime=1000000020 xattr.user.k=v
file a/gone data=x
hardlink a/other a/setuid
file a/plain data=plain mode=600
symlink bin a mtime=1000000030 uid=7 gid=8
fifo pipe mode=600
char null 1 3 mode=666
dir full
file full/1 data=1
file full/2 data=2
dir swapped
file swapped/x data=x
---
dir a mode=711 uid=3 gid=3 mtime=1000000040
whiteout a/gone
file bin/new data=new mtime=1000000050
dir full
opaque full
file full/3 data=3
file swapped data=file
hardlink link a/plain
---
dir swapped mode=700
file swapped/y data=y
whiteout pipe
END
same_as_umoci cases:latest cases "layers with everything" overlay copy

if has DEBIAN "a real Debian image is unpacked as umoci does"; then
	debian=$(debian_layout)
	same_as_umoci "$debian:latest" debian "a real Debian image" overlay
fi
done_testing
