#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub one root
# differs: in whose user namespace a container's mounts are, and so who may look at them
#
# mounts_of(), by which tests say that no mount stays, finds a mount that does.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/../ctnr-exec/bundle.sh"
needs USERNS

has_mount() {
	[ -n "$(mounts_of "$1")" ]
}
has_no_mount() {
	! has_mount "$1"
}

left=$CTNR_TEST_TMP/left
mkdir left
is "$(mounts_of "$left")" "" "a directory is no mount"
in_namespace sh -c 'echo $$ >holder && mount -t tmpfs left "$1" && exec sleep 60' - "$left" &
eventually 10 test -s holder
holder=$(cat holder)
at_end "kill -9 $holder 2>/dev/null"
ok "a mount in a namespace of its own is found" eventually 10 has_mount "$left"
is "$(grep -cF "$left" /proc/self/mountinfo)" 0 "... although the test's own namespace does not show it"
kill -9 "$holder"
ok "... as long as a process is in that namespace" eventually 10 has_no_mount "$left"

for kind in copy overlay; do
	bundle "$kind" "$kind"
	marker "$kind"
	script "$kind" 'echo ready; exec sleep 60'
	ctnr-exec run "./$kind" >"$kind.output" &
	caller=$!
	at_end "kill -9 $caller 2>/dev/null"
	ok "a container of driver $kind runs" eventually 10 grep -q ready "$kind.output"
	ok "... its mounts are found by its marker" has_mount "$CTNR_TEST_TMP/$kind.marker"
	kill -9 $caller
	ok "... until it is killed" eventually 10 has_no_mount "$CTNR_TEST_TMP/$kind.marker"
done
done_testing
