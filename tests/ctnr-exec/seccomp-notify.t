#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub root
# differs: root's privilege loads the filter, or that in a user namespace
# shellcheck disable=SC2016 # the scripts are the container's
# linux.seccomp that notifies: an agent gets the descriptor before the payload runs, and answers its calls.
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/bundle.sh"
. "$(dirname "$0")/agent.sh"
needs USERNS

bundle c
config c '.annotations = {"org.example": "\"pid\":2147483647", "pid": "7"}'
notifies mkdir mkdirat
for privileges in true false; do
	config c ".process.noNewPrivileges = $privileges"
	agent mkdir=28
	in_container 'mkdir /tmp/x; ls /proc/self/fd | wc -l; grep -E "NoNewPrivs|Seccomp:" /proc/self/status; echo /proc/[0-9]*; exec mkdir /tmp/y'
	is_status 1 "noNewPrivileges $privileges: a payload runs whose calls an agent answers"
	like_stderr "*mkdir*No space left*" "... with the agent's answer"
	is_stdout "4
NoNewPrivs:	$([ $privileges = true ] && echo 1 || echo 0)
Seccomp:	2
/proc/1" "... with no descriptor and no process more than it would have else"
	is "$(calls)" "mkdir mkdir" "... and the agent is asked about that call alone"
	is "$(told '[.fds, .received, .inode, .extra] | tostring')" \
		'[["seccompFd"],1,"anon_inode:seccomp notify",0]' "... and gets one descriptor in one message"
	is "$(told '[.ociVersion == .state.ociVersion, .state.id, .state.status, .state.bundle] | tostring')" \
		"[true,\"c\",\"creating\",\"$CTNR_TEST_TMP/c\"]" "... with the state of the container"
	is "$(told '.metadata, .state.annotations["org.example"]')" 'a "quoted" word
"pid":2147483647' "... the metadata and the annotations as they are"
	is "$(told '.pid == .state.pid')$(told .pid)" "true$(sed 1d agent.log | jq -r .pid | tail -n 1)" \
		"... and the pid of the process that calls"
done

# The process that stays for a hook is one more that could hold the connection.
config c '.hooks.poststop = [{path: "/bin/true"}]'
agent mkdir=28
in_container 'mkdir /tmp/x'
is "$(told .closed)" true "the connection ends behind the message, also where hooks wait for the end"
config c 'del(.hooks)'

