#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# How much of the disk a layer takes is noted beside it when it is made.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
needs USERNS

store=$CTNR_TEST_TMP/shelf
export CTNR_STORE="$store"

# What du says of a layer, but for the files that come later.
measured() {
	whole=$(in_namespace du -s --block-size=1 "$1" | cut -f 1)
	for later in size link; do
		blocks=$(stat -c %b "$1/$later" 2>/dev/null) || blocks=0
		whole=$((whole - 512 * blocks))
	done
	echo "$whole"
}

# A page, then a hole, so often that the file's extents need a block of their own (ext4), and less than a megabyte.
python3 -c 'print(("x" * 4096 + "\0" * 131072) * 7, end="")' >holes
layout odd <<'END' >/dev/null
dir a mode=0700 uid=1000
file a/holes from=holes
hardlink a/again a/holes
file a/small data=x uid=1000
file large fill=3000000 mode=0
symlink link aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
fifo pipe uid=7
file user xattr.user.long=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
whiteout gone
END
ok "an image is unpacked" ctnr-unpack --driver overlay -b b oci:odd
layer=$(echo "$store"/layers/*/*/*)
is "$(cat "$layer/size")" "$(measured "$layer")" "its layer's size is what du says, behind the sync"
is "$(stat -c %a "$layer/size")" 600 "... for the owner alone"

printf 'dir a\nfile a/%s data=x\n' one | "$test_lib/make-tar.py" one.tar
printf 'dir b\nfile b/%s data=x\n' two | "$test_lib/make-tar.py" two.tar
"$test_lib/make-layout.py" pair one.tar two.tar >/dev/null
ok "an image of two layers is unpacked" ctnr-unpack --driver overlay -b pair oci:pair
for layer in "$store"/layers/*/*/*; do
	[ "$(cat "$layer/size")" = "$(measured "$layer")" ] || fail "the size of each" "$layer"
done
is "$(find "$store"/layers/*/*/*/size | wc -l)" 3 "... and each has its size"

printf 'file third data=x\n' | "$test_lib/make-tar.py" three.tar
"$test_lib/make-layout.py" third three.tar >/dev/null
ok "an image is unpacked without a sync" ctnr-unpack --no-sync --driver overlay -b third oci:third
is "$(find "$store"/layers/*/*/* -maxdepth 0 | wc -l) $(find "$store"/layers/*/*/*/size | wc -l)" "4 3" \
	"... and its layer states no size"
done_testing
