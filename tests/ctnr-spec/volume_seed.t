#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A new volume is what the image has at its place: the listing of the one equals that of the other.
# identities: root sub one
# differs: owners are on disk with an ID map, attributes and lines with one ID; devices are root's
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/../ctnr-unpack/unpack.sh"
. "$test_lib/../ctnr-spec/bundle.sh"
needs USERNS

# seed DRIVER IMAGE: unpack, and make the volume IMAGE-DRIVER for the image's /data
seed() {
	unpack "$1" "$2"
	run ctnr-spec --store "$CTNR_TEST_TMP/store" -v "$2-$1:/data" "$stdout" -- true
	volume=$CTNR_TEST_TMP/store/volumes/$2-$1
}

# equals_image DRIVER IMAGE TITLE
equals_image() {
	is "$(in_namespace python3 "$test_lib/list-tree.py" "$volume")" \
		"$(tree_below=/data tree "$1" "$2")" "$3"
}

mkdir -p store
make_image objects <<'END'
dir data mode=2750 uid=5 gid=6 mtime=1000000001 xattr.user.a=1
file data/a data=text mode=4755 uid=7 gid=8 mtime=1000000002.5
hardlink data/b data/a
file data/caps data=x mode=755 uid=3 'xattr.security.capability=\x01\x00\x00\x02\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00'
symlink data/l a uid=9 gid=10 mtime=1000000003
hardlink data/l2 data/l
fifo data/p mode=666 uid=11 gid=12 mtime=1000000004
dir data/sub mode=1777 mtime=1000000005 xattr.user.overlay.foo=v
hardlink data/sub/p data/p
file data/sub/gone data=x
file data/none data= mode=0 mtime=1000000006
---
whiteout data/sub/gone
hardlink data/sub/c data/a
file data/sub/new data=new uid=1 mtime=1000000007
END
for driver in overlay copy; do
	seed "$driver" objects
	is_status 0 "$driver: a volume is made of an image's directory"
	equals_image "$driver" objects \
		"$driver: ... with owners, modes, times, attributes and names of all objects"
	is "$(find store/volumes -maxdepth 1 -name '.objects*' ! -name '*:owners')" "" \
		"$driver: ... and nothing half-made is left"
done

# What can have no attribute has its owner in a file.
if identity one; then
	for driver in overlay copy; do
		is "$(grep '^[lp]' "store/volumes/.objects-$driver:owners" | sort)" \
			"$(printf '%s\n' 'l 9 10 - /l' 'l 9 10 - /l2' 'p 11 12 - /p' 'p 11 12 - /sub/p')" \
			"$driver: with one ID the owners of symlinks and FIFOs are kept beside the volume"
	done
fi
make_image device <<'END'
dir data
char data/null 1 3 mode=666 uid=1 gid=2
END
seed overlay device
if identity root; then
	is "$(ls -A store/volumes/device-overlay)" "" "a device is not for a volume to have"
else
	is "$(cat store/volumes/.device-overlay:owners)" "c 1 2 1:3 /null" \
		"the placeholder of a device stays one"
fi

# Not the seeding's own umask, and not that of who calls.
umask 077
seed copy objects
umask 022
equals_image copy objects "the caller's umask changes nothing"

# A path that leads through the image's links.
make_image linked <<'END'
dir real
dir real/sub
fifo real/sub/p uid=1 gid=1
symlink data ./real/./sub/.
END
seed overlay linked
is_status 0 "a place that is a symlink in the image is followed in the image"
ok "... to what it has" test -p "$volume/p"
! identity one || is "$(cat store/volumes/.linked-overlay:owners)" "p 1 1 - /p" "... and its owners"

# Holes stay holes.
truncate -s 3G sparse
printf data | dd of=sparse bs=1 seek=2000000000 conv=notrunc 2>/dev/null
mkdir -p tree/data && mv sparse tree/data
tar -C tree --sparse --format=gnu --owner=0 --group=0 -cf sparse.tar data
python3 "$test_lib/make-layout.py" sparse sparse.tar >/dev/null
for driver in overlay copy; do
	seed "$driver" sparse
	is "$(stat -c %s "$volume/sparse")" 3221225472 "$driver: a file of 3 GiB is copied"
	ok "$driver: ... with its holes" test "$(stat -c %b "$volume/sparse")" -lt 1000
	is "$(dd if="$volume/sparse" bs=1 skip=1999999999 count=6 2>/dev/null | od -An -c)" \
		"$(printf '\0data\0' | od -An -c)" "$driver: ... and its data"
done

# A resource a level would end here: few descriptors and a small stack, for a deep tree.
mkdir -p deep
in_namespace python3 - deep <<'END'
import os, sys
os.chdir(sys.argv[1])
os.mkdir("data")
os.chdir("data")
for _ in range(5000):
    os.mkdir("d")
    os.chdir("d")
open("end", "w").close()
os.link("end", "other")
END
from_config "{Cmd: [\"true\"]}" --rootfs deep --store "$CTNR_TEST_TMP/store"
run sh -c 'ulimit -n 64; ulimit -s 256; exec ctnr-spec --image-config "$1" --rootfs deep --store "$2" -v deep:/data' \
	sh "$CTNR_TEST_TMP/image-config.json" "$CTNR_TEST_TMP/store"
is_status 0 "5,000 nested directories are copied with few descriptors and a small stack"
is "$(in_namespace python3 - "$CTNR_TEST_TMP/store/volumes/deep" <<'END'
import os, sys
os.chdir(sys.argv[1])
for _ in range(5000):
    os.chdir("d")
print(sorted(os.listdir()), os.stat("end").st_nlink)
END
)" "['end', 'other'] 2" "... to the last of them"
# The runner's own way of deleting goes no deeper than its stack.
rm -rf deep store/volumes/deep
done_testing
