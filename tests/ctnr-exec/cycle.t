#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub one root
# differs: who maps the IDs, who init belongs to, and where our executable lies
# shellcheck disable=SC2016 # the scripts are the container's
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/bundle.sh"
needs USERNS

root=$CTNR_TEST_TMP/states
exec_() { ctnr-exec --root "$root" "$@"; }
status_of() { exec_ state "$1" | jq -r .status; }
has_status() { [ "$(status_of "$1")" = "$2" ]; }

bundle c
script c 'echo "in $0"; read -r line; echo "$line"; exit 7'
mkfifo input
sleep 1000 >input &
writer=$!
at_end "kill $writer 2>/dev/null"

run exec_ state x
is_status 1 "there is no container before create"
like_stderr "*'x': container does not exist*" "... in the words that callers look for"

run ctnr-exec --root "$CTNR_TEST_TMP/none" list -f json
is "$status$stdout$stderr" "0[]" "without a directory of states there are no containers"
run ctnr-exec --root "$CTNR_TEST_TMP/none" list
is "$status$(printf '%s\n' "$stdout" | wc -l)$stderr" 01 "... of which the table has its head alone"
exec_ create --bundle ./c --pid-file pid x <input >output 2>&1
is $? 0 "a container is created"
pid=$(cat pid)
is "$(wc -l <pid)" 0 "the pid file has the pid alone"
is "$(exec_ state x | jq -c '[.id, .pid, .status, .bundle, .rootfs, .owner]')" \
	"[\"x\",$pid,\"created\",\"$CTNR_TEST_TMP/c\",\"$CTNR_TEST_TMP/c/rootfs\",\"$(id -un)\"]" \
	"state tells what the specification wants"
is "$(cat output)" "" "nothing of the command has run"
is "$(stat -c %a "$root")" 700 "the directory of states is made, and private"
is "$(tr '\0' '\n' <"/proc/$pid/environ")" "" "the environment of create's caller is not in the container"

held() { find "/proc/$pid/fd" -type l -printf '%l\n'; }
is "$(held | grep -vxF -e "$CTNR_TEST_TMP/input" -e "$CTNR_TEST_TMP/output")" "$root/x/exec.fifo" \
	"init holds stdio and the FIFO alone"
is "$(pgrep -P "$pid" | wc -l)" 0 "init is one process"
isnt "$(ps -o ppid= -p "$pid" | tr -d ' ')" "$$" "... and none of ours is between it and whoever reaps"

own=$(awk '/^Pss_Anon|^Pss_Shmem/ { kb += $2 } END { print kb }' "/proc/$pid/smaps_rollup")
is_sanitized || ok "what waits costs less than a megabyte of its own ($own kB)" test "$own" -lt 1024
if identity root; then
	run chmod 777 "/proc/$pid/exe"
	like_stderr "*Read-only file system*" "not even root changes our executable through what waits"
fi

run exec_ create --bundle ./c x
is_status 125 "an ID is given once"
like_stderr "*container 'x' already exists, and is created*" "... and the message says so"
bundle d
run exec_ create --bundle ./d x
like_stderr "*already exists*" "... whatever the bundle"
run exec_ delete x
is_status 1 "a created container is not deleted"
like_stderr "*it is created, and not stopped*" "... and the message says why"

run exec_ start x
is_status 0 "it is started"
ok "... and its command runs" eventually 5 grep -q '^in sh' output
is "$(status_of x)" running "... which state tells"
fails "the FIFO is gone" test -e "$root/x/exec.fifo"
run exec_ start x
is_status 1 "a container is started once"
like_stderr "*cannot start container 'x': it is running, and not created*" "... and the message says why"
run exec_ delete x
is_status 1 "a running container is not deleted"
is "$(exec_ ps --format json x | jq -c .)" "[$pid]" "ps has its processes"
run exec_ ps x
like_stdout "*PID*$pid*" "... and as the lines of ps(1)"
is "$(exec_ list -q)" x "list has it"

echo last >input
kill $writer
ok "it reads its stdin, and ends" eventually 5 has_status x stopped
is "$(tail -n 1 output)" last "... with what it wrote"
is "$(exec_ state x | jq .pid)" 0 "a stopped container has no pid"
run exec_ kill x
is_status 1 "what has ended gets no signal"
like_stderr "*'x': container not running*" "... in the words that callers look for"
run exec_ kill -a x 9
is_status 0 "... which is no error for all of nothing"
run exec_ start x
is_status 1 "it is not started again"
run exec_ delete x
is_status 0 "it is deleted"
run exec_ delete x
is_status 1 "what is gone is not deleted again"
run exec_ delete --force x
is_status 0 "... unless by force"
is "$(ls -A "$root")" "" "nothing of it is left"

