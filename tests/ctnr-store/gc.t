#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub one root
# differs: layers and bundles are deleted, and measured, in the user namespace that owns their files
# ctnr-store gc: what goes, what stays, and what it says about both.
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/gc.sh"
needs USERNS

run ctnr-store --store "$CTNR_TEST_TMP/nowhere" gc
is_status 0 "nothing is collected where there is no store"
is_stdout '{"kind":"total","objects":0,"bytes":0}' "... which it says"
fails "... and makes none" test -e "$CTNR_TEST_TMP/nowhere"
run ctnr-store gc
is_status 0 "nor in a store without images"

a=$(image localhost/a:1 a)
b=$(image localhost/b:1 b)
ok "an image is unpacked" ctnr-unpack --driver overlay -b a a:1
ok "... and another" ctnr-unpack --driver overlay -b b b:1
old=$(stray old)
young=$(stray young)
touch -d '2 hours ago' "$(blob_of "$old")"
both "an old blob that nothing names"
is "$(gone blob)" "$old" "... is what goes"
fails "... is gone" test -e "$(blob_of "$old")"
ok "... and a young one is not" test -e "$(blob_of "$young")"
run ctnr-store gc --grace 3h
is "$(gone blob)" "" "... nor with a longer grace"
both "a young one without grace" --grace 0
is "$(gone blob)" "$young" "... is what goes"
mkdir "$(blob_of "$young")"
run ctnr-store gc --grace 0
is_status 0 "a directory that is called like a blob hinders nothing"
ok "... and stays" rmdir "$(blob_of "$young")"
run "$test_lib/terminal.py" ctnr-store gc --grace 0
like_stdout "Total reclaimed space: 0 B*" "people at a terminal read a sentence"
run "$test_lib/terminal.py" ctnr-store gc -n --image-ttl 0 --bundle-ttl 0 --grace 0
like_stdout "Would untag: *Would delete: bundle a *Would reclaim: *" "... which says of a dry run that nothing is gone"
unlike_stdout "*eleted:*" "... at no line"
run "$test_lib/terminal.py" ctnr-store --store "$CTNR_TEST_TMP/none" gc
like_stdout "Total reclaimed space: 0 B*" "... also where there is no store"
run "$test_lib/terminal.py" ctnr-store gc --json
like_stdout '{"kind":"total","objects":0,"bytes":0}*' "... or ask for objects"

# Leases.
young=$(stray leased)
mkdir -p "$store/images/.lease"
echo "$young" >"$store/images/.lease/dead"
exec 9>"$store/images/.lease/alive"
echo "$young" >&9
flock 9
run ctnr-store gc -n --grace 0
ok "a dry run leaves the leases of dead writers" test -e "$store/images/.lease/dead"
run ctnr-store gc --grace 0
is "$(gone blob)" "" "a blob that is leased stays"
fails "... the leases of dead writers do not" test -e "$store/images/.lease/dead"
ok "... and those of others do" test -e "$store/images/.lease/alive"
exec 9>&-
run ctnr-store gc --grace 0
is "$(gone blob)" "$young" "... until its writer is dead"

# Images by their last use.
touch -d '3 days ago' "$(blob_of "$a")" "$(blob_of "$b")"
run ctnr-store gc --image-ttl 2d
is "$(gone name)" "" "images that bundles use stay"
echo '{"exitCode":0,"finished":"2020-01-01T00:00:00Z"}' >"$store/bundles/a/status.json"
both "a bundle that ended long ago" --bundle-ttl 1w
is "$(gone bundle)" a "... goes"
ok "... and no other" test -d "$store/bundles/b"
is "$(gone layer)" "" "... and its image stays, with its layer"
both "an image that was not used for long" --image-ttl 2d
is "$(gone name)" localhost/a:1 "... goes"
is "$(gone manifest)" "$a" "... with its manifest"
is "$(gone blob | wc -l)" 2 "... its blobs"
is "$(gone layer | wc -l)" 1 "... and its layer"
is "$(find "$store/cache/chains" -type f | wc -l)" 1 "... and what is derived from them"
ok "an image that is old is used" ctnr-unpack --driver overlay -b again b:1
ok "... which renews its time" [ "$(($(date +%s) - $(stat -c %Y "$(blob_of "$b")")))" -lt 60 ]
touch -d '30 minutes ago' "$(blob_of "$b")"
ok "an image that is not old is used" ctnr-unpack --driver overlay -b third b:1
ok "... and keeps it" [ "$(($(date +%s) - $(stat -c %Y "$(blob_of "$b")")))" -gt 600 ]
run ctnr-store gc --bundle-ttl 0
is "$(gone bundle)" "" "a bundle that may be about to run stays"
both "one that does not run" --bundle-ttl 0 --grace 0
is "$(gone bundle | tr '\n' ' ')" "again b third " "... does not, without grace"
both "all images" --image-ttl 0
is "$(gone name)" localhost/b:1 "... are gone without an age"
is "$(find "$store/images/blobs" -type f | wc -l)" 0 "... with young blobs, which had a name"
is "$(find "$store/layers" -mindepth 3 -maxdepth 3 | wc -l)" 0 "... and layers"
image localhost/c:1 c >/dev/null
run ctnr-store gc --image-ttl 0 --grace 1h
is "$(gone name) $(gone blob)" "localhost/c:1 " "a grace that is stated counts for them too"

