# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# Power cuts. Source it behind test.sh:
#
# power_test FILESYSTEM USER     after a cut at any moment (cut.py) what had been answered to USER is
#                                there, on that file system, and what is worked with next works
# power_found FILESYSTEM USER    with --no-sync it is not, which is found: the test can fail
#
# A run has a few seconds, in which some moments are tried, at random. In make soak (CTNR_TEST_SCALE) it has
# time for all.

. "$test_lib/image.sh"

power_seconds=8
[ "${CTNR_TEST_SCALE:-1}" = 1 ] || power_seconds=$((12 * CTNR_TEST_SCALE))

# power_files FIRST LAST: the entries of files with those numbers, some of more than one page.
power_files() {
	for power_number in $(seq "$1" "$2"); do
		echo "file usr/file-$power_number uid=$((power_number % 3)) data=$(seq -s , $((power_number * 30)))"
	done
}

# Two images in one layout, of which one has the other's layers and one more.
power_images() {
	image_busybox_entries "$(command -v busybox)" | "$test_lib/make-tar.py" base.tar
	{ echo "file etc/mark data=mark" && power_files 1 60; } | "$test_lib/make-tar.py" middle.tar
	{ echo "file etc/mark data=other-mark" && power_files 40 80; } | "$test_lib/make-tar.py" top.tar
	set -- --config '{"config": {"Cmd": ["cat", "/etc/mark"], "Env": ["PATH=/bin"]}}' images base.tar middle.tar
	"$test_lib/make-layout.py" --ref one "$@" >/dev/null &&
		"$test_lib/make-layout.py" --ref two "$@" top.tar >/dev/null
}

# power_cut OPTION... FILESYSTEM USER: run cut.py in a directory of its own.
power_cut() {
	[ -d images ] || power_images
	mkdir cut
	run env --chdir=cut unshare --mount --propagation private "$test_lib/../power/cut.py" \
		--seconds "$power_seconds" "$@" "$CTNR_TEST_TMP/images"
	rm -rf cut
	note "$stderr"
}

power_test() {
	power_cut "$1" "$2"
	is_stdout "" "on $1, after a power cut at any moment $2's store has what was answered, and works"
	is_status 0 "... at all points that were tried"
}

power_found() {
	power_cut --no-sync --first "$1" "$2"
	like_stdout "record *, * of what was not flushed, *: *" "on $1, without a sync a power cut leaves damage"
	is_status 1 "... which is found"
}
