#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# timeout: 60 skopeo, umoci and runc take their time for a real image
#
# Others read what we write, and we what they write. (Trees beside umoci's: tests/ctnr-unpack/peers.t;
# options of a container beside crun's: tests/ctnr-spec/peers.t.)
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
umoci config --image "$CTNR_TEST_TMP/layout:localhost/debian:12" --tag umoci \
	--config.cmd "cat" --config.cmd "/etc/debian_version"
run ctnr run --rm "oci:$CTNR_TEST_TMP/layout:umoci"
is_status 0 "an image whose config umoci changed runs"

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
done_testing
