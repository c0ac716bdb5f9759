#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub root
# differs: umoci and crun can do as root what they cannot as others
# timeout: 60 skopeo, umoci and runc take their time for a real image
#
# Others read what we write, and we what they write.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"

needs USERNS PEER:skopeo PEER:umoci PEER:runc DEBIAN

debian=$(debian_layout)
: "${CTNR_STORE:=$HOME/.local/share/ctnr}"
run ctnr-fetch -t localhost/debian:12 "oci:$debian"
is_status 0 "an image is fetched into the store"
images=$CTNR_STORE/images

# skopeo checks every digest that it copies.
run skopeo copy --quiet "oci:$images:localhost/debian:12" "oci:$CTNR_TEST_TMP/by-skopeo:12"
is_status 0 "skopeo copies an image out of the store"
run ctnr run --rm "oci:$CTNR_TEST_TMP/by-skopeo:12" cat /etc/debian_version
is_status 0 "a layout that skopeo wrote runs"

cp -r "$images" "$CTNR_TEST_TMP/layout"
run umoci ls --layout "$CTNR_TEST_TMP/layout"
is_status 0 "umoci reads the store's layout"
like_stdout "*localhost/debian:12*" "... and finds the image in it"
if identity root; then
	run umoci unpack --image "$debian:latest" "$CTNR_TEST_TMP/by-umoci"
	is_status 0 "umoci unpacks an image as root"
	run ctnr-unpack --driver copy -b "$CTNR_TEST_TMP/by-us" localhost/debian:12
	is_status 0 "we unpack the same"
	# Mode, owner, time, links, extended attributes of everything.
	tree() {
		(
			cd "$1/rootfs" || exit
			find . -printf '%p %y %m %U:%G %T@ %l %n\n' | LC_ALL=C sort
			find . -print0 | LC_ALL=C sort -z | xargs -0 getfattr -h -d -m - 2>/dev/null
			find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum
		)
	}
	tree "$CTNR_TEST_TMP/by-umoci" >"$CTNR_TEST_TMP/tree.umoci"
	tree "$CTNR_TEST_TMP/by-us" >"$CTNR_TEST_TMP/tree.us"
	is_file "$CTNR_TEST_TMP/tree.us" "$CTNR_TEST_TMP/tree.umoci" \
		"both trees are the same by mode, owner, time, links, attributes and content"
	umoci config --image "$CTNR_TEST_TMP/layout:localhost/debian:12" --tag umoci \
		--config.cmd "cat" --config.cmd "/etc/debian_version"
	run ctnr run --rm "oci:$CTNR_TEST_TMP/layout:umoci"
	is_status 0 "an image whose config umoci changed runs"
fi

# A copy bundle is a standard bundle.
run ctnr-unpack --driver copy -b "$CTNR_TEST_TMP/copy" localhost/debian:12
is_status 0 "a copy bundle is made"
record=$stdout
run ctnr-spec --network host "$record" -- cat /etc/debian_version
is_status 0 "... with a runtime config"
version=$(ctnr run --rm localhost/debian:12 cat /etc/debian_version)
run runc --root "$CTNR_TEST_TMP/runc" run --bundle "$CTNR_TEST_TMP/copy" "test-$$"
is_status 0 "runc runs it"
is_stdout "$version" "... and the container prints"
# crun wants no hybrid cgroup v2 mount, and only root can be without (tests/ctnr-spec/peers.t tries it as
# the other users too).
crun_run() {
	unshare -m sh -c 'umount -l /sys/fs/cgroup/unified 2>/dev/null; exec "$@"' sh \
		crun --root "$CTNR_TEST_TMP/crun" run --bundle "$CTNR_TEST_TMP/copy" "test-$$"
}
if identity root && has PEER:crun "crun runs it"; then
	run crun_run
	is_status 0 "crun runs it"
	is_stdout "$version" "... and the container prints"
fi
done_testing
