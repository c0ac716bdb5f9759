#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub one root
# differs: who maps the IDs, and whether the kernel ends a container with its user namespace
# timeout: 60 each verb is killed at instants over all that it takes, and what it left is cleared
#
# A verb that is killed at any instant: delete --force clears, no process and no mount stays, and the ID is
# free. The instants are spread over what the verb takes; the rounds are multiplied by CTNR_TEST_SCALE (make
# soak).
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/bundle.sh"
needs USERNS

rounds=$((6 * ${CTNR_TEST_SCALE:-1}))
root=$CTNR_TEST_TMP/states
exec_() { ctnr-exec --root "$root" "$@"; }

bundle c overlay
marker c
script c 'sleep 77.77 & while :; do sleep 77.77; done'

# The time a verb takes, in milliseconds, at least 4.
duration() {
	before=$(date +%s%N)
	"$@" >duration.log 2>&1
	echo $((($(date +%s%N) - before) / 1000000 + 4))
}

# kill_at ROUND MSEC CMD...: kill CMD at an instant of that time which differs in each round.
kill_at() {
	instant=$(awk "BEGIN { printf \"%.5f\", ($1 - 0.5) * $2 / $rounds / 1000 }")
	shift 2
	timeout --foreground -s KILL "$instant" "$@" </dev/null >killed.log 2>&1
}

# The processes that were made below this test, wherever they went, by the marker among their mounts.
nothing_stays() { [ -z "$(mounts_of "$CTNR_TEST_TMP/c.marker")" ]; }

# kill_rounds VERB MSEC PREPARE CMD...
kill_rounds() {
	title=$1 time=$2 prepare=$3
	shift 3
	stays='' failed=''
	for round in $(seq "$rounds"); do
		$prepare
		kill_at "$round" "$time" "$@"
		[ $? != 137 ] || killed=$((killed + 1))
		exec_ delete --force x 2>>errors || failed="$failed $round"
		eventually 10 nothing_stays || stays="$stays $round: $(mounts_of "$CTNR_TEST_TMP/c.marker")"
		[ -z "$(ls -A "$root")" ] || failed="$failed $round: $(ls "$root")"
	done
	is "$failed" "" "$title that was killed: delete --force clears"
	is "$stays" "" "$title that was killed: no process and no mount stays"
}

create() { exec_ create --bundle ./c x; }
created() { create </dev/null >created.log 2>&1; }
running() { created && exec_ start x; }
stopped() { running && exec_ kill x KILL && eventually 5 has_stopped; }
has_stopped() { [ "$(exec_ state x | jq -r .status)" = stopped ]; }

: >errors
killed=0
time=$(duration create </dev/null)
exec_ delete -f x
kill_rounds "create" "$time" : ctnr-exec --root "$root" create --bundle ./c x
kill_rounds "run --detach" "$time" : ctnr-exec --root "$root" run -d --bundle ./c x
created
time=$(duration exec_ start x)
exec_ delete -f x
kill_rounds "start" "$time" created ctnr-exec --root "$root" start x
running
time=$(duration exec_ exec x true)
exec_ delete -f x
kill_rounds "exec" "$time" running ctnr-exec --root "$root" exec x sleep 77.77
kill_rounds "exec --detach" "$time" running ctnr-exec --root "$root" exec -d x sleep 77.77
running
time=$(duration exec_ delete -f x)
kill_rounds "delete --force" "$time" running ctnr-exec --root "$root" delete --force x
stopped
time=$(duration exec_ delete x)
kill_rounds "delete" "$time" stopped ctnr-exec --root "$root" delete x
isnt $killed 0 "some of the kills came in time"
is "$(cat errors)" "" "delete --force says nothing"

run create </dev/null
is_status 0 "the next create works"
run exec_ start x
is_status 0 "... and its start"
run exec_ delete -f x
is_status 0 "... and its end"

done_testing
