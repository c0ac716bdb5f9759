#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub root
# differs: root needs no user namespace, and may ask for one
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/bundle.sh"
needs USERNS

bundle c
cp c/config.json plain.json

cp plain.json c/config.json
config c '.process.args = ["/bin/sh", "-c", "echo ran"] | .annotations = {long: ("x" * 9437184)}'
run ctnr-spec --edit c/config.json -e LONG=1
is_status 0 "a config of 9 MB is edited"
run ctnr-exec run ./c
is_status 0 "... and run"
is_stdout ran "... whole"

echo '{"x":' >c/config.json
run ctnr-exec run ./c
is_status 125 "a config that is no JSON is refused"
like_stderr "ctnr-exec: error: bundle '*/c': config.json: line *" "... with its bundle and line"

cp plain.json c/config.json
config c '.hooks = {prestart: []} | .linux.resources = {devices: [{allow: true, access: "rwm"}], memory: {}} |
	.linux.seccomp = null | .process.apparmorProfile = "" | .annotations = {a: "b"} | .x = {y: 1}'
in_container 'echo ran'
is_stdout ran "empty parts, and parts that nobody knows, are no hindrance"

cp plain.json c/config.json
config c '.linux.namespaces += [{type: "network"}] |
	.linux.sysctl = {"net.ipv4.ip_forward": "1", "kernel.shm_rmid_forced": "1", "net/ipv4/ip_default_ttl": "99"}'
in_container 'cd /proc/sys; cat net/ipv4/ip_forward kernel/shm_rmid_forced net/ipv4/ip_default_ttl
	cat /sys/class/net/lo/flags; ls /sys/class/net'
is_stdout "1
1
99
0x9
lo" "sysctls of own namespaces are set; the network is empty, with lo up"

# is_too_many FILTER MESSAGE TITLE
is_too_many() {
	cp plain.json c/config.json
	config c "$1"
	run ctnr-exec run ./c
	is_status 125 "$3 are refused"
	is_stderr "ctnr-exec: error: config.json: $2" "... before anything is made"
}
is_too_many '.mounts = [range(513) | {destination: "/a\(.)", type: "tmpfs", source: "t"}]' \
	"mounts: more than 512 mounts" "more than 512 mounts"
is_too_many '.linux.devices = [range(4097) | {path: "/dev/a\(.)", type: "c", major: 1, minor: 3}]' \
	"linux.devices: more than 4096 devices" "more than 4096 devices"
is_too_many '.linux.resources.devices = [range(4097) | {allow: true, access: "rw"}]' \
	"linux.resources.devices: more than 4096 rules" "more than 4096 rules about devices"

cp plain.json c/config.json
config c '.process.capabilities.bounding = ["CAP_NEW", "CAP_NEW", "CAP_OLD"] | .process.capabilities.permitted = ["CAP_NEW"]'
run ctnr-exec run ./c
is_status 0 "unknown capabilities are no hindrance"
is_stderr "ctnr-exec: warning: config.json: process.capabilities: 'CAP_NEW', 'CAP_OLD': not known here, ignoring" \
	"... and each is named once"

# jq knows no integers of 64 bits.
jq '.linux.resources.memory.limit = "UNLIMITED" | .annotations = {odd: "ODD"}' plain.json |
	sed 's/"UNLIMITED"/18446744073709551615/; s/ODD/\\ud800/' >c/config.json
grep -q 18446744073709551615 c/config.json || fail "the limit is in the config"
run ctnr-exec run ./c
is "$status$stderr" 0 "a limit of 2^64-1 is none; an annotation is a text whatever is in it"

cp plain.json c/config.json
config c '.process.capabilities.bounding = ["CAP_KILL", "CAP_NOSUCH", "CAP_NEITHER", "CAP_NOSUCH"]'
script c 'grep CapBnd /proc/self/status'
run ctnr-exec --log log run ./c
is_stdout "CapBnd:	0000000000000020" "a capability that nobody knows hinders nothing"
is_stderr "ctnr-exec: warning: config.json: process.capabilities: 'CAP_NOSUCH', 'CAP_NEITHER': not known here, ignoring" \
	"... and is told, in one line"
like "$(cat log)" "*warning*CAP_NOSUCH*" "... also in the log"

