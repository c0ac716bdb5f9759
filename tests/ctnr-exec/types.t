#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub
# Every property that is read, with a value of a wrong type or outside its range: the error names the
# property, and comes before an ID is claimed or a process cloned.
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/bundle.sh"
needs USERNS

bundle c
cp c/config.json plain.json

# PROPERTY in the message, and the jq filter that breaks it.
while IFS='	' read -r property filter; do
	jq "$filter" plain.json >c/config.json || fail "$filter" "jq"
	run ctnr-exec run ./c
	is_status 125 "a wrong $property is refused: $filter"
	# "[0]" is no pattern here: what follows the first words is cut off.
	named=${stderr#"ctnr-exec: error: config.json: $property"}
	isnt "$named" "$stderr" "its message begins with $property"
done <<'END'
root	.root = 1
root.path	.root.path = 1
root.path	del(.root.path)
root.readonly	.root.readonly = "yes"
process	del(.process)
process	.process = []
process.terminal	.process.terminal = 1
process.args	.process.args = "sh"
process.args[1]	.process.args = ["sh", 1]
process.args	.process.args = []
process.env[0]	.process.env = [1]
process.cwd	.process.cwd = 1
process.cwd	del(.process.cwd)
process.cwd	.process.cwd = "tmp"
process.user	.process.user = "root"
process.user.uid	.process.user.uid = "0"
process.user.uid	.process.user.uid = -1
process.user.uid	.process.user.uid = 4294967295
process.user.gid	.process.user.gid = 1.5
process.user.umask	.process.user.umask = 512
process.user.additionalGids	.process.user.additionalGids = 1
process.user.additionalGids[0]	.process.user.additionalGids = ["wheel"]
process.capabilities	.process.capabilities = ["CAP_KILL"]
process.capabilities.bounding	.process.capabilities = {bounding: "CAP_KILL"}
process.capabilities.ambient[0]	.process.capabilities = {ambient: [1]}
process.noNewPrivileges	.process.noNewPrivileges = "yes"
process.oomScoreAdj	.process.oomScoreAdj = 1001
process.rlimits	.process.rlimits = {}
process.rlimits[0].type	.process.rlimits = [{type: "RLIMIT_X", soft: 1, hard: 1}]
process.rlimits[0].soft	.process.rlimits = [{type: "RLIMIT_CPU", hard: 1}]
process.rlimits[1].hard	.process.rlimits = [{type: "RLIMIT_CPU", soft: 1, hard: 1}, {type: "RLIMIT_AS", soft: 1, hard: "1"}]
hostname	.hostname = 1
domainname	.domainname = []
mounts	.mounts = {}
mounts[5].destination	.mounts += [{type: "tmpfs"}]
mounts[0].type	.mounts[0].type = 1
mounts[0].source	.mounts[0].source = 1
mounts[0].options	.mounts[0].options = "ro"
mounts[0].options[0]	.mounts[0].options = [1]
mounts[5].destination	.mounts += [{type: "tmpfs", source: "tmpfs", destination: "/"}]
mounts[5].destination	.mounts += [{type: "tmpfs", source: "tmpfs", destination: "//./"}]
mounts[5].destination	.mounts += [{type: "tmpfs", source: "tmpfs", destination: ""}]
mounts[0].uidMappings	.mounts[0].uidMappings = [{containerID: 0, hostID: 0, size: 1}]
mounts[0].gidMappings	.mounts[0].gidMappings = [{containerID: 0, hostID: 0, size: 1}]
mounts[0].gidMappings	.mounts[0].gidMappings = {}
mounts[5]	.mounts += [{destination: "/x", type: "bind"}]
mounts[5].uidMappings	.mounts += [{destination: "/x", type: "tmpfs", uidMappings: [{}]}]
linux	.linux = []
linux.namespaces	.linux.namespaces = {}
linux.namespaces[5].type	.linux.namespaces[5] = {}
linux.namespaces[5].path	.linux.namespaces[5] = {type: "user", path: 1}
linux.uidMappings	.linux.uidMappings = 1
linux.uidMappings[0].size	.linux.uidMappings = [{containerID: 0, hostID: 0, size: 0}]
linux.gidMappings[0].hostID	.linux.gidMappings[0].hostID = "0"
linux	del(.linux.uidMappings)
linux.devices	.linux.devices = {}
linux.devices[0].path	.linux.devices = [{type: "c", major: 1, minor: 3}]
linux.devices[0].type	.linux.devices = [{path: "/dev/x", type: "x"}]
linux.devices[0].major	.linux.devices = [{path: "/dev/x", type: "c", major: -1}]
linux.devices[0].minor	.linux.devices = [{path: "/dev/x", type: "c", major: 1, minor: "3"}]
linux.devices[0].fileMode	.linux.devices = [{path: "/dev/x", type: "p", fileMode: "0666"}]
linux.devices[0].uid	.linux.devices = [{path: "/dev/x", type: "p", uid: "root"}]
linux.devices[0].gid	.linux.devices = [{path: "/dev/x", type: "p", gid: true}]
linux.sysctl	.linux.sysctl = []
linux.sysctl.kernel.msgmax	.linux.sysctl = {"kernel.msgmax": 1}
linux.maskedPaths	.linux.maskedPaths = "/proc"
linux.maskedPaths[0]	.linux.maskedPaths = [1]
linux.readonlyPaths[0]	.linux.readonlyPaths = [{}]
linux.rootfsPropagation	.linux.rootfsPropagation = 1
linux.rootfsPropagation	.linux.rootfsPropagation = "nonsense"
linux.resources	.linux.resources = []
linux.resources.devices	.linux.resources.devices = {}
linux.resources.devices[0]	.linux.resources.devices = [1]
linux.resources.devices[0].allow	.linux.resources.devices = [{allow: "no"}]
hooks	.hooks = []
annotations	.annotations = []
END
fails "no ID was claimed" test -e "$XDG_RUNTIME_DIR/ctnr/exec/c"
fails "no state was made at all" test -e "$XDG_RUNTIME_DIR/ctnr/exec"
done_testing
