#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/hostile.sh"
needs PEER:strace

head -c 2097152 /dev/urandom >noise
layout big --ref 1 <<-END >/dev/null
	file noise from=$CTNR_TEST_TMP/noise
END
hostile_start "$CTNR_TEST_TMP/big"

# libcurl hands the layer over in 128 pieces of 16 KB, and a block of ours has 128 KB.
run traced -f -y -e trace=write -o writes ctnr-fetch --layout out --jobs 1 "docker://$hostile/x:1"
is_status 0 "a layer of 2 MiB is fetched"
ok "... and written in blocks, not as it comes" test "$(grep -c '/blobs/.*\.part>' writes)" -le 22

run traced -f -e trace=connect -o connects ctnr-fetch --layout out2 --jobs 1 "docker://$hostile/x:1"
is "$(grep -c 'AF_INET' connects)" 1 "one connection serves the manifest and all blobs"
done_testing
