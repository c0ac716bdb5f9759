#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub one root
# differs: IDs by newuidmap, by our own hand or not at all: who the processes are differs
# shellcheck disable=SC2016 # the scripts are the container's
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/bundle.sh"
needs USERNS

store=${CTNR_STORE-$HOME/.local/share/ctnr}
mkdir -p "$store/bundles"
state=${CTNR_RUN_DIR-$XDG_RUNTIME_DIR/ctnr}/exec

# The processes of a run, by the mark in their command line and environment.
start() {
	script "$1" "sleep 77.$2 & echo ready; trap : TERM; while :; do sleep 0.2; done"
	word=./$1
	[ -z "$3" ] || word=$1
	: >output
	# shellcheck disable=SC2086 # no option is no word
	ctnr-exec run $3 "$word" >output 2>&1 &
	caller=$!
	eventually 10 grep -q ready output || note "$(cat output)"
	eventually 10 test -s "$state/$1/state.json"
	[ ! -e "$CTNR_TEST_TMP/$1.marker" ] ||
		isnt "$(mounts_of "$CTNR_TEST_TMP/$1.marker")" "" "$1 has mounts"
	init=$(jq .pid "$state/$1/state.json")
	keeper=$(pgrep -P $caller | grep -vx "$init")
}

gone() {
	! kill -0 "$1" 2>/dev/null || grep -q '^State:.*[ZX]' "/proc/$1/status" 2>/dev/null
}
all_gone() {
	gone "$caller" && gone "$keeper" && gone "$init" && ! pgrep -f "^sleep 77.$1\$"
}

number=0
for victim in caller keeper init; do
	number=$((number + 1))
	name=k$victim
	bundle $name overlay
	marker $name
	mv $name "$store/bundles/$name"
	ln -s "$store/bundles/$name" $name
	start $name 1$number --rm
	eval "kill -9 \$$victim"
	wait $caller
	status=$?
	ok "SIGKILL of $victim leaves no process" eventually 10 all_gone 1$number
	is "$(mounts_of "$CTNR_TEST_TMP/$name")" "" "... and no mount"
	case $victim in
	keeper | init) is $status 137 "... and the status says so" ;;
	esac
	ok "... and no state" eventually 10 test ! -e "$state/$name"
	bundle other$victim
	run ctnr-exec run ./other$victim
	is_status 0 "... and the next run works"
	ok "... after which the bundle is gone" eventually 10 test ! -e "$store/bundles/$name"
done

bundle kboth overlay
mv kboth "$store/bundles/kboth"
ln -s "$store/bundles/kboth" kboth
start kboth 3 --rm
kill -9 "$caller" "$keeper"
ok "SIGKILL of caller and keeper leaves no process" eventually 10 all_gone 3
bundle otherboth
run ctnr-exec run ./otherboth
is_status 0 "... and the next run works"
ok "... after which the bundle is gone" eventually 10 test ! -e "$store/bundles/kboth"
is "$(ls -A "$state")" "" "... and the state"

bundle again overlay
start again 2 ''
kill -9 "$caller"
wait $caller
ok "the bundle of a killed run is not locked" eventually 10 all_gone 2
script again 'echo once more'
run ctnr-exec run ./again
is_stdout "once more" "... and runs again"
done_testing
