#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/fake.sh"

# interrupted SIGNAL TOOL ARG...: run the front with the tool taking its time, and send the signal
# to the front and to the tool, as a terminal does.
interrupted() {
	signal=$1
	tool=$2
	shift 2
	printf 5 >"DELAY.$tool"
	: >calls
	# A shell ignores SIGINT in what it starts in the background.
	env --default-signal=INT setsid "$front" "$@" >stdout 2>stderr &
	group=$!
	eventually 5 grep -q "^$tool" calls
	kill -s "$signal" -- "-$group"
	wait "$group"
	status=$?
	rm "DELAY.$tool"
	calls=$(cat calls)
}

for pair in TERM=143 HUP=129 INT=130; do
	interrupted "${pair%=*}" spec run localhost/app
	is "$status" "${pair#*=}" "SIG${pair%=*} between the steps ends a run with ${pair#*=}"
	is "$calls" 'unpack [--] [localhost/app]
spec [--] [{"unpack":1}]
store [bundle] [rm] [--] [{"unpack":1}]' "... and what was begun is removed"
done
is "$(cat stderr)" "" "... an interrupt says nothing"

interrupted INT unpack run localhost/app
is "$status" 130 "an interrupt while unpacking ends a run too"
is "$calls" 'unpack [--] [localhost/app]' "... and is ctnr-unpack's to clean up"

interrupted INT fetch run --pull always alpine
is "$status" 130 "so does one while pulling"

interrupted INT exec run localhost/app
is "$status" 130 "while the container runs, the runtime has the signal itself"
is "$calls" 'unpack [--] [localhost/app]
spec [--] [{"unpack":1}]
exec [run] [--] [{"spec":1}]' "... and nothing else is called"

done_testing
