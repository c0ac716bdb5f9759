#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: root
# differs: only root can mount a filesystem of ours where other users find it
#
# Homes on filesystems where no file is another user's, and a state directory on one without FIFOs.
if [ -z "${CTNR_TEST_PRIVATE_MOUNTS-}" ]; then
	export CTNR_TEST_PRIVATE_MOUNTS=1
	exec unshare -m --propagation private sh "$0"
fi
. "$(dirname "$0")/../lib/test.sh"
needs USERNS FUSE
. "$test_lib/odd-place.sh"

"$test_lib/make-tar.py" image.tar <<END
file busybox mode=755 from=$(command -v busybox)
file owned uid=1000 gid=1000 data=owned
symlink link owned uid=1000 gid=1000
END
"$test_lib/make-layout.py" image image.tar >/dev/null
fetch="ctnr-fetch --progress none oci:$CTNR_TEST_TMP/image:latest -t bb"

odd_place chown
# shellcheck disable=SC2086 # words
run as sub $fetch
is_status 0 "where no file is another user's, an image is fetched"
run as sub ctnr run --rm bb /busybox cat /owned
is_status 125 "... and not unpacked with subordinate IDs"
like_stderr "*'owned': cannot set the owner: Operation not permitted*" "... the first file of another is named"
like_stderr '*hint: this filesystem gives no file to another user*' "... and the filesystem"
is "$(find "$place/sub/.local/share/ctnr/layers" "$place/sub/.local/share/ctnr/trash" -name owned)" "" "... nothing is left"
run as sub ctnr-doctor --json
is_status 1 "... the doctor knows"
is "$(jq -r '.checks[] | select(.name == "store owners").state' <"$stdout_file")" fail "... why"
# shellcheck disable=SC2086 # words
run as one $fetch
run as one ctnr run --rm bb /busybox cat /owned
is_stdout owned "... with one ID it runs"

odd_place mknod
as one sh -c "$fetch && ctnr-unpack -b web bb | ctnr-spec - -- /busybox sleep 60" >/dev/null
run as one env -u XDG_RUNTIME_DIR ctnr-exec create --bundle "$place/one/.local/share/ctnr/bundles/web" web
is_status 125 "where no FIFO can be made, no container is created whose state would be there"
like_stderr "*exec.fifo': Operation not permitted*" "... and the FIFO is named"
like_stderr '*hint: this filesystem has no FIFOs: *--run-dir*' "... and what to do"
run as one env -u XDG_RUNTIME_DIR ctnr run --rm bb /busybox cat /owned
is_stdout owned "... a run needs none"
run as one ctnr-exec create --bundle "$place/one/.local/share/ctnr/bundles/web" web
is_status 0 "... nor does a state that is elsewhere"
as one ctnr-exec delete --force web
run as one ctnr rm web
is_status 0 "... the container goes"
done_testing
