#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What a check misses once, and sees when it looks again, is no damage: other commands go on meanwhile.
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/gc.sh"
needs USERNS PEER:strace

digest=$(image localhost/a:1 a)
config=$(jq -r .config.digest "$(blob_of "$digest")")

# missing WHEN PATH: a check for which another command takes PATH away at those openings of it.
missing() {
	run in_namespace env ASAN_OPTIONS=detect_leaks=0 strace -f -qq -o trace -e signal=none -P "$2" \
		-e "inject=openat:error=ENOENT:when=$1" ctnr-store check --quick
	ok "'${2%%/*}/...' is missed" grep -q INJECTED trace
}

for path in "blobs/sha256/${digest#sha256:}" "blobs/sha256/${config#sha256:}"; do
	missing 1 "$path"
	is_status 0 "... once: no damage"
	is "$(printf '%s\n' "$stdout" | jq -c 'select(.damage)')" "" "... none is told"
	missing 1+ "$path"
	is_status 4 "... and again: damage"
done
done_testing
