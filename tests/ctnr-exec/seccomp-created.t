#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub root
# differs: root's privilege loads the filter, or that in a user namespace
# shellcheck disable=SC2016 # the scripts are the container's
# A filter that notifies, of containers that outlive their caller.
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/bundle.sh"
. "$(dirname "$0")/agent.sh"
needs USERNS

# has_ended ID
has_ended() {
	ctnr-exec state "$1" | grep -q stopped
}

# A created container waits with no filter in force; its start lets the agent be told.
for privileges in true false; do
	bundle c
	notifies read write close mkdir execve
	config c ".process.noNewPrivileges = $privileges"
	agent mkdir=28
	script c 'mkdir /tmp/x; echo "$(ls /proc/self/fd | wc -l)" descriptors; grep ^Cap[PE] /proc/self/status'
	ctnr-exec create -b ./c made >out 2>&1 </dev/null
	is "$?$(cat agent.log out)" 0 "noNewPrivileges $privileges: creating a container sends the agent nothing"
	pid=$(ctnr-exec state made | jq .pid)
	is "$(sed -n 's/^Seccomp:.//p' "/proc/$pid/status")" 0 "... and has no filter in force"
	run ctnr-exec start made
	is_status 0 "... starting it does"
	ok "... and it ends" eventually 20 has_ended made
	is "$(cat out)" "mkdir: can't create directory '/tmp/x': No space left on device
4 descriptors
CapPrm:	0000000000000000
CapEff:	0000000000000000" "... with the agent's answers, no descriptor and no capability more"
	is "$(told '[.pid, .state.pid, .state.status, .state.id, .closed] | tostring')" \
		"[$pid,$pid,\"created\",\"made\",true]" "... which knows the container as created"
	ctnr-exec delete made
	run ctnr-exec run --detach -b ./c left
	is_status 0 "a detached container's agent is told before run is done"
	is "$(jq -r 'select(.state).state.id' agent.log | tail -n 1)" left "... of it"
	ok "... and answers" eventually 20 has_ended left
	ctnr-exec delete left
done
agent_stop
script c 'echo ran'
run ctnr-exec create -b ./c made
is_status 125 "creating a container whose agent has ended is an error"
like_stderr "*listenerPath: cannot connect to '*': Connection refused" "... that names the path"
fails "... and leaves none" ctnr-exec state made
done_testing
