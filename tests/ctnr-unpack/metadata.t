#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub one root
# differs: one ID keeps owners as data
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/unpack.sh"
needs USERNS

name100=$(printf '%0100d' 0)
make_image metadata <<END
dir . mode=751 uid=3 gid=4 mtime=1000000001
dir d mode=2775 uid=5 gid=6 mtime=1000000002.5
file d/setuid data=x mode=4755 uid=7 gid=8 mtime=1000000003.25
file d/none data=x mode=0
file d/old data=x mtime=-5
char d/deleted 0 0
symlink l target uid=9 gid=10 mtime=1000000004
fifo p mode=640 uid=11 gid=12
file caps data=x mode=755 'xattr.security.capability=\x01\x00\x00\x02\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00'
file attr data=x xattr.user.a=1
file $name100/$name100/$name100 data=long
file gnu-$name100/$name100 data=long format=gnu
symlink deep $name100/$name100/$name100
file ustar-$name100/x data=ustar format=ustar
file "with space" data=x
END
for driver in overlay copy; do
	unpack "$driver" metadata
	is_status 0 "$driver: unpacks"
	listing=$(tree "$driver" metadata)
	if [ "$CTNR_TEST_IDENTITY" = one ]; then
		owner=0:0
		like "$listing" "*f d/setuid * 4755 0:0 1000000003250000000 user.rootlesscontainers=08071008*" \
			"... with one ID the owner is an attribute"
		like "$(cat metadata.overlay/lower/0/../owners)" "*l 9 10 - /l*p 11 12 - /p*" \
			"... or a line where there can be none"
	else
		owner=7:8
		like "$listing" "*d . 751 3:4 1000000001*" "... the root has its entry's owner and mode"
		like "$listing" "*l l -> target 777 9:10 1000000004*" "... symlinks have owner and time"
		like "$listing" "*p p 640 11:12 *" "... and FIFOs"
		like "$listing" "*f d/deleted 0 * 644 0:0 *" \
			"... what stands for a device does not get the group of its directory"
	fi
	like "$listing" "*f d/setuid 1 * 4755 $owner 1000000003250000000*" "... set-ID bits and ns are kept"
	like "$listing" "*d d 2775 * 1000000002500000000*" "... a directory's time is that of its entry"
	like "$listing" "*f d/none 1 * 0 0:0*" "... a mode of 0"
	like "$listing" "*f d/old 1 * 644 0:0 -5000000000*" "... a time before 1970"
	like "$listing" "*f attr * user.a=31*" "... attributes"
	like "$listing" "*f caps * security.capability=*" "... capabilities"
	like "$listing" "*f $name100/$name100/$name100 *" "... long names of pax"
	like "$listing" "*f gnu-$name100/$name100 *" "... and of GNU"
	like "$listing" "*f ustar-$name100/x *" "... and split ones of ustar"
	like "$listing" "*f with space *" "... names with blanks"
done

# Names are bytes, sparse files stay sparse: GNU tar makes what the test's archiver cannot.
mkdir -p made
python3 - <<'END'
import os
open(b"made/\xff\xfe latin", "w").write("x")
open("made/e\u0301", "w").write("nfd")
with open("made/sparse", "wb") as out:
    out.truncate(1 << 24)
    for at in (0, 1 << 20, 5 << 20, 9 << 20, 11 << 20, 13 << 20):
        out.seek(at)
        out.write(b"data" * 1024)
