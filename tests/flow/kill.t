#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub root
# differs: root's processes and mounts are in no user namespace that would take them along
# timeout: 60 a real image is fetched, unpacked and run again after each kill
#
# A kill at any instant: no process and no mount stays, and the next command succeeds. The rounds are
# multiplied by CTNR_TEST_SCALE (make soak).
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/registry.sh"

needs USERNS PEER:docker-registry PEER:skopeo DEBIAN

rounds=$((2 * ${CTNR_TEST_SCALE:-1}))

# kill_rounds TITLE SECONDS CMD...: kill one process of CMD at a random time, several times; between
# them $before, if any, prepares.
kill_rounds() {
	kill_title=$1
	kill_seconds=$2
	shift 2
	kill_left=
	for kill_round in $(seq "$rounds"); do
		${before:-:} "$kill_round"
		"$test_lib/kill-at.py" "$kill_seconds" "$@" >"$CTNR_TEST_TMP/kill" 2>&1 ||
			kill_left="$kill_left
$(cat "$CTNR_TEST_TMP/kill")"
	done
	is "$kill_left" "" "$kill_title: no process stays"
	is "$(mounts_of "$CTNR_TEST_TMP")" "" "$kill_title: no mount stays"
}

debian=$(debian_layout)
registry_start
registry_push "$debian:latest" debian:12

fresh_store() {
	CTNR_STORE=$CTNR_TEST_TMP/store-$1
	export CTNR_STORE
}

before=fresh_store
kill_rounds "a fetch that is killed" 0.5 ctnr-fetch "docker://$registry/debian:12"
run ctnr-fetch "docker://$registry/debian:12"
is_status 0 "the next fetch succeeds in the store that the last kill left"
like_stdout '*"digest":"sha256:*' "... and gives its record"
run ctnr-fetch "docker://$registry/debian:12"
is_status 0 "a fetch of what is there succeeds"

fresh_store unpack
run ctnr-fetch -t debian:12 "docker://$registry/debian:12"
is_status 0 "an image for the rest"
before=
kill_rounds "an unpack that is killed" 1 ctnr-unpack -b killed --update debian:12
run ctnr-unpack -b killed --update debian:12
is_status 0 "the next unpack succeeds"
run ctnr run --rm debian:12 cat /etc/debian_version
is_status 0 "... and what it made runs"
version=$stdout

kill_rounds "a run that is killed" 0.3 ctnr run --rm debian:12 sh -c 'sleep 1000 & sleep 1000'
run ctnr run --rm debian:12 cat /etc/debian_version
is_status 0 "the next run succeeds"
is_stdout "$version" "... and prints what it should"
has_one_bundle() { [ "$(ctnr ps --all --json | wc -l)" = 1 ]; }
eventually 20 has_one_bundle
only_kept() { [ "$(ctnr ps --all --json | wc -l)" = 1 ]; }
ok "the next command reclaims the bundles of the killed runs, behind its answer" eventually 10 only_kept
run ctnr ps --all --json
like_stdout '*"killed"*' "... and the bundle that was asked for is there"
done_testing
