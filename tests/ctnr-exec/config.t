#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub root
# differs: root needs no user namespace, may ask for one, and may join those of others
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

# refused FILTER TITLE: with the config changed so, nothing runs.
refused() {
	cp plain.json c/config.json
	config c "$1"
	in_container 'echo ran'
	is_status 125 "$2"
	is_stdout "" "... and nothing runs"
}

refused '.hooks.prestart = [{path: "/bin/true"}]' "hooks are refused"
like_stderr "*config.json: hooks*prestart*" "... and named"
refused '.linux.resources.memory.limit = 1000000' "a limit that cannot be set is refused"
like_stderr "*config.json: linux.resources*memory*" "... and named"
refused '.linux.namespaces += [{type: "time"}]' "a time namespace is refused"
refused '.linux.intelRdt.closID = "x"' "intelRdt is refused"
refused '.process.apparmorProfile = "x"' "an AppArmor profile is refused"
refused '.process.selinuxLabel = "x"' "an SELinux label is refused"
refused '.linux.mountLabel = "x"' "a mount label is refused"
refused '.linux.seccomp = {defaultAction: "SCMP_ACT_NOTIFY"}' "seccomp notification is refused"
like_stderr "*linux.seccomp*NOTIFY*" "... and named"
refused '.linux.namespaces |= map(select(.type != "mount"))' "no mount namespace is refused"
refused '.linux.namespaces += [{type: "uts"}]' "a namespace listed twice is refused"
refused '.linux.sysctl = {"vm.swappiness": "1"}' "a sysctl of the whole machine is refused"
refused '.linux.sysctl = {"net.ipv4.ip_forward": "1"}' "a sysctl of the host's network is refused"
refused '.mounts += [{destination: "/x", type: "tmpfs", options: ["tmpcopyup"]}]' \
	"a mount option that cannot be honoured is refused"
refused '.process.cwd = "relative"' "a relative working directory is refused"

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

cp plain.json c/config.json
config c '.domainname = "example" | .process.oomScoreAdj = 500'
in_container 'cat /proc/sys/kernel/domainname /proc/self/oom_score_adj'
is_stdout "example
500" "domain name and OOM score"

if identity root; then
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
	unshare -n sleep 60 &
	sleeper=$!
	at_end "kill $sleeper"
	host=$(readlink /proc/self/ns/net)
	eventually 5 sh -c "[ \"\$(readlink /proc/$sleeper/ns/net)\" != '$host' ]"
	cp plain.json c/config.json
	config c '.linux.namespaces += [{type: "network", path: "/proc/'$sleeper'/ns/net"}]'
	in_container 'readlink /proc/self/ns/net'
	is_stdout "$(readlink /proc/$sleeper/ns/net)" "a namespace can be joined by its path"
fi
done_testing
