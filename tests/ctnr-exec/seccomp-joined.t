#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub root
# differs: root's privilege loads the filter, or that in a user namespace
# shellcheck disable=SC2016 # the scripts are the container's
# A filter that notifies, of the further processes of a container.
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/bundle.sh"
. "$(dirname "$0")/agent.sh"
needs USERNS

state_of_box() {
	ctnr-exec state box
}

for privileges in true false; do
	bundle c
	config c '.annotations = {"org.example": "a b"}'
	notifies mkdir
	config c ".process.noNewPrivileges = $privileges"
	agent mkdir=28
	start_box 'echo up; exec sleep 1000'
	agent_stop
	init=$(state_of_box | jq .pid)

	agent mkdir=28
	run ctnr-exec exec box sh -c 'ls /proc/self/fd | wc -l; grep -E "NoNewPrivs|Seccomp:" /proc/self/status; exec mkdir /tmp/x'
	is_status 1 "noNewPrivileges $privileges: a further process runs whose calls an agent answers"
	like_stderr "*mkdir*No space left*" "... with the agent's answer"
	is_stdout "4
NoNewPrivs:	$([ $privileges = true ] && echo 1 || echo 0)
Seccomp:	2" "... with no descriptor more than it would have else"
	is "$(calls)" mkdir "... and the agent is asked about that call alone"
	is "$(told '[.fds, .received, .inode, .closed] | tostring')" \
		'[["seccompFd"],1,"anon_inode:seccomp notify",true]' "... and gets one descriptor over a connection of its own"
	is "$(told '[.state.id, .state.status, .state.bundle, .state.pid, .state.annotations["org.example"]] | tostring')" \
		"[\"box\",\"running\",\"$CTNR_TEST_TMP/c\",$init,\"a b\"]" "... with the container that runs, and its first process"
	is "$(told .pid)" "$(sed 1d agent.log | jq -r .pid)" "... and the pid of the process that calls"
	isnt "$(told .pid)" "$init" "... which is another"
	is "$(told .metadata)" 'a "quoted" word' "... and the metadata"

	run ctnr-exec exec --detach --pid-file pid box mkdir /tmp/y
	is_status 0 "a detached process is started under the filter"
	is "$(jq -r 'select(.state) | "\(.pid) \(.state.pid)"' agent.log | tail -n 1)" "$(cat pid) $init" \
		"... and the agent was told its pid"
	asked() {
		[ "$(jq -r 'select(.call).pid' agent.log | tail -n 1)" = "$(cat pid)" ]
	}
	ok "... and is asked about its calls" eventually 20 asked

	agent_stop
	run ctnr-exec exec box sh -c 'echo ran'
	is_status 125 "an agent that has ended is an error of exec"
	like_stderr "ctnr-exec: error: *linux.seccomp.listenerPath: cannot connect to '*': Connection refused" "... by its path"
	is_stdout "" "... before the command runs"
	is "$(state_of_box | jq -r .status)" running "... and the container goes on"
	end_box
done
done_testing
