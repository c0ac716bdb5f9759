#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub one root
# differs: root may keep each of the host's namespaces and join others'
# shellcheck disable=SC2016 # the scripts are the container's
# config-linux.md, "Namespaces" and "User namespace mappings".
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/../ctnr-exec/bundle.sh"
needs USERNS

bundle c
cp c/config.json plain.json

# inside LINK...: the namespaces of the container's process, by their links in /proc.
inside() {
	in_container "cd /proc/self/ns; for link in $*; do readlink \$link; done"
	[ "$status" = 0 ] || note "$stderr"
	printf '%s\n' "$stdout"
}

outside() {
	(cd /proc/self/ns && for link; do readlink "$link"; done)
}

# without TYPE...: a config without these namespaces.
without() {
	cp plain.json c/config.json
	config c "del(.hostname) | .linux.namespaces |= map(select([.type] | inside([$(
		printf '"%s",' "$@" | sed 's/,$//'
	)]) | not))"
}

config c '.linux.namespaces += [{type: "network"}]'
! identity root || config c '.linux.namespaces += [{type: "user"}] |
	.linux.uidMappings = [{containerID: 0, hostID: 0, size: 1000}] | .linux.gidMappings = .linux.uidMappings'
inside pid mnt ipc uts cgroup net user >new
outside pid mnt ipc uts cgroup net user >old
is "$(cut -d : -f 1 new)" "$(cut -d : -f 1 old)" "a container has a namespace of each type"
is "$(grep -xFf old new)" "" "... and none of them is the host's"
without network uts ipc cgroup
is "$(inside net uts ipc cgroup)" "$(outside net uts ipc cgroup)" "a type that the config has not is the host's"
if identity root; then
	without pid user
	is "$(inside pid user)" "$(outside pid user)" "... also that of processes, and of users"
fi
without mount
run ctnr-exec run ./c
is_status 125 "a container without a mount namespace of its own is refused"
like_stderr "*linux.namespaces*" "... by name"

# What a new namespace means.
cp plain.json c/config.json
sleep 1000 &
sleeper=$!
at_end "kill $sleeper"
in_container "echo \$\$; kill -0 $sleeper 2>/dev/null && echo seen; echo /proc/[0-9]*"
is_stdout "1
/proc/1" "a pid namespace: the process is the first, and sees only what it made"
config c '.mounts += [{destination: "/one", type: "tmpfs", source: "seen-nowhere-else"}]'
in_container 'grep -c seen-nowhere-else /proc/self/mounts'
is_stdout 1 "a mount namespace: what is mounted is there"
is "$(mounts_of seen-nowhere-else)" "" "... and nowhere else"
name=$(hostname)
cp plain.json c/config.json
in_container 'hostname'
is_stdout box "a UTS namespace: the name is the container's"
is "$(hostname)" "$name" "... and the host's stays"
in_container 'cat /proc/self/cgroup | cut -d : -f 3 | sort -u'
is_stdout / "a cgroup namespace: the container is at the root of each hierarchy"
config c '.linux.namespaces += [{type: "network"}]'
in_container 'cat /proc/net/dev | sed 1,2d | cut -d : -f 1 | tr -d " "'
is_stdout lo "a network namespace: nothing but a loopback"
segment=$(ipcmk -M 4096 | grep -o '[0-9]*$')
at_end "ipcrm -m $segment"
ok "the host has shared memory" grep -q " $segment " /proc/sysvipc/shm
in_container 'sed 1d /proc/sysvipc/shm | wc -l'
is_stdout 0 "an IPC namespace: the host's shared memory is not there"
without ipc
in_container "grep -c ' $segment ' /proc/sysvipc/shm"
is_stdout 1 "... and is without it"

# Mappings: from the host's IDs, which stay what they are on the files.
cp plain.json c/config.json
if identity sub; then
	first=$(jq '.linux.uidMappings[1].hostID' plain.json)
	group=$(jq '.linux.gidMappings[1].hostID' plain.json)
	config c ".linux.uidMappings = [{containerID: 0, hostID: $(id -u), size: 1},
		{containerID: 100, hostID: $((first + 10)), size: 5}, {containerID: 7, hostID: $((first + 2)), size: 1}] |
		.linux.gidMappings = [{containerID: 0, hostID: $(id -g), size: 1}, {containerID: 3, hostID: $((group + 4)), size: 2}] |
		.process.capabilities = ([\"CAP_CHOWN\"] | {bounding: ., permitted: ., effective: .})"
	in_container 'tr -s " " </proc/self/uid_map | sort; tr -s " " </proc/self/gid_map | sort
		touch /tmp/x /tmp/y; chown 102:4 /tmp/x; chown 7 /tmp/y; chown 8 /tmp/y 2>/dev/null || echo unmapped'
	is_stdout "$(printf ' %s\n' "0 $(id -u) 1" "100 $((first + 10)) 5" "7 $((first + 2)) 1" | sort)
$(printf ' %s\n' "0 $(id -g) 1" "3 $((group + 4)) 2" | sort)
unmapped" "the mappings are those of the config, and no other ID can be had"
	is "$(stat -c %u:%g c/rootfs/tmp/x c/rootfs/tmp/y)" "$((first + 12)):$((group + 5))
$((first + 2)):$(id -g)" "... each in its place on the host's files"
	before=$(find c/rootfs -printf '%p %U:%G\n' | sort)
	in_container true
	is "$(find c/rootfs -printf '%p %U:%G\n' | sort)" "$before" "no file changes its owner for a mapping"
fi

# Namespaces by path.
if identity root; then
	unshare --net --uts --ipc --cgroup sleep 1000 &
	other=$!
	at_end "kill $other"
	eventually 5 sh -c "[ \"\$(readlink /proc/$other/ns/net)\" != '$(readlink /proc/self/ns/net)' ]"
	for pair in network=net uts=uts ipc=ipc cgroup=cgroup; do
		type=${pair%=*}
		link=${pair#*=}
		without "$type"
		config c ".linux.namespaces += [{type: \"$type\", path: \"/proc/$other/ns/$link\"}]"
		is "$(inside "$link")" "$(readlink "/proc/$other/ns/$link")" "a $type namespace is joined by its path"
	done
fi
for wrong in /proc/self/ns/ipc /etc/passwd /etc /nonexistent; do
	without uts
	config c ".linux.namespaces += [{type: \"uts\", path: \"$wrong\"}]"
	in_container 'echo ran'
	is "$status$stdout" 125 "'$wrong' as the path of a UTS namespace is an error"
	like_stderr "ctnr-exec: error: *'$wrong'*" "... that names it"
done
done_testing
