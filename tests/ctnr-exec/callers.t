#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub root
# differs: root's container has no user namespace, and devices of its own
# shellcheck disable=SC2016 # the scripts are the container's
#
# The command lines of those who call runtimes, word by word, and what they make of the answers: conmon,
# containerd by its go-runc, Slurm.
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/bundle.sh"
needs USERNS

root=$CTNR_TEST_TMP/states

# What go-runc takes for the reason: the message of the last line of the log that is an error.
last_error() { jq -rs 'map(select(.level == "error")) | last | .msg' "$1"; }
status_is() { [ "$(ctnr-exec --root "$root" state "$1" 2>/dev/null | jq -r .status)" = "$2" ]; }
is_gone() { ! kill -0 "$1" 2>/dev/null || grep -q '^State:.*[ZX]' "/proc/$1/status"; }

# conmon: its stdio are pipes, the pid file is what it watches; it is the reaper of the container.
bundle c
script c 'trap "exit 5" TERM; echo up; while :; do sleep 0.05; done'
conmon() { ctnr-exec --log-format json --log conmon.log --root "$root" "$@"; }
conmon create --bundle "$CTNR_TEST_TMP/c" --pid-file "$CTNR_TEST_TMP/pidfile" box </dev/null >out 2>err
is "$?" 0 "conmon: create"
like "$(cat pidfile)" "[1-9]*[0-9]" "... whose pid file is whole when it returns"
conmon start box
is "$?" 0 "conmon: start"
ok "... and the container writes to what create was given" eventually 5 grep -qx up out
jq '.process | .args = ["sh", "-c", "echo in $0; exit 3"] | .terminal = false' c/config.json >process.json
conmon exec --pid-file "$CTNR_TEST_TMP/execpid" --process "$CTNR_TEST_TMP/process.json" --detach box </dev/null >execout 2>&1
is "$?" 0 "conmon: exec --detach"
ok "... whose process runs" eventually 5 grep -qx 'in sh' execout
like "$(cat execpid)" "[1-9]*[0-9]" "... and has a pid file"
jq '.args = ["nosuch"]' process.json >nosuch.json
conmon exec --pid-file execpid2 --process nosuch.json --detach box </dev/null >execout 2>&1
is "$?" 127 "conmon: an exec whose command is missing fails by itself"
like "$(last_error conmon.log)" '*executable file not found in $PATH*' "... and the log says so"
conmon kill box 15
ok "conmon: kill by number" eventually 5 status_is box stopped
conmon delete --force box
is "$?" 0 "conmon: delete --force"
: >conmon.log
config c '.process.args = ["nosuch"]'
conmon create --bundle "$CTNR_TEST_TMP/c" --pid-file pidfile box </dev/null >out 2>err
isnt "$?" 0 "conmon: a create that fails"
is "$(jq -c 'keys' conmon.log | sort -u | tail -n 1)" '["level","msg","time"]' "... has lines of level, msg and time in the log"
like "$(last_error conmon.log)" "*executable file not found in \$PATH*" "... with the words that podman makes 127 of"

# go-runc: containerd's shim.
bundle c
script c 'echo up; while :; do sleep 0.05; done'
runc() { ctnr-exec --root "$root" --log "$CTNR_TEST_TMP/log.json" --log-format json "$@"; }
is "$(ctnr-exec --version | wc -l)" 3 "go-runc: --version has three lines"
like "$(ctnr-exec --version)" "ctnr-exec version *
commit: *
spec: *" "... of the names that it parses"
runc create --bundle c --pid-file init.pid -no-new-keyring box </dev/null >out 2>&1
is "$?" 0 "go-runc: create, and an option with one dash"
is "$(runc state box | jq -r '.id, .status, (.pid | tostring)' | paste -sd ' ')" "box created $(cat init.pid)" \
	"... state"
runc start box
eventually 5 grep -q up out
is "$(runc ps --format json box | jq -c 'index('"$(cat init.pid)"') != null')" true "... ps --format json"
is "$(runc list --format=json | jq -r '.[].id')" box "... list --format=json"
runc kill box 9
eventually 5 status_is box stopped
runc kill box 9
isnt "$?" 0 "go-runc: kill of what has ended fails"
like "$(last_error log.json)" "*container not running*" "... which it takes for done by these words"
runc kill --all box 9
is "$?" 0 "... but for kill --all"
runc delete box
is "$?" 0 "go-runc: delete"
: >log.json
runc delete box
isnt "$?" 0 "... again fails"
like "$(last_error log.json)" "*container does not exist*" "... which it takes for done by these words"
runc delete --force box
is "$?" 0 "... and --force does not"
runc state nosuch >out 2>&1
like "$(last_error log.json)" "*container does not exist*" "go-runc: state of what is not there"
runc run -no-subreaper -d --bundle c --pid-file init.pid box </dev/null >out 2>&1
is "$?" 0 "go-runc: run, detached"
runc delete --force box
ok "go-runc: delete --force ends what runs" is_gone "$(cat init.pid)"

# Slurm: it rewrites config.json, waits for the end of what create has open, asks for the state again and again, and
# on cancel kills the runtime's process alone.
bundle c
script c 'echo "$A $B"; exit 0'
config c '.process.env += ["A=first", "B=kept", "A=last"]'
sed -i 's|/|\\/|g; s|"hostname"|"hostname":"other","hostname"|' c/config.json
{ ctnr-exec --root "$root" create --bundle c slurm </dev/null 9>&1 >created 2>&1; } | cat >out
is "$(cat out created)" "" "Slurm: who reads a descriptor beside stdio to its end does not wait for the container"
ok "... and it is created" status_is slurm created
ctnr-exec --root "$root" start slurm
ok "Slurm: it ends" eventually 5 status_is slurm stopped
ctnr-exec --root "$root" delete --force slurm
run ctnr-exec --root "$root" run --bundle c slurm
is_stdout "last kept" "Slurm: of variables and members that are there twice the last counts, and slashes may be escaped"
script c 'echo up; while :; do sleep 0.05; done'
ctnr-exec --root "$root" run --bundle c slurm </dev/null >out 2>&1 &
caller=$!
eventually 5 grep -q up out
init=$(ctnr-exec --root "$root" state slurm | jq .pid)
kill -9 $caller
wait $caller
ok "Slurm: SIGKILL of run alone ends the container" eventually 5 is_gone "$init"
run ctnr-exec --root "$root" delete --force slurm
is_status 0 "... and delete --force clears"
is "$(ctnr-exec --root "$root" list -q)" "" "nothing is left"

done_testing
