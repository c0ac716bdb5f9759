#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What a layout has that others may write to: what is in .lease/ and is no lease, and a lock that is never let go.
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/gc.sh"

good=$(image localhost/a:1 a)
mkdir -p "$store/images/.lease"
(
	cd "$store/images/.lease" || exit 1
	mkfifo fifo endless
	mkdir folder
	ln -s /dev/zero link
	ln -s nowhere nowhere
	python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("socket")'
)
exec 7<>"$store/images/.lease/fifo"
flock 7
exec 8<>"$store/images/.lease/endless"
flock 8
yes sha256:0 >&8 2>/dev/null &
yes=$!
stray=$(stray stray)
run timeout 20 ctnr-store gc --grace 0
is_status 0 "FIFOs, folders, links and sockets among the leases hinder no collector"
is "$(gone blob)" "$stray" "... which deletes what nothing needs"
ok "... and nothing else" test -e "$(blob_of "$good")"
kill "$yes"
wait "$yes" 2>/dev/null || :
ok "... and a check neither" timeout 20 ctnr-store check --quick
exec 9>"$store/images/.lease/large"
flock 9
truncate -s 1E "$store/images/.lease/large" 2>/dev/null || truncate -s 8T "$store/images/.lease/large"
run timeout 20 ctnr-store gc --grace 0
is_status 1 "a lease that is too large to be read is an error, because it may be anything"
like "$stderr" "*lease 'large'*larger*" "... which names it"
exec 9>&-
rm "$store/images/.lease/large"

exec 6<"$store/images/oci-layout"
flock 6
run timeout 3 ctnr-store gc --grace 0
is_status 124 "a lock that somebody holds is waited for"
like "$stderr" "*another process holds '$store/images/oci-layout', waiting for it*" "... which is told"
exec 6<&-
run ctnr-store gc --grace 0
is "$stderr" "" "... and without that there is nothing to tell"
done_testing
