#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# timeout: 60 files by the ten thousand are made and deleted, on whatever disk
#
# Many changes cost time, not memory. CTNR_TEST_SCALE=200 makes it a million names (make soak).
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/changes.sh"
needs USERNS

count=$((5000 * ${CTNR_TEST_SCALE:-1}))
make_image base <<END
dir etc
file etc/passwd data=x
END

# many NAME DIRECTORY: files, a tenth of them with a second name, a thousand in a directory.
many() {
	# shellcheck disable=SC2016 # for the inner shell
	in_namespace sh -c 'cd "$1" && exec python3 - "$2"' sh "$CTNR_TEST_TMP/$1/$2" "$count" <<-'END'
		import os, sys
		for i in range(int(sys.argv[1])):
		    if i % 1000 == 0:
		        os.mkdir("d%d" % (i // 1000))
		    name = "d%d/%d" % (i // 1000, i)
		    if i % 10 == 9:
		        os.link("d%d/%d" % (i // 1000, i - 1), name)
		    else:
		        os.close(os.open(name, os.O_CREAT | os.O_WRONLY, 0o644))
	END
}

# peak NAME: pack it, and print the largest resident set of any process, in KiB.
peak() {
	env time -f %M -o "$1.peak" ctnr-pack --no-sync --compression none --timestamp 1 --iidfile "$1.id" "./$1" >"$1.image" || return 1
	tail -n 1 "$1.peak"
}

for driver in overlay copy; do
	directory=upper
	[ "$driver" = overlay ] || directory=rootfs
	ctnr-fetch -t base oci:base:latest >/dev/null
	ctnr-unpack --driver "$driver" -b "./$driver" base >/dev/null
	many "$driver" "$directory"
	kib=$(peak "$driver")
	is $? 0 "$driver: $count names are packed"
	note "$kib KiB"
	# A file of several names is kept by its first one until the end, and a comparison knows all names of each.
	is_sanitized || ok "... in less than 32 MiB, and some bytes for each file of several names" \
		test "$kib" -lt $((32768 + count * 40 / 1024))
	layer=$(ctnr-store image show "$(cat "$driver.id")" | jq -r '.layout + "/blobs/" + (.manifest.layers[-1].digest | sub(":"; "/"))')
	is "$(python3 -c 'import collections, sys, tarfile
kinds = collections.Counter(entry.type for entry in tarfile.open(sys.argv[1], "r|"))
print(kinds[tarfile.DIRTYPE], kinds[tarfile.REGTYPE], kinds[tarfile.LNKTYPE])' "$layer")" \
		"$((count / 1000)) $((count * 9 / 10)) $((count / 10))" "... and all are there"
done
is "$(cat copy.id)" "$(cat overlay.id)" "both give the same image"
done_testing
