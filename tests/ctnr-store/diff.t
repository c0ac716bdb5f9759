#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub one root
# differs: one ID keeps owners as data; root has no user namespace
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/../ctnr-unpack/unpack.sh"
. "$test_lib/image.sh"
needs USERNS

make_image base <<END
dir . mode=751 uid=3 gid=4 mtime=900000001
dir d mode=2775 uid=5 gid=6 mtime=900000002
file d/a data=x mode=755 uid=1 gid=2 mtime=900000003
file d/b data=x mtime=900000003
symlink d/l ../elsewhere uid=9 gid=10 mtime=900000004
char d/null 1 3 mode=666 uid=13 gid=14
dir deep
dir deep/er
dir deep/er/est mtime=900000005
file deep/er/est/x data=x
dir gone
file gone/f data=x
dir hidden
file hidden/f data=x
file was data=x
---
file over data=x
file d/.wh.b
file d/a data=y
dir hidden
file hidden/.wh..wh..opq
file hidden/g data=x
END
python3 "$test_lib/make-layout.py" lower base.0.tar >/dev/null

# container NAME OPTIONS...
container() {
	container_name=$1
	shift
	ctnr-unpack -b "$container_name" "$@" "oci:$CTNR_TEST_TMP/base:latest" >"$container_name.json"
}

# in_overlay NAME COMMANDS, in_copy NAME COMMANDS: what a container does, without one.
# shellcheck disable=SC2016 # for the inner shell
in_overlay() {
	in_namespace sh -c '
		cd "$1/lower" && mount -t overlay -o "lowerdir=$(ls | sort -n | paste -sd: -),upperdir=../upper,workdir=../work,userxattr" \
			overlay ../rootfs && cd ../rootfs && eval "$2"' sh "${CTNR_STORE:-$HOME/.local/share/ctnr}/bundles/$1" "$2"
}
# shellcheck disable=SC2016 # for the inner shell
in_copy() {
	in_namespace sh -c 'cd "$1/rootfs" && eval "$2"' sh "${CTNR_STORE:-$HOME/.local/share/ctnr}/bundles/$1" "$2"
}

work='echo z >deep/er/est/x && rm -r gone was && mkdir new && echo x >new/f && chmod 600 over && rm -r d && mkdir d &&
	echo >d/a && find . -newermt 2020-01-01 -exec touch -h -d @1500000000 {} +'
container overlay --driver overlay && in_overlay overlay "$work"
is $? 0 "a container changes its files"
run ctnr-store diff overlay
is_status 0 "... which is told"
is_stderr "" "... without a word"
is_stdout "C /d
C /d/a
D /d/l
D /d/null
C /deep
C /deep/er
C /deep/er/est
C /deep/er/est/x
D /gone
A /new
A /new/f
C /over
D /was" "... in docker's letters"
overlay_list=$stdout

container copy --driver copy && in_copy copy "$work"
run ctnr-store diff copy
is_stdout "$overlay_list" "a copy is compared with its image, and tells the same"
is_stderr "" "... without a word"

run ctnr-store diff overlay copy
is_status 0 "two containers are compared"
is_stdout "" "... in content, and both have the same"

run ctnr-store diff --json overlay
is "$(printf '%s\n' "$stdout" | head -n 3)" '{"path":"/d","change":"changed"}
{"path":"/d/a","change":"changed"}
{"path":"/d/l","change":"deleted"}' "--json prints records"

run ctnr-store diff "oci:$CTNR_TEST_TMP/base:latest"
is_stdout "C /d
C /d/a
D /d/b
C /hidden
D /hidden/f
A /hidden/g
A /over" "of an image alone it is the top layer that is told"
run ctnr-store diff "oci:$CTNR_TEST_TMP/lower:latest" "oci:$CTNR_TEST_TMP/base:latest"
is_stdout "C /d
C /d/a
D /d/b
C /hidden
D /hidden/f
A /hidden/g
A /over" "two images are compared"
run ctnr-store diff "oci:$CTNR_TEST_TMP/base:latest" "oci:$CTNR_TEST_TMP/lower:latest"
is_stdout "C /d
C /d/a
A /d/b
C /hidden
A /hidden/f
D /hidden/g
D /over" "... both ways"
run ctnr-store diff "oci:$CTNR_TEST_TMP/lower:latest"
is "$(printf '%s\n' "$stdout" | head -n 2)" "A /d
A /d/a" "of a single layer all is new"
run ctnr-store diff "oci:$CTNR_TEST_TMP/base:latest" overlay
is_stdout "$overlay_list" "a container is compared with an image"
run ctnr-store diff "$(cat overlay.json)" "$(cat copy.json)"
is_status 0 "records are operands"
is_stdout "" "... of containers"
run ctnr-store diff - <overlay.json
is_stdout "$overlay_list" "... and one may come from standard input"

# What a person does, with everything that is mounted.
busybox=$(busybox_layout)
for driver in overlay copy; do
	run ctnr run --name "run-$driver" --driver "$driver" -v "$CTNR_TEST_TMP/base:/mnt/new/er:ro" -w /work "oci:$busybox:latest" \
		sh -c 'echo x >/work/new && echo x >>/etc/passwd'
	is_status 0 "a container runs, driver $driver"
	run ctnr diff "run-$driver"
	is_status 0 "... and ctnr diff tells what it changed"
	is_stdout "C /etc
C /etc/passwd
A /work
A /work/new" "... but not what it was mounted on"
done
run ctnr container diff "oci:$busybox:latest"
is_status 3 "what is named as a container is no image"
run ctnr image diff run-copy
is_status 3 "... nor the reverse"

run ctnr-store diff nosuch
is_status 3 "what is not there is not found"
is_stderr "ctnr-store: error: there is no container and no image 'nosuch'
ctnr-store: hint: see 'ctnr ps --all' and 'ctnr images'" "... and told"
run ctnr-store diff
is_status 2 "without an operand nothing is compared"
run ctnr-store diff a b c
is_status 2 "... nor are three"

in_overlay overlay 'touch "$(printf "a\\033[31m")" "$(printf "\\377")"'
is $? 0 "names that are none"
run ctnr-store diff overlay
like_stdout '*A /a\\x1b\[31m*' "... are escaped"
run ctnr-store diff --json overlay
like_stdout '*{"path":"/a\\u001B\[31m","change":"added"}*' "... in JSON as it has it"
like_stdout '*{"path":"/\\\\xff","change":"added"}*' "... and as a terminal gets it where JSON has no way"
done_testing