END
for format in "gnu --format=gnu" "pax00 --format=pax --sparse-version=0.0" \
	"pax01 --format=pax --sparse-version=0.1" "pax10 --format=pax --sparse-version=1.0"; do
	name=${format%% *}
	# shellcheck disable=SC2086 # several options
	tar -C made --sparse ${format#* } --owner=0 --group=0 -cf "$name.tar" .
	python3 "$test_lib/make-layout.py" "$name" "$name.tar" >/dev/null
	unpack overlay "$name"
	is_status 0 "a sparse file in format $name unpacks"
	ok "... with its content" cmp made/sparse "$name.overlay/lower/0/sparse"
	ok "... and its holes" test "$(stat -L -c %b "$name.overlay/lower/0/sparse")" -lt 1000
	# shellcheck disable=SC2012 # od sees every byte
	is "$(LC_ALL=C ls "$name.overlay/lower/0" | od -c)" "$(LC_ALL=C ls made | od -c)" \
		"... names are bytes"
done

# The root directory of an overlay is a copy of the top layer's.
make_image root <<'END'
dir . mode=2751 mtime=1000000001 xattr.user.overlay.foo=v xattr.user.a=1
dir sub xattr.user.overlay.foo=v
END
for driver in overlay copy; do
	unpack "$driver" root
	listing=$(tree "$driver" root)
	like "$listing" "*d sub * user.overlay.foo=76*" \
		"$driver: an overlay's attribute is what the container sees, whatever the kernel obeys"
	like "$listing" "d . 2751 0:0 1000000001000000000 user.a=31 user.overlay.foo=76*" \
		"$driver: ... the root's too"
done

# A hardlink in a later layer copies its target up.
mkdir -p links
cp --sparse=always made/sparse links/sparse
truncate -s 3G links/huge
printf data | dd of=links/huge bs=1 seek=2000000000 conv=notrunc 2>/dev/null
tar -C links --sparse --format=gnu --owner=0 --group=0 -cf links-base.tar huge sparse
printf '%s\n' 'hardlink huge2 huge' 'hardlink sparse2 sparse' |
	python3 "$test_lib/make-tar.py" links-top.tar
python3 "$test_lib/make-layout.py" links links-base.tar links-top.tar >/dev/null
unpack overlay links
is_status 0 "hardlinks to sparse files, one of 3 GiB, in the layer below"
for name in huge sparse; do
	is "$(stat -L -c %s "links.overlay/lower/0/${name}2")" "$(stat -c %s "links/$name")" \
		"$name: a copied-up file has its size"
	ok "... and its holes" test "$(stat -L -c %b "links.overlay/lower/0/${name}2")" -lt 1000
done
ok "... and its content" cmp made/sparse links.overlay/lower/0/sparse2

# Each directory on the way is made once, from the one above: the square of that takes minutes.
printf 'file %sx data=x\n' "$(printf 'd/%.0s' $(seq 1900))" | make_image depth
run timeout 30 ctnr-unpack --driver overlay -b ./depth.overlay "oci:$CTNR_TEST_TMP/depth:latest"
is_status 0 "a name of 1,901 components takes time by their number"

# The stream ends where a block of ours ends: 512 KiB.
head -c 522752 /dev/urandom >body
for format in zstd gzip none; do
	printf 'file a from=body\nfile b data=b\ncut\n' | make_image "whole-$format" --compress "$format"
	unpack copy "whole-$format"
	is_status 0 "$format: an archive of whole blocks unpacks"
	is_file body "whole-$format.copy/rootfs/a" "... with its content"
done

# Later layers know the owners that earlier ones wrote down.
make_image records <<'END'
fifo p uid=5 gid=5
symlink l x uid=5 gid=5
symlink m x uid=5 gid=5
char c 1 3
---
hardlink l2 l
symlink m y
whiteout p
whiteout c
---
fifo p
file c data=
END
unpack copy records
is_status 0 "a copy of three layers that change owners unpacks"
listing=$(tree copy records)
if identity one; then
	last_owner() {
		awk -v path="/$1" '$5 == path { owner = $1 " " $2 ":" $3 } END { print owner }' \
			records.copy/owners
	}
	is "$(last_owner l2)" "l 5:5" "a hardlink has the record of a target in another layer"
	is "$(last_owner m)" "l 0:0" "what is replaced loses its record"
	is "$(last_owner p)" "p 0:0" "what is removed and made again too"
	is "$(last_owner c)" "f 0:0" "an empty file is no device that was there before"
else
	like "$listing" "*h l2 = l * 5:5*" "a hardlink has the owner of a target in another layer"
	like "$listing" "*p p * 0:0*" "what is removed and made again has its own"
fi
done_testing
