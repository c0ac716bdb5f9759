#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub one root
# differs: maps, groups, devices and the way to /sys in the config
# What each option does to the config.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/../ctnr-spec/bundle.sh"

image='{Cmd: ["sh"], Env: ["PATH=/bin", "A=image"]}'

# Environment
export PASSED=on
unset ABSENT
from_config "$image" -e B=2 -e A=option -e PASSED -e ABSENT -e 'C=x=y z'
is "$(query .process.env)" \
	'["PATH=/bin","A=option","B=2","PASSED=on","C=x=y z","HOME=/root"]' \
	"-e sets, replaces in place, passes ours on"
from_config "$image" -e A
is "$(query '.process.env | map(select(startswith("A=")))')" '[]' \
	"-e NAME removes what we do not have"
printf '# comment\n\nX=1\n  Y=two words \nA=file\nPASSED\n' >vars
from_config "$image" --env-file vars -e A=option
is "$(query .process.env)" \
	'["PATH=/bin","A=option","X=1","Y=two words ","PASSED=on","HOME=/root"]' \
	"--env-file is read, and -e wins over it"
printf '\357\273\277A=1\r\nB=2\r\n' >vars
from_config "$image" --env-file vars
is "$(query '.process.env | map(select(test("[AB]=[12]$")))')" '["A=1","B=2"]' \
	"... also as editors of Windows write it"
from_config "$image" --env-file nosuch
is_status 1 "an environment file must be there"
printf 'ok=1\nbad name=2\n' >vars
from_config "$image" --env-file vars
is_status 2 "a bad line is refused"
like_stderr "*vars: line 2*bad name*" "... by its number"
printf 'ok=1\0\nlost=2\n' >vars
from_config "$image" --env-file vars
is_status 2 "a NUL byte in a file is refused: nothing behind it would be seen"
from_config "$image" -e =x
is_status 2 "a variable needs a name"
from_config "$image" -t
is "$(query '[.process.terminal, (.process.env | contains(["TERM=xterm"]))]')" '[true,true]' \
	"-t asks for a terminal and names its type"

# Process
from_config "$image" -w /srv/x
is "$(query .process.cwd)" '"/srv/x"' "-w is the working directory"
from_config "$image" -w srv
is_status 2 "-w takes no relative path"
like_stderr "*--workdir: 'srv' is not an absolute path*hint:*" "... and says so"
from_config "$image" -u 0:0
is "$(query .process.user)" '{"uid":0,"gid":0}' "-u takes numbers"
from_config "$image" -u 4294967295
is_status 3 "4294967295 is nobody's user ID"
if identity root sub; then
	from_config "$image" -u 1:1 --group-add 7 --group-add 7 --group-add 8
	is "$(query .process.user)" '{"uid":1,"gid":1,"additionalGids":[7,8]}' \
		"--group-add adds groups, each once"
fi
if identity sub; then
	from_config "$image" -u 4000000
	is_status 1 "a user outside of the map is refused"
	like_stderr "*user ID 4000000 is not among the IDs*hint:*" "... clearly"
fi
if identity one; then
	from_config "$image" --group-add 7
	is_status 1 "one ID has no additional groups"
	like_stderr "*--group-add*one ID*hint:*" "... and that is said"
	from_config "$image" -u 1234:77
	is "$(query '[.process.user, .linux.uidMappings[0].containerID,
		.linux.gidMappings[0].containerID, (.linux.uidMappings | length),
		.linux.uidMappings[0].hostID, .linux.uidMappings[0].size]')" \
		"[{\"uid\":1234,\"gid\":77},1234,77,1,$(id -u),1]" \
		"the one ID appears inside as the user asked for"
fi

# Hostname
from_config "$image" --hostname web-1.example
is "$(query '[.hostname, (.process.env | contains(["HOSTNAME=web-1.example"]))]')" \
	'["web-1.example",true]' "--hostname is the hostname, and in the environment"
for name in '' -x 'a b' "$(printf '%065d' 1)" 'a/b'; do
	from_config "$image" --hostname "$name"
	is_status 2 "hostname '$name' is refused"
done

# Root filesystem
from_config "$image" --read-only
is "$(query .root.readonly)" true "--read-only"

# Capabilities
default='["CAP_AUDIT_WRITE","CAP_CHOWN","CAP_DAC_OVERRIDE","CAP_FOWNER","CAP_FSETID","CAP_KILL","CAP_MKNOD","CAP_NET_BIND_SERVICE","CAP_SETFCAP","CAP_SETGID","CAP_SETPCAP","CAP_SETUID","CAP_SYS_CHROOT"]'
from_config "$image"
for set in bounding effective permitted; do
	is "$(query ".process.capabilities.$set | sort")" "$default" "the default $set set"
done
is "$(query '.process.capabilities | [.inheritable, .ambient]')" '[null,null]' \
	"inheritable and ambient sets are empty"
from_config "$image" --cap-drop all --cap-add chown --cap-add CAP_KILL
is "$(query '.process.capabilities.bounding')" '["CAP_CHOWN","CAP_KILL"]' \
	"--cap-drop ALL --cap-add X is X alone; with or without CAP_, in either case"
from_config "$image" --cap-drop MKNOD --cap-add SYS_PTRACE
is "$(query '.process.capabilities.effective | [index("CAP_MKNOD") == null,
	index("CAP_SYS_PTRACE") != null, length]')" '[true,true,13]' "one dropped, one added"
