#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub one root
# differs: one ID keeps owners as data; root has no user namespace; the digests must be the same
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/changes.sh"
needs USERNS

T=1000000000
name100=$(printf '%0100d' 0)
name255=$(printf '%0255d' 0)
capability='\x01\x00\x00\x02\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00'
# Entries for the owner, the group (rwx), a mask (r-x) and others.
acl='\x02\x00\x00\x00\x01\x00\x07\x00\xff\xff\xff\xff\x04\x00\x07\x00\xff\xff\xff\xff\x10\x00\x05\x00\xff\xff\xff\xff\x20\x00\x05\x00\xff\xff\xff\xff'
make_image base <<END
dir . mode=751 uid=3 gid=4 mtime=900000001
dir d mode=2775 uid=5 gid=6 mtime=900000002
file d/caps data=x mode=755 uid=65534 gid=65535 'xattr.security.capability=$capability'
file d/acl data=x mode=755 'xattr.system.posix_acl_access=$acl'
dir d/defaults mode=755 'xattr.system.posix_acl_default=$acl'
file d/setuid data=x mode=4755 uid=7 gid=8 mtime=900000003
hardlink d/setuid2 d/setuid
symlink d/l ../elsewhere uid=9 gid=10 mtime=900000004
hardlink d/l2 d/l
fifo d/p mode=640 uid=11 gid=12
hardlink d/p2 d/p
char d/null 1 3 mode=666 uid=13 gid=14
block d/disk 8 1 mode=660 gid=15
file d/marks data=x xattr.user.overlay.opaque=y xattr.user.a=1 xattr.user.b=2
file d/old data=x mtime=-5
file $name100/$name100/$name255 data=long
symlink d/long $name100/$name100/$name255
dir gone
file gone/f data=x
dir hidden
file hidden/f data=x
---
file over data=x
file d/.wh.old
file gone/.wh.f
file hidden/.wh..wh..opq
file hidden/g data=x
END

bundle one base
overlay one 'cd d && rm setuid && mv caps moved && chmod 711 ../hidden && rm -r ../gone && mkdir ../gone &&
	touch -h l p null && echo 1 >../over && setfattr -x user.a marks && cd .. &&
	rm */*/0* && mkdir -p 1/2/3 && touch -d @5 1/2/3 1/2 1 && truncate -s 1M holes && chmod 700 d/acl &&
	ln holes holes2 && mknod fifo p && ln -s x y && chmod 755 .'
is $? 0 "a container changes its tree"

# again FILE BUNDLE: the layer FILE on top of the base, unpacked; then its directory as the upper one of BUNDLE.
again() {
	python3 "$test_lib/make-layout.py" "$2.image" base.0.tar base.1.tar "$1" >/dev/null
	bundle "$2.lower" "$2.image" && bundle "$2" base || return 1
	# shellcheck disable=SC2016 # for the inner shell
	in_namespace sh -c 'rm -rf "$2/upper" && cp -a "$1/lower/0/" "$2/upper" && cp "$1/lower/0/../owners" "$2/owners"' \
		sh "$PWD/$2.lower" "$PWD/$2"
}

changes one one.tar --timestamp $T
is_status 0 "a layer is packed"
is "$stderr" "" "... without a word"
ok "... and unpacked" again one.tar two
changes two two.tar --timestamp $T
is_status 0 "... and packed again"
is_file two.tar one.tar "... with the same bytes"

changes one all.tar --squash --timestamp $T
is_status 0 "all of a container is packed as one layer"
python3 "$test_lib/make-layout.py" whole all.tar >/dev/null
bundle all whole
changes all all2.tar --squash --timestamp $T
is_file all2.tar all.tar "... which unpacked and packed again has the same bytes"

is "$(sha256sum <one.tar)" "43039e963df7cdce5c7b134330e05d8babf998326307029da6c33977dfd8fd6b  -" "the layer is the same for every identity"
is "$(sha256sum <all.tar)" "25588b45fdcbe59db8bf9c774de4706481889d54b96906a6f3ddefc96d07b072  -" "... and so is the whole"
done_testing
