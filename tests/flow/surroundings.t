#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub root
# differs: what root may not write to is only what is mounted so
#
# Poor surroundings: no HOME, no runtime directory, a store that cannot be written to, a full disk.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"

needs USERNS DEBIAN

busybox=$(busybox_layout)
hello="ctnr run --rm oci:$busybox echo hello"
export CTNR_STORE="$CTNR_TEST_TMP/store"

# shellcheck disable=SC2086 # words
run env -u HOME $hello
is_status 0 "without HOME a container runs"
is_stdout hello "... and prints"
# shellcheck disable=SC2086
run env -u HOME -u XDG_RUNTIME_DIR -u CTNR_RUN_DIR $hello
is_status 0 "without XDG_RUNTIME_DIR a container runs"
is_stdout hello "... and prints"
# shellcheck disable=SC2086
run env -i PATH="$PATH" CTNR_STORE="$CTNR_STORE" $hello
is_status 0 "with an empty environment a container runs"

run env -u CTNR_STORE -u XDG_DATA_HOME HOME=/nonexistent XDG_RUNTIME_DIR=/nonexistent \
	ctnr-unpack --store /proc/nonexistent "oci:$busybox"
isnt "$status" 0 "a store that cannot be made is an error"
like_stderr "ctnr-unpack: error: *" "... with a message"
is_stdout "" "... and no record"

# What root may write to is only read-only when the mount is.
run ctnr-fetch -t here "oci:$busybox"
is_status 0 "an image is fetched"
run ctnr run --rm here true
is_status 0 "... and unpacked"
read_only() {
	if [ "$CTNR_TEST_IDENTITY" = root ]; then
		# shellcheck disable=SC2016 # for the inner shell
		unshare -m sh -c 'mount --bind "$CTNR_STORE" "$CTNR_STORE" &&
			mount -o remount,bind,ro "$CTNR_STORE" && "$@"' sh "$@"
	else
		find "$CTNR_STORE" -type d -user "$(id -un)" -exec chmod a-w {} + 2>/dev/null
		"$@"
		read_only_status=$?
		find "$CTNR_STORE" -type d -user "$(id -un)" -exec chmod u+w {} + 2>/dev/null
		return $read_only_status
	fi
}
run read_only ctnr run --rm here sh -c 'echo changed >/file && cat /file'
is_status 0 "an unpacked image runs from a store that is read-only"
is_stdout changed "... and its changes have a place"
run read_only env -u XDG_RUNTIME_DIR -u CTNR_RUN_DIR ctnr run --rm here echo hello
is_status 0 "... without a runtime directory too"

# A disk of its own, small: in a mount namespace.
debian=$(debian_layout)
full_disk() {
	in_namespace sh -c "mount -t tmpfs -o size=$1 disk '$CTNR_TEST_TMP/disk' && $2"
}
mkdir "$CTNR_TEST_TMP/disk"
export CTNR_STORE="$CTNR_TEST_TMP/disk/store"
run full_disk 8m "ctnr-fetch -t debian:12 oci:$debian"
is_status 1 "a fetch onto a full disk fails"
like_stderr "*needs 57.* MiB more in *, where 8.0 MiB are free*" "... and says why"
is_stdout "" "... and gives no record"
run full_disk 8m "ctnr-fetch -t debian:12 oci:$debian; ctnr-store image ls --json;
	mount -o remount,size=200m disk '$CTNR_TEST_TMP/disk';
	ctnr-fetch -t debian:12 oci:$debian >/dev/null && ctnr-store image ls --json"
is_status 0 "with space again it succeeds"
is "$(printf '%s\n' "$stdout" | wc -l)" 1 "... and there was no image in between"
run full_disk 100m "ctnr-unpack oci:$debian"
is_status 1 "an unpack onto a full disk fails"
like_stderr "*No space left on device*" "... and says why"
run full_disk 100m "ctnr-unpack oci:$debian; ctnr-store bundle ls --json"
is_stdout "" "... and leaves no bundle"
run full_disk 100m "ctnr run --rm oci:$debian true"
is_status 125 "a run on a full disk fails as a run does"
run full_disk 100m "ctnr run --rm oci:$debian true; ctnr-store bundle ls --json"
is_stdout "" "... and leaves no bundle either"
done_testing