from_config "$image" --cap-add ALL --cap-drop SYS_ADMIN
is "$(query '.process.capabilities.bounding | [index("CAP_SYS_ADMIN") == null, length > 30]')" \
	'[true,true]' "--cap-add ALL --cap-drop X is all but X"
from_config "$image" --cap-add NOSUCH
is_status 2 "an unknown capability is refused"
like_stderr "*--cap-add: unknown capability 'NOSUCH'*hint:*" "... by its name"
from_config "$image" -u 1000
is "$(query '.process.capabilities | [.effective, .permitted, .ambient, (.bounding | length)]')" \
	'[[],[],null,13]' "an ordinary user has none of them in effect"
from_config "$image" -u 1000 --cap-add NET_ADMIN
is "$(query '.process.capabilities | [.effective, .permitted, .inheritable, .ambient]')" \
	'[["CAP_NET_ADMIN"],["CAP_NET_ADMIN"],["CAP_NET_ADMIN"],["CAP_NET_ADMIN"]]' \
	"... but for one that was asked for by name"

# Security
from_config "$image" --security-opt no-new-privileges
is "$(query .process.noNewPrivileges)" true "--security-opt no-new-privileges"
from_config "$image" --security-opt no-new-privileges:true --security-opt no-new-privileges=false
is "$(query .process.noNewPrivileges)" false "... the last one counts"
from_config "$image" --security-opt seccomp=unconfined
is "$(query .linux.seccomp)" null "--security-opt seccomp=unconfined"
from_config "$image" --security-opt nosuch=1
is_status 2 "an unknown security option is refused"
is_stdout "" "... without output"
from_config "$image" --security-opt no=false
is_status 2 "... and so is the beginning of a known one"

# Network
from_config "$image"
is "$(query '[.linux.namespaces[].type] | [index("network"), index("pid"), index("mount"),
	index("ipc"), index("uts"), index("cgroup")] | map(. != null)')" \
	'[false,true,true,true,true,true]' "the host's network and namespaces for the rest"
from_config "$image" --network none
is "$(query '[.linux.namespaces[].type] | index("network") != null')" true \
	"--network none is a namespace of its own"
is "$(query '.mounts[] | select(.destination == "/sys") | [.type, (.options | index("ro") != null)]')" \
	'["sysfs",true]' "... with a read-only sysfs of its own"
from_config "$image" --network host
is "$(query '[.linux.namespaces[].type] | index("network")')" null "--network host is none"
from_config "$image" --network bridge
is_status 2 "other networks are refused"
if identity sub one; then
	from_config "$image"
	is "$(query '.mounts[] | select(.destination == "/sys") | [.type, .source,
		(.options | index("rro") != null)]')" '["bind","/sys",true]' \
		"the host's network in a user namespace: /sys is bound, all of it read-only"
	is "$(query '[.linux.namespaces[].type] | index("user") != null')" true \
		"there is a user namespace"
fi
if identity root; then
	from_config "$image"
	is "$(query '[([.linux.namespaces[].type] | index("user")), .linux.uidMappings]')" \
		'[null,null]' "root needs no user namespace and no maps"
	is "$(query .linux.resources.devices)" '[{"allow":false,"access":"rwm"}]' \
		"devices are denied but for the runtime's own"
fi

# Mounts that are always there
from_config "$image"
is "$(query '[.mounts[].destination] | map(select(. != "/sys/fs/cgroup"))')" \
	'["/proc","/dev","/dev/pts","/dev/shm","/dev/mqueue","/sys"]' "the default mounts"
if identity one; then
	is "$(query '[.mounts[].options[] | select(startswith("gid="))]')" '[]' \
		"one ID has no group for terminals"
else
	is "$(query '.mounts[] | select(.destination == "/dev/pts") | .options | index("gid=5") != null')" \
		true "terminals belong to the group tty"
fi
is "$(query '[.linux.maskedPaths, .linux.readonlyPaths] | map(length > 4)')" '[true,true]' \
	"some paths are masked or read-only"

# Privileged
from_config "$image" --privileged
is "$(query '[.linux.seccomp, .linux.maskedPaths, .linux.readonlyPaths]')" '[null,null,null]' \
	"--privileged: no seccomp, nothing masked"
is "$(query '.process.capabilities.bounding | [index("CAP_SYS_ADMIN") != null, length > 30]')" \
	'[true,true]' "... and all capabilities that there are"
from_config "$image" --privileged --cap-drop SYS_ADMIN
is "$(query '.process.capabilities.bounding | index("CAP_SYS_ADMIN")')" null \
	"... but for one that was dropped"
if identity root && [ -w /sys ]; then
	from_config "$image" --privileged
	is "$(query '.linux.resources.devices[0].allow')" true "... and all devices for real root"
fi

# Usage
from_config "$image" --edit x
is_status 2 "--edit and --image-config exclude each other"
from_config "$image" -i
is_status 2 "-i needs a bundle record"
run ctnr-spec
is_status 2 "a bundle must be named"
like_stderr "*no bundle given*--help*" "... and --help helps"
run ctnr-spec --help
is_status 0 "--help"
like_stdout "*--security-opt*" "... lists the options"

run ldd "$(command -v ctnr-spec)"
for library in libcrypto libarchive libcurl libseccomp; do
	unlike_stdout "*$library*" "the tool does not load $library"
done
done_testing
