#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub one root
# differs: the runtime namespace is outside of the user namespace, which root has not
# shellcheck disable=SC2016,SC2086 # the scripts are the hooks'; no pid or point is words
# Hooks of a container that is created, started and deleted by commands of their own.
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/bundle.sh"
. "$(dirname "$0")/hooks.sh"
needs USERNS

exec_() { ctnr-exec --root "$CTNR_TEST_TMP/states" "$@"; }
# noting: each hook of bundle c notes in log/order where it was executed, and the status that it was told.
noting() {
	for point in $points; do
		hook $point "echo $point \$(sed 's/.*\"status\":\"\([a-z]*\)\",\"pid\":\([0-9]*\).*/\1 \2/') \$(pwd) >>$(log $point)/order"
	done
}
noted() {
	sed "s| $CTNR_TEST_TMP/| |" log/order 2>/dev/null | paste -sd ,
	: >log/order
}

with_hooks
noting
config c '.annotations = {a: "b"}'
script c 'exec sleep 1000'
exec_ create -b ./c --pid-file pid x >output 2>&1
is "$? $(cat output)" "0 " "a container with hooks is created"
pid=$(cat pid)
is "$(noted)" "prestart creating $pid c,createRuntime creating $pid c,createContainer creating 1 c" \
	"... by those that come before its root directory"
config c '.hooks = {}'
run exec_ start x
is "$status $stderr" "0 " "it is started"
is "$(noted)" "startContainer created 1 /,poststart running $pid c" \
	"... by the two around its command, as they stood when it was created"
kill -9 "$pid"
ok "it ends" eventually 10 gone "$pid"
is "$(noted)" "" "... without hooks"
run exec_ delete x
is "$status $stderr" "0 " "it is deleted"
is "$(noted)" "poststop stopped 0 c" "... and poststop follows"
fails "... when its state is gone" exec_ state x 2>/dev/null

with_hooks
noting
script c 'exec sleep 1000'
exec_ create -b ./c x >output 2>&1
noted >/dev/null
run exec_ delete --force x
is "$status $(noted)" "0 poststop stopped 0 c" "delete --force of a container that was not started executes poststop"
exec_ run -d -b ./c x >output 2>&1
is "$? $(cat output)" "0 " "a detached container runs"
is "$(noted | sed 's/[0-9][0-9][0-9]*/PID/g')" "prestart creating PID c,createRuntime creating PID c,createContainer creating 1 c,startContainer created 1 /,poststart running PID c" \
	"... by all five"
mv c away
run exec_ delete --force x
is "$status $(noted)" "0 poststop stopped 0 /" "... and delete --force executes the sixth, in / where the bundle is gone"
mv away c
script c 'exit 3'
run exec_ run --keep -b ./c x
is "$status $(noted | sed 's/.*,//' | cut -d ' ' -f 1)" "3 poststart" "run --keep leaves poststop"
run exec_ delete x
is "$status $(noted)" "0 poststop stopped 0 c" "... to delete"

for point in prestart createRuntime createContainer; do
	with_hooks
	hook $point 'echo why >&2; exit 3'
	hook poststop "cat >>$PWD/log/stopped"
	for verb in create 'run -d'; do
		rm -f log/stopped
		run exec_ $verb -b ./c x
		is "$status $stderr" "125 ctnr-exec: error: config.json: hooks.${point}[0]: /bin/sh: it ended with status 3: why" \
			"a hook of $point that fails is the error of $verb"
		is "$(jq -r .status log/stopped)" stopped "... and poststop is executed"
		is "$(ls states)" "" "... and no state is left"
	done
done
with_hooks
hook startContainer 'echo why >&2; exit 3'
hook poststart "echo unwanted >>$PWD/log/seen"
hook poststop "cat >>$PWD/log/stopped"
script c 'echo unwanted >>/log/seen'
run exec_ run -d -b ./c x
is "$status $stderr" "125 ctnr-exec: error: config.json: hooks.startContainer[0]: /bin/sh: it ended with status 3: why" \
	"a hook of startContainer that fails is the error of run -d"
is "$(jq -r .status log/stopped)" stopped "... and poststop is executed"
exec_ create -b ./c x >output 2>&1
run exec_ start x
is "$status $stderr" "1 ctnr-exec: error: config.json: hooks.startContainer[0]: /bin/sh: it ended with status 3: why" \
	"... and of start"
is "$(exec_ state x | jq -r .status)" stopped "... which leaves the container stopped"
run exec_ delete x
is $status 0 "... and it is deleted"
fails "neither the command nor poststart is executed" test -e log/seen

with_hooks
hook poststart "echo wanted >>$PWD/log/seen"
script c 'echo'
mkdir -p c/rootfs/bin && : >c/rootfs/bin/odd && chmod 755 c/rootfs/bin/odd
printf '\177ELF' >c/rootfs/bin/odd
config c '.process.args = ["/bin/odd"]'
exec_ create -b ./c x >output 2>&1
run exec_ start x
is_status 1 "where hooks wait for the command, start tells of one that cannot be executed"
like_stderr "*cannot execute '/bin/odd': Exec format error*" "... and why"
fails "... and poststart is not executed" test -e log/seen
exec_ delete --force x
exec_ --log log/create.log --log-format json create -b ./c x >output 2>&1
run exec_ start x
is_stderr "ctnr-exec: error: cannot execute '/bin/odd': Exec format error" "... in the same words where create had a log"
is "$(head -n 1 output)" "ctnr-exec: error: cannot execute '/bin/odd': Exec format error" "... as on the container's stderr"
exec_ delete --force x

with_hooks
hook poststart "echo wanted >>$PWD/log/seen"
exec_ create -b ./c --pid-file pid x >output 2>&1
pid=$(cat pid)
kill -STOP "$pid"
eventually 10 grep -q '^State:.T' "/proc/$pid/status"
exec_ start x >started 2>&1 &
start=$!
eventually 10 sh -c '! test -e states/x/exec.fifo'
kill -9 "$pid"
wait $start
is "$? $(cat started)" "1 ctnr-exec: error: cannot start container 'x': container not running" \
	"where hooks wait for the command, start tells of a container that was killed before it"
fails "... and poststart is not executed" test -e log/seen
exec_ delete --force x

# A create that is killed while a hook is at work leaves neither.
for point in prestart createContainer; do
	with_hooks
	hook $point "readlink /proc/self >$PWD/log/at; exec sleep 60"
	rm -f log/at
	ctnr-exec --root "$CTNR_TEST_TMP/states" create -b ./c x >output 2>&1 &
	caller=$!
	eventually 10 test -s log/at || note "$(cat output)"
	init=$(pgrep -P $caller | tail -n 1)
	kill -9 $caller
	wait $caller 2>/dev/null
	ok "SIGKILL of create while a hook of $point is at work ends that" eventually 10 gone "$(cat log/at)"
	ok "... and the container" eventually 10 gone "$init"
	run exec_ delete --force x
	is_status 0 "... and delete --force clears"
	is "$(ls states)" "" "... what is left"
done
done_testing