cache=${CTNR_STORE-$HOME/.local/share/ctnr}/cache/seccomp
set -- "$cache"/*
agent mkdir=28
in_container 'mkdir /tmp/x'
like_stderr "*mkdir*No space left*" "a cached filter notifies as well"
is "$(told .metadata)" 'a "quoted" word' "... with the metadata"
is "$(echo "$cache"/*)" "$*" "... and is the same"
config c '.linux.seccomp.flags = ["SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV", "SECCOMP_FILTER_FLAG_TSYNC",
	"SECCOMP_FILTER_FLAG_SPEC_ALLOW"]'
rm -f "$cache"/*
in_container 'mkdir /tmp/x'
like_stderr "*mkdir*No space left*" "a filter of all flags notifies"
is "$(od -An -tx4 -j24 -N4 "$cache"/*)" " 0000002c" "... and they are the kernel's"
# A cache file that is not whole, or says another thing than it has.
for at in 24 32 36; do
	printf '\001\001\001\001' | dd of="$(echo "$cache"/*)" bs=1 seek=$at conv=notrunc 2>/dev/null
	in_container 'mkdir /tmp/x'
	like_stderr "*mkdir*No space left*" "a cached filter whose header is broken at $at is made again"
done

# Whatever the filter says of our own calls, nothing waits for an agent that has no descriptor yet.
for privileges in true false; do
	config c ".process.noNewPrivileges = $privileges"
	notifies mkdir
	config c '.linux.seccomp.defaultAction = "SCMP_ACT_NOTIFY" | .linux.seccomp.syscalls = []'
	agent mkdir=28
	in_container 'mkdir /tmp/x'
	like_stderr "*mkdir*No space left*" "noNewPrivileges $privileges: a filter that notifies of every call"
	like "$(calls)" "execve *" "... of which the first is execve"
	unlike "$(calls)" "*sendmsg*" "... and none is ours"
	notifies mkdir read write close sendmsg futex execve exit_group
	in_container 'mkdir /tmp/x'
	like_stderr "*mkdir*No space left*" "... and one of the calls that send a message"
	notifies mkdir
	config c '.linux.seccomp.syscalls += [{action: "SCMP_ACT_KILL_PROCESS", names: ["sendmsg", "nanosleep",
		"clock_nanosleep", "sched_yield", "capset", "capget", "close_range", "setsockopt"]}]'
	in_container 'mkdir /tmp/x'
	like_stderr "*mkdir*No space left*" "... and one that kills for them"
done

notifies mkdir
long=$CTNR_TEST_TMP/$(printf '%0120d' 0)
mkdir "$long"
ln agent.sock "$long/agent.sock"
config c ".linux.seccomp.listenerPath = \"$long/agent.sock\""
in_container 'mkdir /tmp/x'
like_stderr "*mkdir*No space left*" "a path that is longer than an address"
config c '.linux.seccomp.listenerPath = "../agent.sock"'
in_container 'mkdir /tmp/x'
like_stderr "*mkdir*No space left*" "... or relative: it begins in the bundle"
config c '.annotations.long = ([range(80000) | "long"] | join(" "))'
in_container 'mkdir /tmp/x'
like_stderr "*mkdir*No space left*" "... and a message that is longer than a socket's buffer"
is "$(tail -n 2 agent.log | head -n 1 | jq -c '[.fds, .received, .extra > 0, (.state.annotations.long | length)]')" \
	'[["seccompFd"],1,true,399999]' "... arrives whole"
agent_stop

# refused TITLE PATTERN: the container is not run
refused() {
	in_container 'echo ran'
	is_status 125 "$1"
	like_stderr "ctnr-exec: error: config.json: linux.seccomp.$2" "... and says so"
	is_stdout "" "... before anything of the payload has run"
	is "$(find "${CTNR_RUN_DIR-$XDG_RUNTIME_DIR/ctnr}/exec" -mindepth 1)" "" "... and no state stays"
}
bundle c
notifies mkdir
refused "an agent that has ended is an error" "listenerPath: cannot connect to '*': Connection refused"
rm -f agent.sock
refused "... and so is a socket that is not there" "listenerPath: cannot open '*': No such file or directory"
: >agent.sock
refused "... or none" "listenerPath: '*' is no socket"
rm -f agent.sock
config c '.linux.seccomp.listenerPath = "" | del(.linux.seccomp.listenerMetadata)'
refused "a filter that notifies needs a path" "syscalls?0?.action: SCMP_ACT_NOTIFY needs linux.seccomp.listenerPath"

# An agent that hangs up: what is sent to it is lost.
python3 -c 'import socket
server = socket.socket(socket.AF_UNIX)
server.bind("deaf.sock")
server.listen()
while True:
    server.accept()[0].close()' &
deaf=$!
at_end "kill $deaf"
eventually 20 test -S deaf.sock
config c ".linux.seccomp.listenerPath = \"$CTNR_TEST_TMP/deaf.sock\""
refused "an agent that hangs up is an error" "listenerPath: cannot send to the agent: Broken pipe"

notifies mkdir
agent mkdir=none
config c '.linux.seccomp.flags = []'
script c 'echo begun; mkdir /tmp/x; echo ended'
ctnr-exec run ./c >out 2>&1 &
engine=$!
waits() {
	[ "$(calls)" = mkdir ]
}
ok "a call waits for its answer" eventually 20 waits
agent_stop
wait "$engine"
is "$(cat out)" "begun
mkdir: can't create directory '/tmp/x': Function not implemented
ended" "... and fails when the agent has ended"

config c '.linux.seccomp.syscalls[0].action = "SCMP_ACT_ERRNO"'
in_container 'mkdir /tmp/x'
like_stderr "*mkdir*not permitted*" "the path is ignored where nothing is notified"
done_testing
