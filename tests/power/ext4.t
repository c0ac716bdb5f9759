#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: root
# differs: only root has loop devices and mounts file systems; the work on them is done as ordinary users
# timeout: 60 the work on the disk is done first, and takes what it takes; then moments are tried for 8 s
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/power.sh"
needs ROOT FUSE LOOP

power_test ext4 ctnr-sub
[ "${CTNR_TEST_SCALE:-1}" = 1 ] || power_test ext4 ctnr-one
power_found ext4 ctnr-one
done_testing
