#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Commands that pack one bundle at the same time, and a collector beside them, do each other no harm.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/store.sh"
needs USERNS

CTNR_STORE=$CTNR_TEST_TMP/shelf
export CTNR_STORE
layout base --config '{"config": {"Cmd": ["a"]}}' >/dev/null <<'END'
file a data=x
END
ctnr-fetch -t base oci:base:latest >/dev/null
ctnr-unpack --driver overlay -b big base >/dev/null
upper=$CTNR_STORE/bundles/big/upper
# What does not compress takes some tenths of a second.
dd if=/dev/urandom of="$upper/random" bs=1M count=8 2>/dev/null
digest_of() {
	jq -r .descriptor.digest
}
wanted=$(ctnr-pack --timestamp 1 big | digest_of)
ctnr-store image rm "$wanted" >/dev/null
ctnr-store gc --grace 0 >/dev/null

for i in 1 2 3 4; do
	ctnr-pack -t "same:$i" -t shared --timestamp 1 big >"out$i" 2>"err$i" || : >"failed$i" &
done
wait
is "$(cat out? | digest_of | sort -u)" "$wanted" "four at once make the same image"
is "$(cat err?)" "" "... silently"
fails "... and all succeed" ls failed1 failed2 failed3 failed4
is "$(ctnr-store image ls -q | sort | tr '\n' ' ')" \
	"localhost/base:latest localhost/same:1 localhost/same:2 localhost/same:3 localhost/same:4 localhost/shared:latest " "... with all names"
is "$(find "$CTNR_STORE/images" -name '*.part' -o -path '*/.lease/*')" "" "... and leave nothing"
is_whole "... and a whole store"

# A collector beside it takes nothing away.
while :; do
	ctnr-store gc --grace 0 >/dev/null 2>>gc.err || : >gc.failed
done &
collector=$!
failed=
for i in 1 2 3 4; do
	ctnr-pack -t "beside:$i" --timestamp "$i" big >/dev/null 2>err || failed="$failed$(cat err)"
done
kill "$collector"
wait "$collector" 2>/dev/null
is "$failed" "" "beside a collector it succeeds"
fails "... and the collector does" test -e gc.failed
is_whole "... and all is there"

done_testing
