#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Archives that want out, or mean two things at once.
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/unpack.sh"
needs USERNS

mkdir outside
echo untouched >outside/file

# refused NAME PATTERN TITLE <<END: neither driver unpacks it, and nothing stays behind.
refused() {
	make_image "$1"
	for driver in overlay copy; do
		unpack "$driver" "$1"
		is_status "${4-1}" "$driver: $3"
		like_stderr "$2" "... and it is said why"
		fails "... and no bundle stays behind" test -e "$1.$driver"
	done
}

refused dotdot "*leads outside*" "a name with '..' is refused" <<'END'
file ../outside/file data=owned
END
refused dotdot-inside "*leads outside*" "a name with '..' amid it is refused" <<'END'
dir a
file a/../../outside/file data=owned
END
refused root-symlink "*root directory*" "the root is not replaced by a symlink" <<END
symlink . $CTNR_TEST_TMP/outside
file file data=owned
END
refused root-file "*named as a directory*" "the root is not replaced by a file" <<'END'
file / data=x
END
refused root-hardlink "*root directory*" "the root is not replaced by a hardlink" <<'END'
file a data=a
hardlink ./ a
END
refused whiteout-dotdot "*whiteout*" "a whiteout of '..' is refused" <<'END'
file a/.wh... data=
END
refused whiteout-nothing "*whiteout*" "a whiteout of nothing is refused" <<'END'
file a/.wh. data=
END
refused whiteout-dir "*whiteout*" "something below a whiteout is refused" <<'END'
file a/.wh.b/c data=
END
refused link-missing "*No such file*" "a hardlink to what is not there is refused" <<'END'
hardlink a etc/passwd
END
refused link-dotdot "*leads outside*" "a hardlink to what is outside is refused" <<'END'
hardlink a ../../../../../../etc/passwd
END
refused link-through "*No such file*" "a hardlink through a symlink stays inside" <<END
symlink out $CTNR_TEST_TMP/outside
hardlink a out/file
END
refused link-self "*does not exist*" "a hardlink to itself, which is not there, is refused" <<'END'
hardlink a a
END
refused loop "*symbolic links*" "a loop of symlinks is refused" <<'END'
symlink a b
symlink b a
file a/x data=x
END
refused below-file "*Not a directory*" "a file is no parent" <<'END'
file a data=a
file a/x data=x
END
refused long "*255*" "a component of 256 bytes is refused" <<END
file $(printf '%0256d' 0) data=x
END
refused long-path "*makes no sense*" "a path of more than 4095 bytes is refused" <<END
file $(printf '%0200d/' 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0)x data=x
END
refused unknown "*entry type*" "an unknown type of entry is refused" <<'END'
entry Z a
END
refused checksum "*checksum*" "a wrong checksum is refused" <<'END'
file a data=a checksum=1
END
refused data-symlink "*checksum*" "content of what has none is refused" <<'END'
entry 2 a b data=content
END
refused sized-dir "*has a size*" "an extended size on a directory is refused" <<'END'
dir a pax.size=512
END
refused global "*global header*" "a global header that changes entries is refused" <<'END'
global path=b
file a data=a
END
refused truncated "*ends in the middle*" "a truncated archive is refused" <<'END'
file a data=a size=5000
cut
END

# What stays inside whatever it wants.
make_image swap <<END
dir a
file a/x data=x
symlink a $CTNR_TEST_TMP/outside
file a/file data=owned
dir b
symlink b /
file b/inside data=y
END
for driver in overlay copy; do
	unpack "$driver" swap
	is_status 0 "$driver: a symlink swapped for a directory between two entries"
	is "$(cat outside/file)" untouched "... does not lead outside"
	listing=$(tree "$driver" swap --brief)
	like "$listing" "*${CTNR_TEST_TMP#/}/outside/file=owned*" "... but into the root"
	like "$listing" "*f inside=y*" "... and likewise to the root itself"
done

make_image git-comment <<'END'
global comment=0123
file a data=a
END
both_drivers git-comment "a global header that changes nothing is passed over" <<'END'
f a=a
END

# Content that is not what its digest says.
make_image flipped <<'END'
file a data=a
file b fill=200000
END
chmod -R u+w flipped
digest=$(python3 -c 'import json; m=json.load(open("flipped.json"))["descriptor"]["digest"].split(":")[1]
print(json.load(open("flipped/blobs/sha256/"+m))["layers"][0]["digest"].split(":")[1])')
cp -R flipped flipped-copy
python3 - "flipped/blobs/sha256/$digest" <<'END'
import sys
data = bytearray(open(sys.argv[1], "rb").read())
data[len(data) // 2] ^= 1
open(sys.argv[1], "wb").write(data)
END
for driver in overlay copy; do
	unpack "$driver" flipped
	is_status 4 "$driver: a layer with a flipped bit fails verification"
	like_stderr "*digest*" "... and it is the digest that is blamed"
done
truncate -s -1 "flipped-copy/blobs/sha256/$digest"
unpack overlay flipped-copy
is_status 4 "a layer that is too short fails verification"

# The worker fails before it has begun with a layer.
make_image damaged <<'END'
file a data=a
END
chmod -R u+w damaged
digest=$(python3 -c 'import json; print(json.load(open("damaged/index.json"))["manifests"][0]["digest"][7:])')
echo >>"damaged/blobs/sha256/$digest"
for progress in none plain json; do
	unpack copy damaged --progress "$progress"
	is_status 4 "progress $progress: a manifest that is not what its digest says is refused"
	like_stderr "*manifest sha256:*bytes*" "... and it is said why"
done

long=$(printf '%0200d/' 0 0 0 0 0 0 0 0)
refused long-reason "*a link without a target*" "a long name leaves room for the reason" <<END
entry 1 ${long}x
END
# A bomb: 256 MiB of zeros cost neither memory nor disk.
make_image bomb <<'END'
file zeros fill=268435456
END
run env time -f %M ctnr-unpack --driver overlay -b ./bomb.overlay "oci:$CTNR_TEST_TMP/bomb:latest"
is_status 0 "256 MiB of zeros unpack"
is_sanitized || ok "... in less than 16 MiB of memory" test "$stderr" -lt 16384
ok "... and takes no space" test "$(du -sk --apparent-size bomb.overlay/ | cut -f 1)" -lt 1000
is "$(stat -L -c %s bomb.overlay/lower/0/zeros)" 268435456 "... but has its size"
ok "... on disk either" test "$(stat -L -c %b bomb.overlay/lower/0/zeros)" -lt 2048
done_testing
