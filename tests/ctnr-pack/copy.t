#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub one root
# differs: one ID keeps owners as data; root has no user namespace
#
# The same work in an overlay and in a copy gives the same layer.
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/../ctnr-unpack/unpack.sh"
needs USERNS

make_image base <<END
dir . mode=751 uid=3 gid=4 mtime=900000001
dir d mode=2775 uid=5 gid=6 mtime=900000002
file d/a data=x mode=755 uid=1 gid=2 mtime=900000003
file d/b data=x mtime=900000003 xattr.user.a=1 xattr.user.overlay.opaque=y
symlink d/l ../elsewhere uid=9 gid=10 mtime=900000004
file d/one data=1 mtime=900000003
hardlink d/two d/one
char d/null 1 3 mode=666 uid=13 gid=14
fifo d/p mode=640 uid=11 gid=12
dir deep
dir deep/er
dir deep/er/est mtime=900000005
file deep/er/est/x data=x
file deep/er/est/y data=y
dir gone
file gone/f data=x
file was data=x
dir is
file is/f data=x
dir same
file same/f data=x
---
file over data=x
file d/.wh.nothing
END

ctnr-fetch -t base oci:base:latest >/dev/null

# pack BUNDLE: the archive of its changes is BUNDLE.tar, without any an empty file.
pack() {
	run ctnr-pack --compression none --no-sync -t "$1" "./$1"
	: >"$1.tar"
	[ "$status" -eq 0 ] || return 0
	ctnr-store image show "$1" >"$1.shown"
	[ "$(jq '.manifest.layers | length' "$1.shown")" -eq 2 ] ||
		cp "$(jq -r '.layout + "/blobs/" + (.manifest.layers[-1].digest | sub(":"; "/"))' "$1.shown")" "$1.tar"
}

# entries FILE: how many an archive has.
entries() {
	[ ! -s "$1" ] || python3 -c 'import sys, tarfile; print(len(tarfile.open(sys.argv[1]).getmembers()))' "$1"
}

# names FILE
names() {
	[ ! -s "$1" ] || python3 -c 'import sys, tarfile; [print(m) for m in tarfile.open(sys.argv[1]).getnames()]' "$1"
}

# same TITLE ENTRIES COMMANDS: the same in an overlay and in a copy.
# shellcheck disable=SC2016 # for the inner shell
n=0
same() {
	n=$((n + 1))
	ctnr-unpack --driver overlay -b "./overlay$n" base >/dev/null && ctnr-unpack --driver copy -b "./copy$n" base >/dev/null &&
		in_namespace sh -c '
			cd "$1/lower" && mount -t overlay -o "lowerdir=$(ls | sort -n | paste -sd: -),upperdir=../upper,workdir=../work,userxattr" \
			overlay ../rootfs && cd ../rootfs && eval "$2"' sh "$CTNR_TEST_TMP/overlay$n" "$3" &&
		in_namespace sh -c 'cd "$1/rootfs" && eval "$2"' sh "$CTNR_TEST_TMP/copy$n" "$3"
	is $? 0 "$1"
	pack "overlay$n"
	is_status 0 "... is packed from an overlay"
	pack "copy$n"
	is_status 0 "... and from a copy"
	is_stderr "" "... without a word"
	is "$(names "copy$n.tar")" "$(names "overlay$n.tar")" "... the same names"
	is_file "copy$n.tar" "overlay$n.tar" "... byte by byte"
	is "$(entries "copy$n.tar")" "$2" "... in as many entries as that takes"
}

set_times='find . -newermt 2020-01-01 -exec touch -h -d @1500000000 {} +'

# No layer is unpacked yet.
ctnr-unpack --driver copy -b ./first base >first.json
pack first
is_status 0 "a copy whose image is not unpacked in layers is packed"
is "$(entries first.tar)" "" "... and has no changes, because nothing was done"
is "$(find "${CTNR_STORE:-$HOME/.local/share/ctnr}/layers" -maxdepth 4 -name diff | wc -l)" 2 "... compared with layers that are unpacked now"

same "nothing" "" true
same "a file far below is changed" 4 "echo z >deep/er/est/x; $set_times"
same "much is removed or replaced" 9 \
	"rm -r gone deep/er/est/y && rm was && mkdir was && echo >was/new && rm -r is && echo >is; $set_times"
same "much is new, and metadata changed" 8 \
	"mkdir -p new/er/est && echo x >new/er/est/x && ln -s x new/er/l && mkfifo new/p && chmod 711 over same; $set_times"
same "files get other names" 7 "ln d/one d/three && ln over over2 && rm d/two && chmod 600 d/p; $set_times"
same "content changes that neither size nor time tells" 2 "printf y >d/a && touch -d @900000003 d/a && touch -d @900000002 d"

# What was mounted on is no change of a copy either.
ctnr-unpack --driver copy -b ./mounted base >mounted.json
mkdir volume
ctnr-spec ./mounted -v "$PWD/volume:/new/er/point" -v "$PWD/volume:/d/point" -- true >/dev/null
in_namespace mkdir -p "$CTNR_TEST_TMP/mounted/rootfs/new/er/point" "$CTNR_TEST_TMP/mounted/rootfs/d/point" \
	"$CTNR_TEST_TMP/mounted/rootfs/proc"
pack mounted
is_status 0 "a copy with mount points is packed"
is "$(entries mounted.tar)" "" "... and these are none of its changes"

# More levels than a path can have.
in_namespace python3 -c 'import os
os.chdir("mounted/rootfs/deep/er")
for i in range(3000):
    os.mkdir("d")
    os.chdir("d")'
run ctnr-pack --no-sync ./mounted
is_status 1 "a copy of 3,000 levels is packed by nobody"
like_stderr "ctnr-pack: error: *'deep/er/d/d/d/*" "... and the error names them"
done_testing
