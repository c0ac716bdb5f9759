# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# Agents that are notified of system calls, for the tests of ctnr-exec. Source it behind bundle.sh.
#
# agent ANSWER...            an agent at agent.sock (lib/seccomp-agent.py), in the background; what it prints is
#                            in agent.log. One that runs is stopped first
# agent_stop                 stop it
# told FILTER                what it was told in its first message, by jq
# calls                      the names of the calls that it was asked about
# notifies NAME...           let bundle c have a profile that notifies that agent of these calls

agent_pid=
agent() {
	agent_stop
	rm -f agent.sock
	"$test_lib/seccomp-agent.py" agent.sock "$@" >agent.log 2>&1 &
	agent_pid=$!
	eventually 20 test -S agent.sock || fail "the agent listens"
}

agent_stop() {
	[ -z "$agent_pid" ] || { kill "$agent_pid" && wait "$agent_pid"; } 2>/dev/null
	agent_pid=
}
at_end agent_stop

told() {
	head -n 1 agent.log | jq -r "$1"
}

calls() {
	sed 1d agent.log | jq -r 'select(.call).call' | paste -sd ' '
}

notifies() {
	notifies_names=$(printf '"%s",' "$@")
	config c ".linux.seccomp = {defaultAction: \"SCMP_ACT_ALLOW\", listenerPath: \"$CTNR_TEST_TMP/agent.sock\",
		listenerMetadata: \"a \\\"quoted\\\" word\",
		syscalls: [{names: [${notifies_names%,}], action: \"SCMP_ACT_NOTIFY\"}]}"
}
