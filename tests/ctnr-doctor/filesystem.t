#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: root
# differs: only root can mount a filesystem of ours where other users find it
#
# What the doctor says of a store's filesystem: each fault alone, all that is there, and what follows.
if [ -z "${CTNR_TEST_PRIVATE_MOUNTS-}" ]; then
	export CTNR_TEST_PRIVATE_MOUNTS=1
	exec unshare -m --propagation private sh "$0"
fi
. "$(dirname "$0")/../lib/test.sh"
needs USERNS FUSE
. "$test_lib/odd-place.sh"

# The row of the report: STATE TEXT; and what its object says is not there.
row() {
	jq -r '.checks[] | select(.name == "store filesystem") | .state + " " + .text' <"$stdout_file"
}
missing() {
	jq -r '.filesystem | to_entries | map(select(.value == false).key) - ["reflink"] | join(" ")' <"$stdout_file"
}

while IFS='|' read -r faults key state text; do
	# shellcheck disable=SC2086 # words
	odd_place $faults
	run as sub ctnr-doctor --json
	if [ "$state" = fail ]; then
		is_status 1 "${faults:-no fault}: containers cannot run"
	else
		is_status 0 "${faults:-no fault}: containers can run"
	fi
	is "$(missing)" "$key" "... what lacks is known"
	is "$(row)" "$state fuse, $text" "... and what follows"
	is "$(ls -A "$place/sub")" "" "... nothing stays of the attempt"
done <<END
||ok|has all that a store wants
xattr|userXattr|warn|without user.* attributes: root filesystems are copies
xattr mknod|userXattr whiteout|warn|without user.* attributes, whiteouts: root filesystems are copies
mknod|whiteout|warn|without whiteouts: root filesystems are copies
link|hardLink|warn|without hard links: copies stand for those of images
link mmap|hardLink sharedMmap|warn|without hard links, shared mappings: copies stand for those of images; some programs in containers will fail
rename-EBUSY|renameOverOpen|warn|without renames over open files: commands wait for programs that have a file open
silly|unlinkOpen|warn|without removal of open files: what is deleted may stay in trash/ for a while
symlink|symlink|fail|without symlinks: images cannot be unpacked
flock-ENOSYS|flock|warn|without locks of files: directories are locked in their place
flock-EOPNOTSUPP|flock|warn|without locks of files: directories are locked in their place
flock-ENOLCK|lock flock|fail|without locks: no store can be there
END

odd_place xattr
run as sub ctnr-doctor
like_stdout '*
warn  store filesystem  fuse, without*
*hint: better: a store on a local*' "the report for people has a hint"
mkdir -m 555 "$place/closed"
run as sub ctnr-doctor --store "$place/closed" --json
is "$(jq -c .filesystem <"$stdout_file")" '{"type":"fuse"}' "where nothing can be written, its name is all that is known"
is "$(row)" "ok fuse" "... and it is no other check's fault"
odd_place ramfs
run as one ctnr-doctor --json
is "$(jq -r .filesystem.type <"$stdout_file")" ramfs "a filesystem has the name that mount knows"
is "$(jq -r '.checks[] | select(.name == "room")' <"$stdout_file")" "" "one that does not know its room has none"
done_testing
