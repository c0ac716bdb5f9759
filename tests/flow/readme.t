#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The README's tour does what it shows. A registry here stands for the one that it names.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/registry.sh"

needs USERNS PEER:docker-registry PEER:skopeo PEER:runc PEER:jq

busybox=$(busybox_layout)
cp -r "$busybox" busybox
registry_start
registry_push "$busybox:latest" library/alpine:latest

"$test_lib/run-console.py" "$test_lib/../../README.md" "docker://alpine=docker://$registry/library/alpine" \
	"--rm alpine=--rm $registry/library/alpine" >"$CTNR_TEST_TMP/tour" 2>&1
cat "$CTNR_TEST_TMP/tour"
echo "1..$(tail -n 1 "$CTNR_TEST_TMP/tour" | tr -dc 0-9)"
! grep -q '^not ok' "$CTNR_TEST_TMP/tour"
