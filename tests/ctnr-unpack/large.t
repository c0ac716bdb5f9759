#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# timeout: 60 files by the ten thousand are made and deleted, on whatever disk
#
# Large layers cost time, not memory. CTNR_TEST_SCALE=50 makes it 500,000 entries.
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/unpack.sh"
needs USERNS

count=$((10000 * ${CTNR_TEST_SCALE:-1}))

# peak DRIVER IMAGE: unpack, and print the largest resident set of any process, in KiB.
peak() {
	env time -f %M -o "$2.$1.peak" \
		ctnr-unpack --driver "$1" -b "./$2.$1" "oci:$CTNR_TEST_TMP/$2:latest" >/dev/null || return 1
	tail -n 1 "$2.$1.peak"
}

# is_flat KIB MAX TITLE. Sanitizers multiply memory.
is_flat() {
	note "$1 KiB: $3"
	is_sanitized || ok "$3" test "$1" -lt "$2"
}

python3 - "$count" many.tar <<'END'
import sys, tarfile

def block(name, kind, mode):
    header = bytearray(512)
    for at, value in ((0, name), (100, b"%07o" % mode), (108, b"0000000"), (116, b"0000000"),
                      (124, b"00000000000"), (136, b"07346545000"), (156, kind), (257, b"ustar\0" b"00")):
        header[at:at + len(value)] = value
    header[148:156] = b" " * 8
    header[148:155] = b"%06o\0" % sum(header)
    return bytes(header)

with open(sys.argv[2], "wb") as out:
    for i in range(int(sys.argv[1])):
        if i % 1000 == 0:
            out.write(block(b"many/%d/" % (i // 1000), b"5", 0o755))
        out.write(block(b"many/%d/%d" % (i // 1000, i), b"0", 0o644))
    out.write(bytes(1024))
END
printf 'dir many\nfile below data=below\n' >below.lines
python3 "$test_lib/make-tar.py" below.tar <below.lines
python3 "$test_lib/make-layout.py" base many.tar >/dev/null
python3 "$test_lib/make-layout.py" above below.tar many.tar >/dev/null
rm many.tar

base=$(peak overlay base)
is_flat "$base" 16384 "$count entries in a base layer take less than 16 MiB"
is "$(find base.overlay/lower/0/ -type f | wc -l)" "$count" "... and all are there"
# A layer above another keeps a hash of each path it made: 8 to 16 bytes, while the table grows 24.
for driver in overlay copy; do
	is_flat "$(peak "$driver" above)" $((16384 + count * 24 / 1024)) \
		"$driver: $count entries above another layer take a few bytes each"
done

# 1000 to 1 and more; the same in gzip is in hostile.t.
printf 'file zeros fill=134217728\n' | make_image zeros-zstd --compress zstd
is_flat "$(peak overlay zeros-zstd)" 16384 "128 MiB of zeros take less than 16 MiB"
# Attributes of 1 MiB each, which hardly a filesystem keeps.
python3 - wide.tar <<'END'
import io, sys, tarfile

with tarfile.open(sys.argv[1], "w", format=tarfile.PAX_FORMAT) as tar:
    for i in range(260):
        info = tarfile.TarInfo(str(i))
        info.pax_headers = {"SCHILY.xattr.user.a": "x" * 1048000}
        tar.addfile(info, io.BytesIO())
END
python3 "$test_lib/make-layout.py" wide wide.tar >/dev/null
rm wide.tar
unpack overlay wide
is_status 1 "extended attributes of more bytes than all of an image's are refused"
like_stderr "*the extended attributes of the image's layers have more than 268435456 bytes" "... and the limit is told"

done_testing