run ctnr-store gc --grace 0
# What killed commands left.
mkdir "$store/trash/1.2.dead" 2>/dev/null || mkdir -p "$store/trash/1.2.dead"
head -c 10000 /dev/urandom >"$store/trash/1.2.dead/file"
mkdir -p "$store/cache/refs" "$store/cache/chains/sha256"
echo '{"index":"another"}' >"$store/cache/refs/0123456789abcdef"
echo "$a" >"$store/cache/chains/sha256/${a#sha256:}"
both "what killed commands left" --grace 0
is "$(gone leftover)" trash/1.2.dead "... goes"
is "$(gone cache | wc -l)" 2 "... and what is derived from what is gone"

# What a fetch could not end is for the next one.
part=$store/images/blobs/sha256/$(printf x | sha256sum | cut -c 1-64).part
head -c 10000 /dev/urandom >"$part"
run ctnr-store gc
is "$(gone leftover)" "" "a blob's part stays for a while"
ok "... for the next fetch to continue" test -f "$part"
touch -d '2 hours ago' "$part"
flock "$part" sleep 60 &
holder=$!
ok "... one that is held is being continued" eventually 10 sh -c '! flock -n "$1" true' sh "$part"
run ctnr-store gc --grace 0
is "$(gone leftover)" "" "... and stays however old it is"
pkill -TERM -P "$holder" sleep
wait "$holder" || :
both "a part that nobody has continued for the grace"
is "$(gone leftover)" "images/blobs/sha256/$(basename "$part")" "... goes"

# What is made without its digest nobody can continue.
part=$store/images/blobs/sha256/new-0123456789abcdef.part
head -c 10000 /dev/urandom >"$part"
flock "$part" sleep 60 &
holder=$!
ok "a new blob's part that is held is in the making" eventually 10 sh -c '! flock -n "$1" true' sh "$part"
run ctnr-store gc --grace 0
is "$(gone leftover)" "" "... and stays"
pkill -TERM -P "$holder" sleep
wait "$holder" || :
both "one that is not held"
is "$(gone leftover)" "images/blobs/sha256/$(basename "$part")" "... goes at once"

# What commands with other IDs have unpacked, as in another user namespace, is theirs to delete.
other=$store/layers/0123456789ab/sha256/$(printf '%064d' 1)
mkdir -p "$other/diff"
ours=$(find "$store/layers" -path '*/sha256' ! -path '*/0123456789ab/*' | head -n 1)/$(printf '%064d' 2)
mkdir -p "$ours/diff"
run ctnr-store gc --grace 0
is "$(gone layer)" "sha256:$(printf '%064d' 2)" "a layer that nothing needs goes"
ok "... one of another ID mapping stays" test -d "$other/diff"
rm -r "$other"

# Damage.
image localhost/whole:1 whole >/dev/null
digest=$(image localhost/hurt:1 hurt)
: >"$(blob_of "$digest")"
old=$(stray lost)
both "beside an image that is damaged" --grace 0
is "$(gone blob | grep -c "$old")" 1 "... others are collected"
printf '{' >"$store/images/index.json"
old=$(stray lost)
run ctnr-store gc --grace 0
is_status 1 "without a readable index.json no blob goes"
like_stderr "*hint: *--repair*" "... and the hint says what helps"
ok "... not one" test -e "$(blob_of "$old")"

# A layout elsewhere.
printf 'file f data=f\n' | "$test_lib/make-tar.py" layer.tar
"$test_lib/make-layout.py" --ref one "$CTNR_TEST_TMP/layout" layer.tar >/dev/null
echo lost >"$CTNR_TEST_TMP/layout/blobs/sha256/$(echo lost | sha256sum | cut -d ' ' -f 1)"
run ctnr-store gc --grace 0 "oci:$CTNR_TEST_TMP/layout"
is "$(gone blob | wc -l) $(find "$CTNR_TEST_TMP/layout/blobs" -type f | wc -l)" "1 3" "a layout elsewhere is collected"
part=$CTNR_TEST_TMP/layout/blobs/sha256/$(printf y | sha256sum | cut -c 1-64).part
echo half >"$part"
run ctnr-store gc "oci:$CTNR_TEST_TMP/layout"
ok "... a blob's part stays for a while" test -f "$part"
run ctnr-store gc --dry-run --grace 0 "oci:$CTNR_TEST_TMP/layout"
is "$(gone leftover)" "blobs/sha256/$(basename "$part")" "... and not when there is no grace"
run ctnr-store gc --grace 0 "oci:$CTNR_TEST_TMP/layout"
fails "... as it is then" test -e "$part"
run ctnr-store gc --grace 0 --image-ttl 0 "oci:$CTNR_TEST_TMP/layout"
is "$(find "$CTNR_TEST_TMP/layout/blobs" -type f | wc -l)" 0 "... by age too"
run ctnr-store gc "oci:$CTNR_TEST_TMP/nowhere"
is_status 3 "one that is not there is not found"
run ctnr-store gc --bundle-ttl 0 "oci:$CTNR_TEST_TMP/layout"
is_status 2 "a layout has no bundles"
run ctnr-store gc oci:
is_status 2 "... and a name"

# The command line.
for options in '--grace 5' '--ref-max x' '--min-free 101%' '--keep-bytes x' '--filter until=24h' \
	'--unnamed --filter colour=red' '--only bundle --image-ttl 0' '--only image --bundle-ttl 0' 'alpine'; do
	# shellcheck disable=SC2086
	run ctnr-store gc $options
	is_status 2 "a usage mistake: $options"
done
like_stderr "*expected oci:DIR, got 'alpine'*" "what can be collected is named"
done_testing
