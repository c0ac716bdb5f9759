#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub one root
# differs: whose files the layers are, and who may delete them
# timeout: 60 seconds of commands, multiplied by CTNR_TEST_SCALE (make soak)
#
# 64 commands at once that fetch, run, tag, remove, collect, check and count in one store: each of them
# succeeds, or says what another one did to its name; nothing is lost, and one that is stopped hinders none.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/store.sh"
needs USERNS

seconds=$((6 * ${CTNR_TEST_SCALE:-1}))
sources=$(store_sources 3)
mkdir -m 700 shelf
export CTNR_STORE="$PWD/shelf"

# shellcheck disable=SC2086 # several words
run "$test_lib/mix-store.py" --own --stop --workers 64 --seconds "$seconds" $sources
is_status 0 "64 commands at once: none fails without a reason of its user's"
is_stdout "" "... or hangs"
note "$stderr"
is_whole "... and the store is whole"
owned=$(ctnr-store image ls | jq -r 'select(.ref | startswith("localhost/own")).ref')
isnt "$owned" "" "the names that each command set for itself are there"
is_runnable "... and all listed images run"

# Dead in the middle.
# shellcheck disable=SC2086 # several words
run "$test_lib/mix-store.py" --kill --workers 8 --seconds "$seconds" $sources
is_status 0 "8 at once, of which many are killed: the others do not notice"
is_stdout "" "... or hang"
note "$stderr"
is_whole "... and the store is whole"
is_runnable "... all listed images run"
run ctnr-store gc --grace 0s
is_status 0 "... what the killed ones left is collected"
# Parts of small files are left over when they are an hour old, because nothing tells whose they are: those with
# random digits, and those of the layout's own files. What a command deletes behind its own back may be on its way.
left() {
	find shelf -name '*.part' ! -name '*.????????????????.part' ! -path 'shelf/images/*.json.part' \
		! -path shelf/images/oci-layout.part -o -name '*.aside' -o -path '*/.lease/*' -o -path '*/trash/*'
}
nothing_is_left() { [ -z "$(left)" ]; }
ok "... to the last file" eventually 20 nothing_is_left || note "$(left | head)"
done_testing