# A container that waits for its start can be ended.
run exec_ create --bundle ./c y </dev/null
run exec_ kill y KILL
is_status 0 "what waits for its start gets a signal"
ok "... and stops" eventually 5 has_status y stopped
run exec_ start y
is_status 1 "... and is not started any more"
run exec_ delete y
is_status 0 "... and is deleted"

script c 'trap "echo got; exit 3" USR1; echo ready; while :; do sleep 0.05; done'
for signal in USR1 SIGUSR1 usr1 10; do
	ctnr-exec --root "$root" run --detach --bundle ./c z </dev/null >output 2>&1
	eventually 5 grep -q ready output
	run exec_ kill z $signal
	ok "kill takes $signal" eventually 5 grep -q got output
	eventually 5 has_status z stopped
	exec_ delete z
done
run exec_ kill z NOSUCH
is_status 1 "an unknown signal is a mistake"
like_stderr "*'NOSUCH' is no signal*" "... and named"

# --force, and --regex.
for id in r1 r2 s1; do
	bundle $id
	script $id 'sleep 1000'
	ctnr-exec --root "$root" run -d --bundle ./$id $id </dev/null >/dev/null 2>&1
done
is "$(exec_ list --format json | jq -r '.[] | "\(.id) \(.status)"')" "r1 running
r2 running
s1 running" "list has all in order"
run exec_ delete --force --regex '^r[0-9]$'
is_status 0 "by force and by a regular expression"
is "$(exec_ list -q)" s1 "... those that match are gone, which ran"
run exec_ delete --regex '['
is_status 1 "what is no regular expression is a mistake"
run exec_ delete -f s1
is "$(exec_ list -f json)" "[]" "an empty list is an empty array"

# What create finds out, and what only execve(2) does.
config c '.process.args = ["nosuch"]'
run exec_ create --bundle ./c n </dev/null
is_status 127 "a command that is not there is create's error"
like_stderr "*cannot execute 'nosuch': executable file not found in \$PATH*" "... in the words that engines look for"
is "$(exec_ list -q)" "" "... and nothing is left"
config c '.process.args = ["/etc/passwd"]'
run exec_ create --bundle ./c n </dev/null
is_status 126 "so is one that is not executable"
like_stderr "*ermission denied*" "... in the words that engines look for"
printf '\177ELFnonsense' >c/rootfs/bin/odd
chmod 755 c/rootfs/bin/odd
config c '.process.args = ["/bin/odd"]'
exec_ create --bundle ./c n </dev/null >output 2>&1
run exec_ start n
is_status 0 "what only execve refuses is no error of start"
ok "... but one line on stderr" eventually 5 grep -q "cannot execute '/bin/odd': Exec format error" output
ok "... and the container ends" eventually 5 has_status n stopped
exec_ delete n
run ctnr-exec --root "$root" run -d --bundle ./c n </dev/null
is_status 126 "run --detach says so itself"
is "$(exec_ list -q)" "" "... and leaves nothing"

# What a container that outlives its caller is not given.
bundle c
run exec_ create --bundle ./c n <"$CTNR_TEST_TMP"
is_status 125 "a directory is no stdin"
config c '.process.terminal = true'
run exec_ create --bundle ./c n </dev/null
is_status 125 "a terminal has to go somewhere"
like_stderr "*--console-socket*" "... and the message says how"
is "$(exec_ list -q)" "" "... and nothing is left"

# --preserve-fds, and no other descriptor.
bundle c
script c 'for fd in 0 1 2 3 4 5 6 9; do [ ! -e /proc/$$/fd/$fd ] || echo -n "$fd "; done; cat <&3'
echo kept >kept
exec_ create --bundle ./c --preserve-fds 1 n </dev/null >output 2>&1 3<kept 4<kept 9<kept
exec_ start n
eventually 5 has_status n stopped
is "$(cat output)" "0 1 2 3 kept" "the descriptors that are asked for are passed, and no others"
exec_ delete n
run exec_ create --bundle ./c --preserve-fds 7 n </dev/null
is_status 125 "one that is not open is an error"

# --keep
script c 'exit 4'
run exec_ run --keep --bundle ./c n </dev/null
is_status 4 "a run that keeps its state has its status"
is "$(status_of n)" stopped "... and leaves the state stopped"
run exec_ delete n
is_status 0 "... to delete"
printf garbage >c/rootfs/bin/odd
chmod 755 c/rootfs/bin/odd
config c '.process.args = ["/bin/odd"]'
run exec_ run --detach --keep --bundle ./c n </dev/null
is_status 126 "a detached container whose command cannot be executed"
fails "... leaves no state, whatever is asked for" exec_ state n

done_testing
