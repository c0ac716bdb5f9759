#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/hostile.sh"
needs USERNS

small_layout
parts() {
	find "$1" -name '*.part' | wc -l
}
# The transfer of a blob has begun: the layout's own files have parts too, for an instant.
has_part() {
	[ -d "$1/blobs" ] && [ "$(parts "$1/blobs")" -gt 0 ]
}

# A shell lets its background jobs ignore SIGINT.
start() {
	env --default-signal=INT "$@" >fetch.out 2>fetch.err &
	pid=$!
}
manifests_are() {
	[ "$(grep -c /manifests/ "$hostile_log")" = "$1" ]
}

# Bytes of the layer have come.
has_come() {
	grep "$layer" fetch.err | grep -q '"current":[1-9]'
}
layer=sha256:$(find small/blobs -size +60k -printf %f)

hostile_start "$CTNR_TEST_TMP/small" --fault slow
for signal in INT TERM HUP; do
	start ctnr-fetch --progress json --layout "out$signal" "docker://$hostile/x:1"
	eventually 20 has_come || fail "the transfer began"
	kill -s "$signal" "$pid"
	wait "$pid"
	part=out$signal/blobs/sha256/${layer#*:}.part
	ok "SIG$signal leaves what came" test -s "$part"
	ok "... which is what the layer begins with" cmp -n "$(stat -c %s "$part")" "$part" \
		"small/blobs/sha256/${layer#*:}"
	is "$(jq -c .manifests "out$signal/index.json")" '[]' "... and no reference"
	is "$(cat fetch.out)" "" "... and no record"
done
start ctnr-fetch --layout outINT "docker://$hostile/x:1"
eventually 20 has_part outINT
kill -INT "$pid"
wait "$pid"
is $? 130 "it dies of the signal, as its caller expects"

start ctnr-fetch --layout out "docker://$hostile/x:1"
eventually 20 has_part out
start_waiting=$pid
asked=$(grep -c /manifests/ "$hostile_log")
start ctnr-fetch --layout out "docker://$hostile/x:1"
ok "another fetch of the same has its manifest" eventually 20 manifests_are $((asked + 1))
kill -INT "$pid"
wait "$pid"
is $? 130 "one that waits for another's blob dies of a signal too"
is "$(parts out)" 1 "... and leaves the other's work alone"
kill -KILL "$start_waiting"
wait "$start_waiting"
is "$(parts out)" 1 "SIGKILL leaves a part"
hostile_stop

hostile_start "$CTNR_TEST_TMP/small"
run timeout 20 ctnr-fetch --layout out "docker://$hostile/x:1"
is_status 0 "... which does not keep the next from succeeding"
is "$(parts out)" 0 "... and is gone then"
for file in index.json oci-layout; do
	: >"out/$file.part"
done
rm out/oci-layout
run timeout 20 ctnr-fetch --layout out -t again "docker://$hostile/x:1"
is "$(parts out)" 0 "... as are parts of the layout's own files, which a SIGKILL can leave too"
hostile_stop

# What another process holds is waited for, but not when a signal comes.
run ctnr-fetch --layout locked oci:small:1
flock locked/.lock sleep 20 &
holder=$!
ok "another process holds .lock" eventually 10 sh -c '! flock -n "$1" true' sh "locked/.lock"
start ctnr-fetch --layout locked --tag again oci:small:1
fails "a fetch waits for the layout's .lock" eventually 1 sh -c '! kill -0 "$1"' sh "$pid"
kill -TERM "$pid"
wait "$pid"
is $? 143 "... but not when a signal comes"
pkill -TERM -P "$holder" sleep
wait "$holder" || :
is "$(jq '.manifests | length' locked/index.json)" 1 "... and nothing is named meanwhile"

hostile_start "$CTNR_TEST_TMP/small"
pids=
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do
	ctnr-fetch --layout parallel --tag "n$i" "docker://$hostile/x:1" >"record.$i" 2>&1 &
	pids="$pids $!"
done
failed=0
for pid in $pids; do
	wait "$pid" || failed=$((failed + 1))
done
is "$failed" 0 "sixteen fetches of one image into one layout succeed"
is "$(grep -c /blobs/ "$hostile_log")" 2 "... each blob was downloaded once"
is "$(jq '.manifests | length' parallel/index.json)" 16 "... and all names are there"
is "$(parts parallel)" 0 "... and nothing half-made"
hostile_stop

hostile_start "$CTNR_TEST_TMP/small"
run in_namespace sh -c 'mkdir full && mount -t tmpfs -o size=32k none full &&
	ctnr-fetch --layout full/out "docker://$1/x:1"; status=$?
	find full -name "*.part" | grep . && exit 99
	exit $status' sh "$hostile"
is_status 1 "too little room is a failure"
like_stderr "*needs 64.* KiB more in '*/full/out', where * KiB are free
*hint: free some space*" "... that says how much is needed and free"
is "$(grep -c /blobs/ "$hostile_log")" 0 "... before the first byte of a blob"
run in_namespace sh -c 'mkdir -p full && mount -t tmpfs -o size=90k none full &&
	ctnr-fetch --layout full/out "docker://$1/x:1" >/dev/null && rm full/out/index.json full/out/oci-layout &&
	ctnr-fetch --layout full/out "docker://$1/x:1" >/dev/null' sh "$hostile"
is_status 0 "what is there needs no room"
is "$(grep -c /blobs/ "$hostile_log")" 2 "... nor is it fetched"
run in_namespace sh -c 'mkdir -p full && mount -t tmpfs -o size=120k none full && mkdir -p full/out/blobs/sha256 &&
	head -c 60000 small/blobs/sha256/"$2" >full/out/blobs/sha256/"$2.part" && ctnr-fetch --layout full/out "docker://$1/x:1" >/dev/null' \
	sh "$hostile" "${layer#*:}"
is_status 0 "neither does what is there of a part"
hostile_stop
hostile_start "$CTNR_TEST_TMP/small" --rate 100000
run in_namespace sh -c 'mkdir -p full && mount -t tmpfs -o size=90k none full &&
	ctnr-fetch --layout full/out "docker://$1/x:1" & pid=$!
	tries=1000
	until [ -e full/out/blobs/sha256/"$2.part" ] || [ "$((tries -= 1))" = 0 ]; do sleep 0.01; done
	head -c 100000 /dev/zero >full/file 2>/dev/null
	wait "$pid"; status=$?
	find full -name "*.part" | grep . && exit 99
	exit $status' sh "$hostile" "${layer#*:}"
is_status 1 "a disk that is full meanwhile is a failure that leaves nothing half-made"
like_stderr "*No space left on device*hint: free some space*" "... and says so"
hostile_stop
run sh -c 'ctnr-fetch --layout out oci:small:1 >/dev/full'
is_status 1 "a record that cannot be written is a failure"
done_testing
