#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub one root
# differs: one ID keeps owners as data; root has no user namespace
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/changes.sh"
needs USERNS

make_image base <<'END'
dir etc
file etc/group data=x uid=3 gid=4
dir opt
file opt/a data=a
symlink link opt uid=7 gid=8
fifo pipe mode=600 uid=7 gid=8
char dev/null 1 3 uid=5 gid=6
file caps data=x mode=755 uid=9 'xattr.security.capability=\x01\x00\x00\x02\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00'
END

bundle none base
changes none none.tar
is_status 0 "a container that changed nothing is packed"
is "$(tar_list none.tar)" "" "... without a layer"

T=1000000000
# Entries for the owner, user 65535, the group, a mask and others. With one ID there is no other user.
acl=0200000001000600ffffffff02000400ffff000004000400ffffffff10000400ffffffff20000400ffffffff
export acl
told=
[ "$CTNR_TEST_IDENTITY" = one ] || told=" system.posix_acl_access=$acl"
bundle changed base
overlay changed 'rm etc/group; rm -r opt; mkdir opt new; echo new >opt/b; echo 1 >new/b; ln new/b new/a
	ln -s b new/l; mkfifo new/p; chmod 4711 new/b; printf x >new.file; mkdir opt/sub; chmod 1777 opt/sub
	touch -h link; touch pipe; touch dev/null; touch caps; setfattr -n user.a -v 1 new.file
	touch -d @-5 new/old; mkdir shut; echo shut >shut/f; chmod 0 shut/f shut; echo >acl
	[ "$CTNR_TEST_IDENTITY" = one ] || setfattr -n system.posix_acl_access -v 0x$acl acl'
changes changed changed.tar --timestamp $T
is_status 0 "changes of every kind become an archive"
tar_list changed.tar >changed.list
cat >changed.wanted <<END
f acl 644 0:0 $T 1$told
f caps 755 9:0 $T 1 security.capability=0100000200040000000000000000000000000000
d dev/ 755 0:0 0
c dev/null 644 5:6 $T 1:3
d etc/ 755 0:0 $T
f etc/.wh.group 0 0:0 0 0
l link 777 7:8 $T -> opt
d new/ 755 0:0 $T
f new/a 4711 0:0 $T 2
h new/b 4711 0:0 $T -> new/a
l new/l 777 0:0 $T -> b
f new/old 644 0:0 -5 0
p new/p 644 0:0 $T
f new.file 644 0:0 $T 1 user.a=31
d opt/ 755 0:0 $T
f opt/.wh..wh..opq 0 0:0 0 0
f opt/b 644 0:0 $T 4
d opt/sub/ 1777 0:0 $T
p pipe 600 7:8 $T
d shut/ 0 0:0 $T
f shut/f 0 0:0 $T 5
END
is_file changed.list changed.wanted "... in their order, with owners, marks, links and attributes"

bundle linked base
overlay linked 'ln caps caps2'
changes linked linked.tar --timestamp $T
is "$(tar_list linked.tar | grep caps2)" "h caps2 755 9:0 $T -> caps security.capability=0100000200040000000000000000000000000000" \
	"another name of a file with capabilities has them too, for those who set its owner anew"

# The mark is no news where there is nothing below.
bundle opaque base
in_upper opaque sh -c 'mkdir hand opt && for i in hand opt; do setfattr -n user.overlay.opaque -v y $i; done'
changes opaque opaque.tar --timestamp $T
is "$(tar_list opaque.tar | sed 's/ 755 .*//; s/ 0 .*//')" "d hand/
d opt/
f opt/.wh..wh..opq" "a directory that hides nothing is not marked as one that does"

# The layers below are needed: without them nothing tells what is hidden.
layer=$(dirname "$(readlink -f changed/lower/0)")
in_namespace mv "$layer" "$layer.away"
run ctnr-pack ./changed
is_status 5 "a bundle that lacks a layer is not packed"
like_stderr "ctnr-pack: error: *a layer was removed meanwhile*" "... which is told"
in_namespace mv "$layer.away" "$layer"
done_testing
