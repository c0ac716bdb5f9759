#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub root
# differs: root joins user namespaces that another ID owns, and containers without one
# shellcheck disable=SC2016 # the scripts are the container's
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/bundle.sh"
needs USERNS

# The namespaces of the first process, as seen from outside, and of a command.
all_namespaces() {
	for name in pid mnt uts ipc net cgroup user time; do
		readlink "$1/ns/$name"
	done
}
init_namespaces() {
	all_namespaces "/proc/$(jq .pid "${CTNR_RUN_DIR-$XDG_RUNTIME_DIR/ctnr}/exec/box/state.json")"
}
own_namespaces='for n in pid mnt uts ipc net cgroup user time; do readlink /proc/self/ns/$n; done'

# A first process that has changed its user, and can be looked at by nobody of its user
bundle c
config c '.process.user = {uid: 7, gid: 8} | .process.noNewPrivileges = false'
mkdir c/rootfs/held
cp c/rootfs/bin/busybox c/rootfs/held/sleep
chmod 711 c/rootfs/held/sleep
start_box 'echo up; exec sleep 1000'
run ctnr-exec exec -u 0:0 box sh -c "id -u; id -g; $own_namespaces"
is_stdout "0
0
$(init_namespaces)" "a container of another user is joined, as root of it"
run ctnr-exec exec box sh -c 'id -u; id -g'
is_stdout "7
8" "... and as the user of its process" || note "$stderr"
end_box
config c '.process.args = ["/held/sleep", "1000"]'
ctnr-exec run -d --bundle ./c box </dev/null >box.out 2>&1
at_end 'ctnr-exec delete --force box'
run ctnr-exec exec -u 0:0 box id -u
is_stdout 0 "... also one whose program nobody may read" || note "$stderr"
ctnr-exec delete --force box

# What applies to every process of the container
bundle c
config c '.process.rlimits = [{type: "RLIMIT_NOFILE", soft: 99, hard: 100}] |
	.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW",
		syscalls: [{names: ["mkdir", "mkdirat"], action: "SCMP_ACT_ERRNO", errnoRet: 95}]}'
start_box 'echo up; exec sleep 1000'
jq -n '{args: ["sh", "-c", "mkdir /tmp/x; ulimit -n"], cwd: "/", env: ["PATH=/bin"]}' >process.json
run ctnr-exec exec box sh -c 'mkdir /tmp/x; ulimit -n'
is_stdout 99 "the limits are those of the config's process"
like_stderr "*mkdir*not supported*" "... and the seccomp filter is the container's"
run ctnr-exec exec -p process.json box
like_stderr "*mkdir*not supported*" "... for another process too"
unlike_stdout 99 "... whose limits are its own"
end_box

# The host's pid namespace
bundle c
config c '.linux.namespaces |= map(select(.type != "pid")) |
	.mounts |= map(if .destination == "/proc" then . + {type: "bind", options: ["rbind"], source: "/proc"} else . end) |
	.linux.maskedPaths = [] | .linux.readonlyPaths = []'
start_box 'echo $$; exec sleep 1000'
run ctnr-exec exec box sh -c 'readlink /proc/self/ns/pid; hostname'
is_stdout "$(readlink /proc/self/ns/pid)
box" "a container in the host's pid namespace is joined" || note "$stderr"
ctnr-exec exec box sh -c 'echo on; exec sleep 1001' >on &
caller=$!
eventually 20 grep -q on on
end_box
wait $caller
is $? 137 "... and its end is that of the command, which no kernel would end"

if identity root; then
	# A user namespace that we are outside of, and own nothing in
	bundle c
	chown -R 100000:100000 c/rootfs && chmod 755 c
	config c '.linux.namespaces += [{type: "user"}] | .process.user = {uid: 1, gid: 1} |
		.linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}] | .linux.gidMappings = .linux.uidMappings'
	chmod 755 .
	start_box 'echo up; exec sleep 1000'
	run ctnr-exec exec -u 0:0 -g 5 box sh -c 'id -u; id -G; cat /proc/self/uid_map | tr -s " "; '"$own_namespaces"
	is_stdout "0
0 5
 0 100000 65536
$(init_namespaces)" "root joins a user namespace of other IDs" || note "$stderr"
	run ctnr-exec exec -u 70000 box true
	like_stderr "*cannot become user 70000*" "... which maps no others"
	end_box
	# The IDs of the host, in a user namespace: the null device's owner is root inside
	bundle c
	config c '.linux.namespaces += [{type: "user"}] | .linux.uidMappings =
		[{containerID: 0, hostID: 0, size: 65536}] | .linux.gidMappings = .linux.uidMappings'
	start_box 'echo up; exec sleep 1000'
	run ctnr-exec exec box sh -c 'chmod 666 /proc/self/fd/0 || echo kept' </dev/null
	is_stdout kept "root of a user namespace that maps the host's root cannot change the null device" || note "$stderr"
	end_box
	# A namespace of another owner
	unshare --net sleep 1000 &
	holder=$!
	at_end "kill $holder"
	eventually 5 sh -c "[ \$(readlink /proc/$holder/ns/net) != $(readlink /proc/self/ns/net) ]"
	bundle c
	config c '.linux.namespaces += [{type: "network", path: "/proc/'$holder'/ns/net"}]'
	start_box 'echo up; exec sleep 1000'
	run ctnr-exec exec box readlink /proc/self/ns/net
	is_stdout "$(readlink /proc/$holder/ns/net)" "a network namespace by path is joined"
	end_box
	# A caller that is elsewhere
	bundle c
	start_box 'echo up; exec sleep 1000'
	run unshare --time --boottime 100000 --net --uts --ipc ctnr-exec exec box sh -c "$own_namespaces"
	is_stdout "$(init_namespaces)" "a caller in other namespaces joins those of the container, also that of time" ||
		note "$stderr"
	end_box
fi
done_testing
