#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub root
# differs: only root may have a real-time policy or class, and a better nice value
# shellcheck disable=SC2016 # the scripts are the container's
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/bundle.sh"
needs USERNS

bundle c
cp c/config.json plain.json

# stat(5) of the first process: nice, real-time priority, policy.
told='cut -d " " -f 19,40,41 /proc/1/stat'

# scheduled OBJECT: run with that scheduler.
scheduled() {
	cp plain.json c/config.json
	config c ".process.scheduler = $1"
	in_container "${2:-$told}"
}

scheduled '{}'
is_stdout "0 0 0" "an empty scheduler changes nothing"
scheduled '{policy: "SCHED_BATCH", nice: 7}'
is_stdout "7 0 3" "a policy and a nice value"
scheduled '{policy: "SCHED_IDLE"}'
is_stdout "0 0 5" "the policy of idle time"
cp plain.json c/config.json
config c '.process.scheduler = {policy: "SCHED_OTHER"}'
script c "$told"
run nice -n 5 ctnr-exec run ./c
if identity root; then
	is_stdout "0 0 0" "a nice value that is not stated is 0, whatever the caller's"
else
	is_status 125 "a nice value that is better than the caller's is refused to an ordinary user"
	like_stderr "ctnr-exec: error: cannot set process.scheduler to 'SCHED_OTHER': Operation not permitted
ctnr-exec: hint: this needs CAP_SYS_NICE *RLIMIT_NICE *" "... with what would grant it"
fi
config c 'del(.process.scheduler)'
script c "$told"
run nice -n 5 ctnr-exec run ./c
is_stdout "5 0 0" "without a scheduler the caller's is kept"

# The filter of the container does not have to allow what its runtime does.
cp plain.json c/config.json
config c '.process.noNewPrivileges = false | .process.scheduler = {policy: "SCHED_BATCH"} |
	.process.ioPriority = {class: "IOPRIO_CLASS_IDLE", priority: 0} |
	.linux.memoryPolicy = {mode: "MPOL_LOCAL"} | .linux.personality = {domain: "LINUX32"} |
	.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{action: "SCMP_ACT_KILL_PROCESS",
		names: ["sched_setattr", "ioprio_set", "set_mempolicy", "personality"]}]}'
in_container "$told"
is "$status$stdout" "00 0 3" "a filter that forbids these calls hinders none of them"

# prioritized OBJECT: run with that I/O priority.
prioritized() {
	cp plain.json c/config.json
	config c ".process.ioPriority = $1"
	in_container 'busybox ionice -p 1'
}
prioritized '{class: "IOPRIO_CLASS_BE", priority: 6}'
is_stdout "best-effort: prio 6" "an I/O class and its priority"
prioritized '{class: "IOPRIO_CLASS_IDLE", priority: 3}'
like_stdout "idle*" "the class of idle time"

if identity root; then
	scheduled '{policy: "SCHED_FIFO", priority: 12}'
	is_stdout "0 12 1" "a real-time policy and its priority"
	scheduled '{policy: "SCHED_RR", priority: 1, flags: ["SCHED_FLAG_RESET_ON_FORK"]}' "cut -d ' ' -f 19,40,41 /proc/self/stat; $told"
	is_stdout "0 0 0
0 1 2" "the other one, and a flag: children go back to the ordinary policy"
	scheduled '{policy: "SCHED_DEADLINE", runtime: 10000000, deadline: 20000000, period: 40000000,
		flags: ["SCHED_FLAG_RESET_ON_FORK"]}'
	is_stdout "0 0 6" "a policy with deadlines"
	scheduled '{policy: "SCHED_DEADLINE", runtime: 30000000, deadline: 20000000}'
	is_status 125 "deadlines that the kernel refuses are an error"
	is_stderr "ctnr-exec: error: cannot set process.scheduler to 'SCHED_DEADLINE': Invalid argument" "... by name"
	prioritized '{class: "IOPRIO_CLASS_RT", priority: 2}'
	is_stdout "realtime: prio 2" "the real-time class"
	cp plain.json c/config.json
	config c '.process.user = {uid: 7, gid: 7} | .process.scheduler = {policy: "SCHED_FIFO", priority: 3}'
	in_container "$told"
	is_stdout "0 3 1" "what the runtime may set, another user of the container has"
	cp plain.json c/config.json
	chmod 755 . c
	chown -R 300000:300000 c/rootfs
	config c '.linux.namespaces += [{type: "user"}] |
		.linux.uidMappings = [{containerID: 0, hostID: 300000, size: 1000}] |
		.linux.gidMappings = .linux.uidMappings |
		.process.scheduler = {policy: "SCHED_FIFO", priority: 3}'
	in_container "$told"
	is_status 125 "in a user namespace nobody has that right"
else
	scheduled '{policy: "SCHED_FIFO", priority: 3}'
	is_status 125 "a real-time policy is refused to an ordinary user"
	like_stderr "*hint:*RLIMIT_RTPRIO" "... with what would grant it"
	prioritized '{class: "IOPRIO_CLASS_RT", priority: 2}'
	is_status 125 "the real-time class of I/O too"
	like_stderr "ctnr-exec: error: cannot set process.ioPriority to 'IOPRIO_CLASS_RT': Operation not permitted
ctnr-exec: hint: *CAP_SYS_NICE*" "... likewise"
fi
done_testing
