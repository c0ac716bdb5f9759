#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Pushes that end early, that run twice at a time, and what a large one takes.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/registry.sh"
. "$test_lib/hostile.sh"
needs PEER:docker-registry PEER:skopeo PEER:jq PEER:python3

small_layout
digest=$(jq -r '.manifests[0].digest' small/index.json)
pushed=$CTNR_TEST_TMP/pushed
mkdir "$pushed"
ctnr-fetch --tag app:1 oci:small:1 >/dev/null

# A shell lets its background jobs ignore SIGINT.
start() {
	env --default-signal=INT "$@" >push.out 2>push.err &
	pid=$!
}
has_begun() {
	grep -q "^$1 /v2/$2/" "$hostile_log"
}

hostile_start "$CTNR_TEST_TMP/small" --pushed "$pushed" --fault put:slow
for row in INT:int:130 TERM:term:143 HUP:hup:129; do
	signal=${row%%:*}
	name=${row#*:}
	name=${name%:*}
	start ctnr-push app:1 "docker://$hostile/$name:1"
	eventually 20 has_begun PUT "$name" || fail "the upload began"
	kill -s "$signal" "$pid"
	wait "$pid"
	is $? "${row##*:}" "a push dies of SIG$signal, as its caller expects"
	is "$(cat push.out)" "" "... without a record"
	fails "... and there is no name" test -e "$pushed/$name/1"
done
start ctnr-push app:1 "docker://$hostile/killed:1"
eventually 20 has_begun PUT killed || fail "the upload began"
kill -KILL "$pid"
wait "$pid" 2>/dev/null
hostile_stop
hostile_start "$CTNR_TEST_TMP/small" --pushed "$pushed"
run ctnr-push app:1 "docker://$hostile/killed:1"
is_status 0 "after one that was killed it is pushed by the next"
is "$(sha256sum <"$pushed/killed/1" | cut -d ' ' -f 1)" "${digest#*:}" "... whole"

# A layout.
head -c 20000000 /dev/urandom >noise
echo "file noise from=$CTNR_TEST_TMP/noise" | layout large --ref 1 --compress none >/dev/null
large=$(jq -r '.manifests[0].digest' large/index.json)
# What has the lock of the layer's file is waited for, so that the copy is killed before its end.
layer=$(jq -r '.layers[0].digest' "large/blobs/sha256/${large#*:}")
mkdir -p out/blobs/sha256
exec 9>"out/blobs/sha256/${layer#*:}.part"
flock 9
start ctnr-push oci:large:1 oci:out:1
eventually 20 sh -c 'ls out/.lease/*' || fail "the copy began"
kill -KILL "$pid"
wait "$pid" 2>/dev/null
exec 9>&-
is "$(jq -c .manifests out/index.json 2>/dev/null || echo '[]')" '[]' "a copy to a layout that was killed leaves no name"
run ctnr-push oci:large:1 oci:out:1
is_status 0 "... and the next one goes on"
is "$(find out -name '*.part')" "" "... and leaves nothing half-made"
run skopeo inspect oci:out:1
is_status 0 "... and skopeo reads it"

# Twice at once.
registry_start
ctnr-push oci:large:1 "docker://$registry/twice:1" >/dev/null 2>first.err &
first=$!
run ctnr-push oci:large:1 "docker://$registry/twice:1"
wait "$first"
is "$? $status" "0 0" "two at a time push one image"
is "$(skopeo inspect --tls-verify=false --format '{{.Digest}}' "docker://$registry/twice:1")" "$large" "... which is there"

# What it takes.
head -c 60000000 /dev/urandom >noise
echo "file noise from=$CTNR_TEST_TMP/noise" | layout larger --ref 1 --compress none >/dev/null
rm noise
peak() {
	python3 -c 'import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)' "$@"
}
if ! is_sanitized; then
	ok "60 MB to a registry take less than 17 MiB of memory" \
		test "$(peak ctnr-push oci:larger:1 "docker://$registry/peak:1")" -lt 17408
	ok "... and to a layout" test "$(peak ctnr-push --no-sync oci:larger:1 oci:peak:1)" -lt 17408
fi
done_testing
