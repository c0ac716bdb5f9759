#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2016 # the scripts are the container's
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/bundle.sh"
needs USERNS

bundle c
state=${CTNR_RUN_DIR-$XDG_RUNTIME_DIR/ctnr}/exec

# start: run the container in the background, with the signals that a foreground job has.
start() {
	script c "$1"
	: >output
	env --default-signal=INT,QUIT ctnr-exec run ./c >output 2>&1 &
	pid=$!
}

# Process 1 of the container has become this program.
init_is() {
	[ "$(cat "/proc/$(jq .pid "$state/c/state.json")/comm")" = "$1" ]
}

for name in HUP INT QUIT TERM USR1 USR2 ALRM WINCH; do
	start "trap 'echo got; exit 3' $name; echo ready; while :; do sleep 0.1; done"
	eventually 10 grep -q ready output
	kill -s $name $pid
	wait $pid
	is $? 3 "SIG$name reaches the container"
done

start 'exec sleep 60'
ok "a container of sleep alone runs" eventually 10 init_is sleep
kill -s TERM $pid
wait $pid
is $? 143 "a program that does nothing about SIGTERM dies of it, although it is process 1"

start 'trap "" TERM; echo ready; sleep 1; exit 5'
eventually 10 grep -q ready output
kill -s TERM $pid
wait $pid
is $? 5 "one that ignores it does not"

# A shell that forks blocks signals for a moment: what comes then is thrown away by the kernel.
if cc -O1 -static -o c/rootfs/block "$test_lib/../ctnr-exec/inside/block.c"; then
	start 'exec /block moment'
	eventually 10 grep -q ready output
	kill -s TERM $pid
	wait $pid
	is $? 143 "one that had blocked it for a moment dies of it, too"
	start 'exec /block wait'
	eventually 10 grep -q ready output
	kill -s TERM $pid
	wait $pid
	is $? 7 "one that waits for it may take its time"
else
	fail "block.c can be built"
fi

start 'sleep 60 & echo ready; wait'
eventually 10 grep -q ready output
inner=$(jq .pid "$state/c/state.json")
kill -9 "$inner"
wait $pid
is $? 137 "128+N for a container killed by signal N"
# Without a shell, which has ideas of its own about SIGQUIT.
config c '.process.args = ["grep", "-E", "SigBlk|SigIgn", "/proc/self/status"]'
run python3 -c 'import os, signal
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM, signal.SIGUSR2, signal.SIGALRM])
signal.signal(signal.SIGINT, signal.SIG_IGN)
os.execvp("ctnr-exec", ["ctnr-exec", "run", "./c"])'
# (Signal 32 is the C library's own: what it inherits it hands on.)
like_stdout "SigBlk:	0000000000000000
SigIgn:	00000000[08]0000000" "a container blocks and ignores no signal because its caller does"

done_testing
