#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub root
# differs: who has which namespace; only root may join another's
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/bundle.sh"
needs USERNS

bundle c
cp c/config.json plain.json

# sysctl FILTER SCRIPT
sysctl() {
	cp plain.json c/config.json
	config c "$1"
	in_container "$2"
}

# is_refused MESSAGE TITLE
is_refused() {
	is_status 125 "$2"
	is_stderr "ctnr-exec: error: config.json: linux.sysctl.$1" "... by name"
}

sysctl '.linux.sysctl = {"fs.mqueue.msg_max": "11", "kernel.sem": "250 32000 100 130"}' \
	'cd /proc/sys; cat fs/mqueue/msg_max kernel/sem | tr "\t" " "'
is_stdout "11
250 32000 100 130" "parameters of the IPC namespace"
sysctl 'del(.hostname) | .linux.sysctl = {"kernel.hostname": "own", "kernel.domainname": "example"}' \
	'hostname; cat /proc/sys/kernel/domainname'
is_stdout "own
example" "the host name may be a parameter"

sysctl '.linux.sysctl = {"kernel.hostname": "own"}' :
is_refused "kernel.hostname: hostname is there too, which says the same" "... and not beside the property"
sysctl '.domainname = "a" | .linux.sysctl = {"kernel/domainname": "own"}' :
is_refused "kernel/domainname: domainname is there too, which says the same" "the domain name likewise"
sysctl '.linux.sysctl = {"net.ipv4.ip_forward": "1"}' :
is_refused "net.ipv4.ip_forward: it needs a namespace of type 'network'" "one of the network without such a namespace"
sysctl '.linux.namespaces |= map(select(.type != "ipc")) | .linux.sysctl = {"kernel.shmmax": "1"}' :
is_refused "kernel.shmmax: it needs a namespace of type 'ipc'" "one of IPC"
sysctl '.hostname = "" | .linux.namespaces |= map(select(.type != "uts")) | .linux.sysctl = {"kernel.hostname": "a"}' :
is_refused "kernel.hostname: it needs a namespace of type 'uts'" "the host name"
for name in vm.swappiness kernel.core_pattern kernel.shm net fs.mqueuex.a user; do
	sysctl ".linux.sysctl = {\"$name\": \"1\"}" :
	is_refused "$name: it is the whole machine's" "$name"
done
sysctl '.linux.sysctl = {"net/../kernel/core_pattern": "1"}' :
is_refused "net/../kernel/core_pattern: it is the whole machine's" "a way out of a prefix"
sysctl '.linux.namespaces |= map(select(.type != "ipc")) | .linux.namespaces += [{type: "ipc", path: "/proc/self/ns/ipc"}] |
	.linux.sysctl = {"kernel.msgmax": "1"}' :
is_refused "kernel.msgmax: '/proc/self/ns/ipc' is the caller's own namespace" "a namespace by path that is the caller's"

if identity root; then
	sysctl '.linux.sysctl = {"user.max_net_namespaces": "3"}' :
	is_refused "user.max_net_namespaces: it needs a namespace of type 'user'" "one of the user namespace"
	unshare --ipc sleep 1000 &
	sleeper=$!
	at_end "kill $sleeper"
	eventually 5 sh -c "grep -qx sleep /proc/$sleeper/comm"
	sysctl '.linux.namespaces |= map(select(.type != "ipc")) | .linux.namespaces += [{type: "ipc", path: "/proc/'$sleeper'/ns/ipc"}] |
		.linux.sysctl = {"kernel.msgmax": "7777"}' :
	is "$(nsenter --ipc -t $sleeper cat /proc/sys/kernel/msgmax)" 7777 "... and one that is not gets the parameter"
else
	sysctl '.linux.sysctl = {"user.max_net_namespaces": "3"}' 'cat /proc/sys/user/max_net_namespaces'
	is_stdout 3 "limits of the user namespace"
fi
done_testing
