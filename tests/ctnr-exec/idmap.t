#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: root sub one
# differs: root maps the IDs of a disk, others those of a tmpfs of their own alone
# shellcheck disable=SC2016 # the scripts are the container's
# Idmapped mounts: idmap, ridmap, uidMappings and gidMappings of a mount, by the owners that are seen.
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/bundle.sh"
needs USERNS

# maps FROM-UID TO-UID FROM-GID TO-GID SIZE: the properties of a mount
mapped() {
	echo "uidMappings: [{containerID: $1, hostID: $2, size: $5}], gidMappings: [{containerID: $3, hostID: $4, size: $5}]"
}

with_userns() {
	config c '.linux.namespaces += [{type: "user"}] | .linux.uidMappings =
		[{containerID: 0, hostID: 100000, size: 65536}] | .linux.gidMappings = .linux.uidMappings'
	chown -R 100000:100000 c/rootfs && chmod 755 c
}

is_idmapped='grep -E " /(x|y|x/sub) " /proc/self/mountinfo | grep -c idmapped'
if identity root; then
	mkdir -p disk/sub && echo a >disk/a && echo b >disk/b && chown 5:6 disk/a && chown 0:0 disk/b
	bundle c
	config c ".mounts += [{destination: \"/x\", type: \"bind\", source: \"$PWD/disk\", options: [\"bind\", \"idmap\"],
		$(mapped 0 1000 0 2000 100)}]"
	in_container 'stat -c %u:%g /x/a /x/b; '"$is_idmapped"
	is_stdout "1005:2006
1000:2000
1" "root's container sees other owners in a bind mount with a map of its own"
	config c 'del(.mounts[-1].options[1])'
	in_container 'stat -c %u:%g /x/a'
	is_stdout 1005:2006 "... also where the maps alone say so"
	is "$(stat -c %u:%g disk/a)" 5:6 "... and on the disk they stay"
	config c '.process.user = {uid: 1007, gid: 2008} | .mounts += [{destination: "/tmp", type: "tmpfs", options: ["mode=1777"]}]'
	chmod 777 disk
	in_container 'touch /x/new && stat -c %u:%g /x/new'
	is_stdout 1007:2008 "what is made there belongs to its maker"
	is "$(stat -c %u:%g disk/new)" 7:8 "... and on the disk to whom the map says"

	bundle c
	with_userns
	config c ".mounts += [{destination: \"/x\", type: \"bind\", source: \"$PWD/disk\", options: [\"bind\", \"idmap\", \"ro\"]}]"
	in_container 'stat -c %u:%g /x/a /x/b; touch /x/c'
	is_stdout "5:6
0:0" "without maps it is the container's own"
	like_stderr "*Read-only*" "... and other options hold"
	config c ".mounts += [{destination: \"/y\", type: \"bind\", source: \"$PWD/disk\", options: [\"bind\", \"idmap\"],
		$(mapped 5 100042 6 100043 1)}, {destination: \"/plain\", type: \"bind\", source: \"$PWD/disk\", options: [\"bind\"]}]"
	in_container 'stat -c %u:%g /x/a /y/a /plain/a; '"$is_idmapped"
	is_stdout "5:6
42:43
65534:65534
2" "... beside a map of the mount's own, and mounts without"
	for option in idmap ridmap; do
		config c ".mounts |= .[:6] | .mounts[5].options = [\"rbind\", \"$option\"]"
		script c 'stat -c %u:%g /x /x/sub'
		run unshare -m --propagation private sh -c 'mount -t tmpfs tmpfs disk/sub && exec ctnr-exec run ./c'
		wanted=65534:65534
		[ $option = idmap ] || wanted=0:0
		is_stdout "0:0
$wanted" "$option: what is mounted below $([ $option = idmap ] && echo stays as it is || echo is mapped too)"
	done
	config c ".mounts[5] = {destination: \"/x\", type: \"tmpfs\", options: [\"idmap\"], $(mapped 0 100007 0 100008 1)}"
	in_container 'stat -c %u:%g /x'
	is_stdout 7:8 "a tmpfs of the container's own has a map too"
	config c "del(.mounts[5].uidMappings, .mounts[5].gidMappings)"
	in_container true
	is_status 125 "... but not the container's, which it is of"
	like_stderr "*mount '/x': cannot map IDs on the filesystem tmpfs: Invalid argument*hint: *uidMappings*" "... and the error says so"

	bundle c
	config c ".mounts += [{destination: \"/x\", type: \"bind\", source: \"$PWD/disk\", options: [\"bind\", \"idmap\"]}]"
	in_container true
	is_status 125 "idmap without maps and without a user namespace is an error"
	like_stderr "*: config.json: mounts\[5\]: options: *" "... before anything is made"
	config c ".mounts[5] = {destination: \"/x\", type: \"bind\", source: \"/proc\", options: [\"rbind\", \"ridmap\"], $(mapped 0 1 0 1 1)}"
	in_container true
	is_status 125 "a filesystem that has no maps is an error"
	like_stderr "*mount '/x': cannot map IDs on the filesystem proc: *" "... that names it"
	is "$(for process in /proc/[0-9]*; do
		[ "$(cat "$process/comm" 2>/dev/null)" != ctnr-exec ] || readlink "$process/cwd"
	done | grep -c "^$PWD")" 0 "no process that a namespace was made with is left"
else
	first=$(id -u)
	group=$(id -g)
	number=0
	if identity sub; then
		first=$(grep "^$(id -un):" /etc/subuid | cut -d : -f 2)
		group=$(grep "^$(id -un):" /etc/subgid | cut -d : -f 2)
		number=1
	fi
	bundle c
	config c ".mounts += [{destination: \"/x\", type: \"tmpfs\", options: [\"idmap\"], $(mapped 0 "$first" 0 "$group" 1)}]"
	in_container 'stat -c %u:%g /x; '"$is_idmapped"
	is_stdout "$number:$number
1" "a tmpfs of one's own has a map, of IDs as the host has them"
	if identity sub; then
		config c ".mounts[5] |= . + {$(mapped 0 $((first + 9)) 0 "$group" 100)}"
		in_container 'stat -c %u:%g /x'
		is_stdout 10:1 "... several"
	fi
	mkdir disk
	for more in "" ", $(mapped 0 "$first" 0 "$group" 1)"; do
		config c ".mounts[5] = {destination: \"/x\", type: \"bind\", source: \"$PWD/disk\", options: [\"bind\", \"idmap\"] $more}"
		in_container true
		is_status 125 "an ordinary user maps no IDs of the host's filesystem${more:+, with maps neither}"
		like_stderr "*mount '/x': cannot map IDs on the filesystem $(stat -f -c %T . | sed 's|ext2/ext3|ext4|'): *hint: *" \
			"... and the error names it"
	done
	config c ".mounts[5] = {destination: \"/x\", type: \"tmpfs\", options: [\"idmap\"], $(mapped 0 1 0 "$group" 1)}"
	in_container true
	is_status 125 "an ID that is not the container's is an error"
	is_stderr "ctnr-exec: error: config.json: mounts[5]: uidMappings: the host's ID 1 is not in the container" "... that names it"
fi
done_testing
