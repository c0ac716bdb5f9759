#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# timeout: 60 forty images are unpacked under strace: 15 s in memory, 40 s on a disk
#
# What an image costs grows with its entries, not with what earlier entries did: for each shape of
# image the system calls for four times as many entries are about four times as many.
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/unpack.sh"
needs USERNS PEER:strace

# In memory where that can be: the calls are the same, and a disk makes many directories slowly.
# Attributes of users, which hide directories, come with Linux 6.6 there.
place=$CTNR_TEST_TMP
if memory=$(mktemp -d /dev/shm/ctnr-cost.XXXXXX 2>/dev/null); then
	at_end 'cd / && delete_tree "$memory"'
	python3 -c 'import os, sys; os.setxattr(sys.argv[1], "user.try", b"1")' "$memory" 2>/dev/null &&
		place=$memory
fi
chmod 755 "$place"
cd "$place" || exit 1

# shapes N...: of every shape the layers NAME.N.0.tar and on.
shapes() {
	python3 - "$@" <<'END_OF_SHAPES'
import io
import sys
import tarfile


def deep(depth):
    return "/".join(["a"] * depth)


def directories(count):
    return [("5", deep(i)) for i in range(1, count + 1)]


def files(folder, count):
    return [("0", f"{folder}/{i}") for i in range(count)]


def shapes(n):
    return {
        "plain": [files("d", n)],
        "one": [[("0", deep(n) + "/f")]],
        "nested": [directories(n)],
        "implied": [[("0", deep(i) + "/f") for i in range(1, n + 1)]],
        "above": [directories(n), directories(n)],
        "implied-above": [directories(n), [("0", deep(i) + "/f") for i in range(1, n + 1)]],
        "deepest-above": [directories(n), files(deep(n), n)],
        "layers": [directories(40) + [("0", f"{deep(40)}/{i}")] for i in range(n // 20)],
        "links": [[("0", "d/f")] + [("1", f"d/{i}", "d/f") for i in range(n)]],
        "links-below": [files("d", n), [("1", f"e/{i}", f"d/{i}") for i in range(n)]],
        "symlinks": [[("5", deep(20)), ("2", "s", deep(20))] + files("s", n)],
        "up": [directories(n) + [("2", deep(n) + "/up", "../" * n), ("0", deep(n) + "/up/x")]],
        "replaced": [[e for i in range(n) for e in (("0", "d/f"), ("0", "d"), ("5", "d"))]],
        "whiteouts": [files("d", n), [("0", f"d/.wh.{i}") for i in range(n)]],
        "opaque": [files("d", n), files("d", n) + [("0", "d/.wh..wh..opq")] * n],
        "opaque-up": [directories(n), files(deep(n), n) +
                      [("0", deep(i) + "/.wh..wh..opq") for i in range(n, 0, -1)]],
        "opaque-root": [[("0", str(i)) for i in range(n)], [("0", ".wh..wh..opq")] * n],
    }


def write(name, entries):
    with tarfile.open(name, "w", format=tarfile.PAX_FORMAT) as tar:
        for kind, path, *link in entries:
            info = tarfile.TarInfo(path)
            info.type = kind.encode()
            info.mode = 0o755
            info.linkname = link[0] if link else ""
            tar.addfile(info, io.BytesIO())


for n in map(int, sys.argv[1:]):
    for name, layers in shapes(n).items():
        for index, entries in enumerate(layers):
            write(f"{name}.{n}.{index:02}.tar", entries)
END_OF_SHAPES
}

# calls DRIVER NAME N: how many calls about files and descriptors unpacking takes.
calls() {
	rm -rf bundle counted.store
	in_namespace env ASAN_OPTIONS=detect_leaks=0 strace -f -c -qq --seccomp-bpf -e trace=%file,%desc -o counted \
		ctnr-unpack --store "$place/counted.store" --driver "$1" -b ./bundle \
		"oci:$place/$2.$3:latest" >/dev/null || return 1
	awk '$NF == "total" { print $4 }' counted
	in_namespace rm -rf bundle counted.store
}

# is_linear DRIVER NAME TITLE
is_linear() {
	for n in 100 400; do
		[ -e "$2.$n" ] ||
			python3 "$test_lib/make-layout.py" --compress none "$2.$n" "$2.$n".*.tar >/dev/null
	done
	few=$(calls "$1" "$2" 100)
	many=$(calls "$1" "$2" 400)
	note "$2: $few and $many calls"
	ok "$1: $3" test "${many:-0}" -gt 0 -a "$many" -lt $((few * 5))
}

shapes 100 400
is_linear overlay plain "files in one directory"
ok "... four calls each: it is made, gets its time, is closed, and is measured beside the sync" \
	test $((many - few)) -le $((300 * 4 + 60))
is_linear overlay one "one entry of many components"
is_linear overlay nested "nested directories"
is_linear overlay implied "nested directories that no entry names"
is_linear overlay above "nested directories above the same"
is_linear overlay implied-above "files in nested directories of a layer below"
is_linear overlay deepest-above "files in the deepest directory of a layer below"
is_linear overlay layers "many layers of nested directories"
is_linear overlay links "hardlinks to one file"
is_linear overlay links-below "hardlinks to files of a layer below"
is_linear overlay symlinks "files through a symlink to a deep directory"
is_linear overlay up "a symlink of many '..'"
is_linear overlay replaced "a name that is replaced time and again"
is_linear overlay whiteouts "deletions in one directory"
is_linear overlay opaque-root "a root that is hidden time and again"
for driver in overlay copy; do
	is_linear "$driver" opaque "one directory that is hidden time and again"
	is_linear "$driver" opaque-up "nested directories that are hidden, the deepest first"
done

# Nothing holds a descriptor for each level: 64 do, where the soft limit is the hard one.
for image in opaque-up implied; do
	for driver in overlay copy; do
		run sh -c 'ulimit -n 64; exec ctnr-unpack --driver "$1" -b "./$2" "oci:$3"' sh "$driver" \
			"$image.$driver" "$place/$image.400:latest"
		is_status 0 "$driver: 400 nested directories are unpacked with 64 descriptors ($image)"
		in_namespace rm -rf "$image.$driver"
	done
done

done_testing
