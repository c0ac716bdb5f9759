#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# timeout: 60 what the machine's package sources send, over whatever network there is
#
# A package manager inside a container, on the host's network, from this machine's own sources (the
# image is made from them).
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"

needs USERNS DEBIAN NETWORK

debian=$(debian_layout)
run ctnr-fetch -t debian:12 "oci:$debian"
is_status 0 "a Debian image is copied into the store"

# What this machine's apt needs to reach its sources, the container's needs too.
apt-config dump | grep -E '^Acquire::(http|https|ftp|Check|Retries)' >"$CTNR_TEST_TMP/apt.conf"
chmod 644 "$CTNR_TEST_TMP/apt.conf"
run ctnr run --rm --network host -v "$CTNR_TEST_TMP/apt.conf:/etc/apt/apt.conf.d/99host:ro" \
	-v /etc/ssl/certs:/etc/ssl/certs:ro -v /usr/share/ca-certificates:/usr/share/ca-certificates:ro \
	debian:12 sh -c 'apt-get update && apt-get install -y --no-install-recommends cowsay &&
		/usr/games/cowsay moo'
is_status 0 "apt-get update and install work inside a container"
like_stdout "*< moo >*" "... and what was installed runs"
done_testing