cp plain.json c/config.json
if identity root; then
	config c '.linux.namespaces += [{type: "user"}] |
		.linux.uidMappings = [{containerID: 0, hostID: 0, size: 1}, {containerID: 1, hostID: 7, size: 9}] |
		.linux.gidMappings = [{containerID: 0, hostID: 0, size: 1}]'
	run unshare --map-root-user ctnr-exec run ./c
	is_status 125 "IDs that the caller's user namespace does not have are refused"
	like_stderr "ctnr-exec: error: config.json: linux.uidMappings?1?: the host's ID 7 is not ours to map
ctnr-exec: hint: /proc/self/uid_map *" "... with the entry that asks for them"
elif identity sub; then
	config c '.linux.uidMappings += [{containerID: 500000, hostID: 5, size: 1}]'
	run ctnr-exec run ./c
	is_status 125 "IDs that are not among the caller's are refused"
	like_stderr "ctnr-exec: error: config.json: linux.uidMappings?2?: the host's ID 5 is not ours to map
ctnr-exec: hint: /etc/subuid *" "... with the entry that asks for them"
	cp plain.json c/config.json
	config c '.linux.gidMappings[1].size += 1'
	run ctnr-exec run ./c
	is_status 125 "... a group that is one more too"
	like_stderr "ctnr-exec: error: config.json: linux.gidMappings?1?: *hint: /etc/subgid *" "... likewise"
	cp plain.json c/config.json
	run setpriv --no-new-privs ctnr-exec run ./c
	is_status 125 "... and all where newuidmap cannot work"
	like_stderr "ctnr-exec: error: config.json: linux.uidMappings and gidMappings: *: no_new_privs is set*" \
		"... which is said"
fi

cp plain.json c/config.json
config c '.mounts += [{destination: "/x", type: "bind", source: "/devel", options: ["bind"]}] |
	.linux.resources.devices = [{allow: false}, {allow: true, type: "c", major: 10, minor: 1}]'
run ctnr-exec run ./c
like_stderr "*linux.resources.devices?1?: the container has no such device*" \
	"a source whose name only begins like /dev brings no device that a rule could allow"

if identity root; then
	cp plain.json c/config.json
	config c '.process.capabilities = ({bounding: ["CAP_KILL", "CAP_CHOWN"]} | .permitted = .bounding)'
	script c 'grep CapPrm /proc/self/status'
	run setpriv --bounding-set=-kill ctnr-exec run ./c
	is_stdout "CapPrm:	0000000000000001" "a capability that the caller does not have is not given"
	like_stderr "ctnr-exec: warning: config.json: process.capabilities: 'CAP_KILL': *" "... and told"
	config c '.process.user.uid = 7 | .linux.resources.devices = [{allow: false, access: "rwm"}] |
		.process.capabilities = ({bounding: ["CAP_KILL", "CAP_MKNOD"]} | .permitted = .bounding |
		.inheritable = .bounding | .ambient = .bounding)'
	script c 'grep CapAmb /proc/self/status'
	run ctnr-exec run ./c
	is_stdout "CapAmb:	0000000000000020" "where devices are denied, no set has CAP_MKNOD"
	chmod 755 . c
	cp plain.json c/config.json
	chown -R 300000:300000 c/rootfs
	config c '.linux.namespaces += [{type: "user"}] |
		.linux.uidMappings = [{containerID: 0, hostID: 300000, size: 1000}] |
		.linux.gidMappings = .linux.uidMappings'
	in_container 'id -u; touch /tmp/x; cat /proc/self/uid_map | tr -s " "'
	is_stdout "0
 0 300000 1000" "root may ask for a user namespace"
	is "$(stat -c %u c/rootfs/tmp/x)" 300000 "... whose IDs are others outside"
	chown -R 0:0 c/rootfs
fi
if identity root; then
	cp plain.json c/config.json
	# Where root can mount it needs no copy.
	run setpriv --bounding-set -sys_admin --inh-caps -sys_admin sh -c 'ulimit -f 64; exec ctnr-exec run ./c'
	is_status 125 "a limit of files that the copy of the program does not fit in is an error"
	like_stderr "ctnr-exec: error: cannot copy this program into memory: File too large
ctnr-exec: hint: ulimit -f *" "... that says which"
fi
done_testing
