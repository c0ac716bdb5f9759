#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# What we write is what GNU tar, bsdtar and Python's tarfile read, and always the same bytes.
. "$(dirname "$0")/../lib/test.sh"
needs PEER:tar PEER:bsdtar PEER:python3

rewrite=$CTNR_TEST_BUILD/tests/lib/rewrite-tar

# lists_the_same CMD... : the program lists our archive as the one that it was made of.
lists_the_same() {
	"$@" given.tar >wanted 2>wanted.err
	run "$@" ours.tar
	is_status 0 "$peer reads what we write"
	is_stdout "$(cat wanted)" "... as what it was made of"
	is_stderr "" "... and has nothing to say"
	[ -s wanted ] || fail "$peer lists something" "$(cat wanted.err)"
}

hundred=$(printf '%0100d' 0)
python3 "$test_lib/make-tar.py" given.tar <<END
dir . mode=755 uid=1 gid=2
dir etc mode=1777 mtime=1
file etc/passwd data=root mode=4755 uid=5 gid=6 mtime=1000000020 xattr.user.a=x xattr.user.b=2
hardlink etc/shadow etc/passwd
symlink bin etc/../usr/bin mtime=1000000030
symlink long $hundred/target
char dev/null 1 3 mode=666
block dev/sda 8 2097151
fifo pipe mode=600
file $hundred data=x
file dir/$hundred data=y
file dir/$hundred$hundred data=z
dir dir/$hundred$hundred.d
hardlink dir/$hundred$hundred.h dir/$hundred$hundred
file large uid=2097151 gid=2097152
file larger uid=4294967294 gid=4294967294
file old mtime=-1
file new mtime=8589934592
file 'höhe/ß' data=x
file '日本/$hundred' data=x
file blocks fill=1536
whiteout etc/gone
END
run "$rewrite" <given.tar
is_status 0 "an archive is written"
cp "$stdout_file" ours.tar
peer="GNU tar" lists_the_same tar --numeric-owner --full-time --xattrs --xattrs-include='*' -tvvf
peer=bsdtar lists_the_same bsdtar --numeric-owner -tvf
peer=Python lists_the_same "$test_lib/list-tar.py"
run "$rewrite" <ours.tar
is_file "$stdout_file" ours.tar "written again it is the same"
is "$(sha256sum <ours.tar)" "ffbab78b50ac955e54c63cfc1a068e378b83f78f0b1619ee983c7fa501326bb3  -" "the bytes never change"

# Names that are no UTF-8, in the header and in records.
python3 - <<'END'
import tarfile

with tarfile.open("given.tar", "w", format=tarfile.GNU_FORMAT, errors="surrogateescape") as archive:
    for name in b"caf\xe9", b"caf\xe9" * 40, b"line\nbreak", b"tab\tand\\":
        archive.addfile(tarfile.TarInfo(name.decode("utf-8", "surrogateescape")))
    link = tarfile.TarInfo("link")
    link.type = tarfile.SYMTYPE
    link.linkname = (b"\xff" * 120).decode("utf-8", "surrogateescape")
    archive.addfile(link)
END
"$rewrite" <given.tar >ours.tar
peer=bsdtar lists_the_same bsdtar --numeric-owner -tvf
peer=Python lists_the_same "$test_lib/list-tar.py"
is "$(tar -tvf ours.tar 2>/dev/null)" "$(tar -tvf given.tar)" "GNU tar reads names that are no UTF-8"

# Sparse files: content in the middle, at the end, at the beginning of a large one; holes alone.
truncate -s 1M middle holes ends
printf 'middle' | dd of=middle bs=1 seek=524288 conv=notrunc status=none
printf 'ends' >>ends
printf 'begins' >begins
truncate -s 9G begins
sparse_archive() {
	tar --sparse --format=gnu --owner=u:1 --group=g:2 --mtime=@1000000000 -cf given.tar "$@"
}
sparse_archive --hole-detection=raw middle ends holes
"$rewrite" <given.tar >ours.tar
is "$(sha256sum <ours.tar)" "db19bfd91e18368aecccd6675099bed384662e3dcf28aed76c432e83ded5eb7f  -" "the bytes of sparse files never change"
sparse_archive begins middle ends holes
"$rewrite" <given.tar >ours.tar
ok "holes take no room" test "$(stat -c %s ours.tar)" -lt 65536
is "$(tar --numeric-owner -tvf ours.tar)" "$(tar --numeric-owner -tvf given.tar)" "GNU tar lists sparse files"
for peer in tar bsdtar; do
	mkdir "$peer"
	run "$peer" -C "$peer" -xf ours.tar
	is_status 0 "$peer extracts sparse files"
	is "$(stat -c %s "$peer/begins") $(head -c 6 "$peer/begins")" "9663676416 begins" "... a large one"
	for file in middle ends holes; do
		ok "... $file" cmp "$file" "$peer/$file"
	done
done
run python3 - <<'END'
import tarfile

with tarfile.open("ours.tar") as archive:
    for member in archive:
        content = archive.extractfile(member)
        if member.size < 1 << 30:
            assert content.read() == open(member.name, "rb").read(), member.name
        else:
            assert content.read(7) == b"begins\0", member.name
        print(member.name, member.size)
END
is_stdout "begins 9663676416
middle 1048576
ends 1048580
holes 1048576" "Python reads sparse files"
done_testing
