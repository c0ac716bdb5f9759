#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub one root
# differs: with one ID there are no added groups, and the user follows the map
#
# Images that name a user, and a root that is one only inside a namespace of somebody's.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
needs USERNS PEER:umoci

image=$CTNR_TEST_TMP/image
cp -R "$(busybox_layout)" "$image"
umoci config --image "$image:latest" --tag user --config.user 1000 --config.workingdir /srv/new
umoci config --image "$image:latest" --tag volume --config.volume /data

run ctnr run --rm "oci:$image:user" sh -c 'id -u; pwd; touch /tmp/mine && stat -c %u /tmp/mine'
is_status 0 "an image with USER 1000 runs"
is_stdout "1000
/srv/new
1000" "... as that user, in its working directory, with files of its own"
run ctnr run --rm --read-only "oci:$image:user" pwd
is_stdout /srv/new "a missing working directory is made although the root is read-only"

run ctnr run --rm "oci:$image:volume" sh -c 'echo kept >/data/file && cat /data/file'
is_stdout kept "an image's volume can be written to"

for kind in ipc cgroup mnt pid uts; do
	run ctnr run --rm "oci:$image:latest" readlink "/proc/self/ns/$kind"
	like_stdout "$kind:*" "the container is in a namespace of kind $kind"
	isnt "$stdout" "$(readlink "/proc/self/ns/$kind")" "... and not in the caller's"
done
run ctnr run --rm --security-opt seccomp=default "oci:$image:latest" grep Seccomp: /proc/self/status
like_stdout "Seccomp:*2" "the default profile filters when it is asked for by name"
if ! identity one; then
	run ctnr run --rm --group-add root -u 1000:1000 "oci:$image:latest" id -G
	is_stdout "1000 0" "a group is added by its name in the image"
fi

ctnr-unpack --driver copy -b "$CTNR_TEST_TMP/filtered" "oci:$image:latest" >/dev/null
echo '{"os": "linux", "architecture": "amd64", "config": {"Cmd": ["sh", "-c", "echo filtered"],
	"Env": ["PATH=/bin"]}, "rootfs": {"type": "layers", "diff_ids": []}}' |
	ctnr-spec --image-config - --rootfs "$CTNR_TEST_TMP/filtered/rootfs" \
		>"$CTNR_TEST_TMP/filtered/config.json"
run ctnr-exec run "$CTNR_TEST_TMP/filtered"
is_stdout filtered "what ctnr-spec writes as a filter runs"
run ctnr-spec --edit "$CTNR_TEST_TMP/filtered/config.json" -- echo edited
run ctnr-exec run "$CTNR_TEST_TMP/filtered"
is_stdout edited "... and what it edits"

# One ID, and root in it: neither groups nor other owners are to be had.
CTNR_STORE=$CTNR_TEST_TMP/nested
export CTNR_STORE
run unshare -Urm ctnr run --rm "oci:$image:latest" id -u
is_status 0 "a container runs for root of somebody's user namespace"
is_stdout 0 "... who is root in it too"
run ctnr unshare -m ctnr run --rm "oci:$image:latest" id -u
is_status 0 "... and for one who is there by ctnr unshare"

done_testing
