#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub one
# differs: the one ID's map follows the user
# --edit changes what the options say and keeps the rest.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/../ctnr-spec/bundle.sh"

image='{Cmd: ["sh"], Env: ["PATH=/bin", "A=1"], User: "0:0"}'
from_config "$image" --hostname old
cp "$stdout_file" whole.json
cp "$stdout_file" config.json

edit
is_status 0 "an edit without options"
is "$(query .)" "$(jq -c . whole.json)" "... changes nothing"
jq -c '. + {unknown: {a: [1.5, null]}} | .process.new = 1' whole.json >extra.json
run ctnr-spec --edit - -e B=2 <extra.json
is "$(query '[.unknown, .process.new]')" '[{"a":[1.5,null]},1]' "unknown members are kept"
is "$(query 'del(.process.env)')" "$(jq -c 'del(.process.env)' extra.json)" \
	"... and everything else that was not asked for"
is "$(query .process.env)" '["PATH=/bin","A=1","HOSTNAME=old","HOME=/root","B=2"]' \
	"a variable is added"

cp whole.json "$stdout_file"
edit -w /w -t --read-only --hostname new -e A --security-opt no-new-privileges -- ls -l
is "$(query '[.process.cwd, .process.terminal, .root.readonly, .hostname,
	.process.noNewPrivileges, .process.args]')" '["/w",true,true,"new",true,["ls","-l"]]' \
	"several options at once"
is "$(query '.process.env | [contains(["HOSTNAME=new"]), contains(["A=1"])]')" '[true,false]' \
	"... the hostname is also new in the environment"
edit --read-only=false --tty=false --security-opt no-new-privileges=false
is "$(query '[.process.terminal, .root.readonly, .process.noNewPrivileges]')" \
	'[false,null,false]' "what was switched on can be switched off"

cp whole.json "$stdout_file"
edit --network none
is "$(query '[([.linux.namespaces[].type] | index("network") != null),
	(.mounts[] | select(.destination == "/sys") | .type)]')" '[true,"sysfs"]' \
	"--network none: a namespace, and a sysfs of its own"
range='.linux.sysctl["net.ipv4.ping_group_range"]'
if identity one; then
	is "$(query "$range")" '"0 0"' "... in which its group may ping"
	cp "$stdout_file" none.json
	edit -u 7:8
	is "$(query "$range")" '"8 8"' "... as whatever it is mapped"
	cp none.json "$stdout_file"
else
	is "$(query "[$range, (.linux.gidMappings | map(.containerID + .size - 1) | max)] |
		.[0] == \"0 \\(.[1])\"")" true "... in which all its groups may ping"
	jq -c "$range = \"1 2\"" "$stdout_file" >said.json && cp said.json "$stdout_file"
	edit --network none
	is "$(query "$range")" '"1 2"' "... or those that the config says"
fi
edit --network host
is "$(query .linux.sysctl)" null "the host's network has it from the host"
is "$(query '[.linux.namespaces[].type] | index("network")')" null "... and back again"

cp whole.json "$stdout_file"
edit --cap-drop ALL --cap-add CHOWN
is "$(query '.process.capabilities.effective')" '["CAP_CHOWN"]' "capabilities start from what is there"
cp whole.json "$stdout_file"
edit --cap-add SYS_ADMIN
is "$(query '[.linux.seccomp.syscalls[] | select(.action == "SCMP_ACT_ALLOW" and .args == null)
	| .names[]] | index("mount") != null')" true "the default profile follows the capabilities"
jq -c '.linux.seccomp.syscalls[0].names += ["mine"]' whole.json >"$stdout_file"
edit --cap-add SYS_ADMIN
is "$(query '[.linux.seccomp.syscalls[0].names | index("mine") != null, index("mount")]')" \
	'[true,null]' "... but a profile that somebody wrote stays"
cp whole.json "$stdout_file"
edit -u 7:8
is "$(query '[.process.user.uid, .process.user.gid, .process.capabilities.effective]')" \
	'[7,8,[]]' "another user has no capabilities in effect"
if identity one; then
	is "$(query '[.linux.uidMappings[0], .linux.gidMappings[0].containerID]')" \
		"[{\"containerID\":7,\"hostID\":$(id -u),\"size\":1},8]" "... and the one ID follows"
fi
edit -u nosuch
is_status 3 "a name cannot be looked up in a filter"

cp whole.json "$stdout_file"
edit --tmpfs /x --tmpfs /dev/shm:size=1m
is "$(query '[(.mounts | map(select(.destination == "/dev/shm")) | length), .mounts[-1].destination]')" \
	'[1,"/x"]' "a mount takes the place of one for the same destination, or the end"

# In place
chmod 640 config.json
run ctnr-spec --edit config.json -e NEW=1
is_status 0 "a file is edited in place"
is_stdout "" "... silently"
is "$(jq -c '.process.env[-1]' config.json)" '"NEW=1"' "... for good"
is "$(stat -c %a config.json)" 640 "... and keeps its mode"
cp config.json before.json
run ctnr-spec --edit config.json --cap-add NOSUCH -e LOST=1
is_status 2 "a bad edit fails"
is_file config.json before.json "... and leaves the file as it was"
is "$(find . -name '*.part*' | wc -l | tr -d ' ')" 0 "... and nothing beside it"
mkdir -p bundle/rootfs/etc && cp whole.json bundle/config.json
echo 'app:x:3:4::/:/bin/sh' >bundle/rootfs/etc/passwd
run ctnr-spec --edit bundle/config.json -u app
is "$(config_of bundle '[.process.user.uid, .process.user.gid]')" '[3,4]' \
	"names are looked up in the bundle that the file is in"
cp whole.json config.json
run ctnr-spec --edit config.json -v fresh:/x
is_status 0 "a named volume is made for an edit too"
is "$(jq -c '.mounts[] | select(.destination == "/x") | .type' config.json)" '"bind"' "... and bound"
run ctnr-spec --edit nosuch.json -t
is_status 3 "a file that is not there is not found"
echo '[]' >list.json
run ctnr-spec --edit list.json -t
is_status 1 "what is no object is no config"
echo '{"process":[]}' >list.json
run ctnr-spec --edit list.json -t
is_stderr "ctnr-spec: error: config.json: process: expected an object" "a member of another type is named"
echo '{"process":{"env":{}}}' >list.json
run ctnr-spec --edit list.json -t
is_stderr "ctnr-spec: error: config.json: process.env: expected an array" "... with its place"
for version in '"2.0.0"' '"0.9.0"' '"one"' 1; do
	jq ".ociVersion = $version" whole.json >odd.json
	cp odd.json config.json
	run ctnr-spec --edit config.json -e A=1
	is_status 1 "a config of version $version is not edited"
	like_stderr "ctnr-spec: error: config.json: ociVersion: *" "... and the version named"
	is_file config.json odd.json "... it stays as it is"
done
for version in 1.0.0-rc5 1.0.2-dev 1.10.0; do
	jq ".ociVersion = \"$version\" | del(.linux.seccomp, .mounts)" whole.json >config.json
	ctnr-spec --edit config.json -e A=1
	is "$(jq -r .ociVersion config.json)" "$version" "version $version is kept"
done
run ctnr-spec --edit - </dev/null
is_status 1 "no input fails"
is_stderr "" "... silently"
done_testing
