#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: root sub
# differs: with a user namespace the kernel makes all mounts slaves of the host's
# shellcheck disable=SC2016 # the scripts are the container's
#
# linux.rootfsPropagation, and the propagation of mounts: what the container says of its mounts
# (/proc/self/mountinfo), and what the host and the container see of each other's.
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/bundle.sh"
needs USERNS

mountinfo='kind() { awk -v at="$1" "\$5 == at" /proc/self/mountinfo | grep -oE " (shared|master|unbindable)" |
	tr -d "\n"; echo " $1"; }; '
applets="$applets awk tr"
all='["CAP_SYS_ADMIN"] | {bounding: ., effective: ., permitted: .}'

# A host whose mounts are shared, as those of most machines are: on_host COMMAND runs in it.
on_host() {
	in_namespace sh -c 'mount --make-rprivate / 2>/dev/null
		mkdir -p host && mount -t tmpfs host host && mount --make-shared host && mkdir host/dir
		mount --make-shared / 2>/dev/null || true
		'"$1"
}

# In a namespace as on_host(), the caller is 0 of a user namespace already.
plain() {
	bundle c
	identity root || config c 'del(.linux.uidMappings, .linux.gidMappings) |
		.linux.namespaces |= map(select(.type != "user"))'
	config c ".process.capabilities = ($all) | .mounts += [{destination: \"/mem\", type: \"tmpfs\"}]"
}

for row in "|||" "private|||" "rprivate|||" "slave|master||" "rslave|master||" "shared|shared||" \
	"rshared|shared|shared|" "unbindable|unbindable||" "runbindable|unbindable|unbindable|"; do
	name=${row%%|*} && row=${row#*|}
	root=${row%%|*} && row=${row#*|}
	mem=${row%%|*}
	plain
	config c ".linux.rootfsPropagation = \"$name\""
	script c "$mountinfo kind /; kind /mem"
	run on_host 'mkdir host/c && cp -a c/. host/c && exec ctnr-exec run host/c'
	is_stdout "${root:+ $root} /
${mem:+ $mem} /mem" "a root filesystem that is ${name:-not told what it is}"
done

# What the options of a mount say stays, also where the root says otherwise of all.
plain
config c '.linux.rootfsPropagation = "rshared" | .mounts += [
	{destination: "/a", type: "tmpfs", options: ["private"]},
	{destination: "/b", type: "tmpfs", options: ["rslave"]},
	{destination: "/c", type: "tmpfs", options: ["unbindable"]},
	{destination: "/d", type: "tmpfs"}]'
script c "$mountinfo kind /a; kind /b; kind /c; kind /d"
run on_host 'exec ctnr-exec run ./c'
is_stdout " /a
 /b
 unbindable /c
 shared /d" "a mount has what its own options ask for"
plain
config c '.mounts += [{destination: "/c", type: "tmpfs", options: ["unbindable"]}, {destination: "/c/in", type: "tmpfs"},
	{destination: "/d", type: "tmpfs"}, {destination: "/d/in", type: "tmpfs"}]
	| .mounts |= map(if .destination == "/d/in" then ., (.destination = "/x" | .type = "bind" | .source = "'"$PWD"'/tree" | .options = ["rbind", "runbindable"]),
		(.destination = "/y" | .type = "bind" | .source = "'"$PWD"'/tree" | .options = ["rbind", "unbindable"]) else . end)'
script c "$mountinfo kind /x; kind /x/in; kind /y; kind /y/in"
mkdir -p tree/in
run on_host 'mount -t tmpfs in tree && mkdir tree/in && mount -t tmpfs in tree/in && exec ctnr-exec run ./c'
is_stdout " unbindable /x
 unbindable /x/in
 unbindable /y
 /y/in" "a propagation with r is for all that is mounted below, and without it is not"

# seen TITLE ROOT OPTION IN-CONTAINER ON-HOST: does the container see what the host mounts later, and the
# host what the container mounts, below a bind mount?
seen() {
	plain
	config c ".linux.rootfsPropagation = \"$2\" | .mounts += [{destination: \"/b\", type: \"bind\",
		source: \"$PWD/host\", options: [\"rbind\"$3]}]"
	script c "$mountinfo"'mkdir -p /b/inside && mount -t tmpfs inside /b/inside && : >/b/ready
		i=0; while [ $i -lt 100 ] && [ ! -e /b/mounted ]; do sleep 0.05; i=$((i + 1)); done
		grep -c " /b/outside " /proc/self/mountinfo'
	run on_host 'ctnr-exec run ./c &
		i=0; while [ $i -lt 100 ] && [ ! -e host/ready ]; do sleep 0.05; i=$((i + 1)); done
		mkdir host/outside && mount -t tmpfs outside host/outside && : >host/mounted; wait $!
		grep -c " $PWD/host/inside " /proc/self/mountinfo'
	is_stdout "$4
$5" "$1"
}
seen "a bind mount that says nothing sees nothing, and is not seen" "" "" 0 0
seen "one that is private neither, in a root that is shared" shared ', "rprivate"' 0 0
seen "... nor one that says nothing there" rshared "" 0 0
seen "a slave sees what the host mounts" "" ', "rslave"' 1 0
seen "... in a private root too" private ', "slave"' 1 0
seen "one that is shared is, where the root is not, a slave of the host" "" ', "rshared"' 1 0
seen "... and shared with the host, where the root is shared too" shared ', "rshared"' 1 1
seen "... or all of it" rshared ', "shared"' 1 1

# The host's mounts are let go, and none of them is unmounted on the host.
plain
config c '.linux.rootfsPropagation = "rshared"'
run on_host 'cut -d " " -f 5 /proc/self/mountinfo >before; ctnr-exec run ./c
	cut -d " " -f 5 /proc/self/mountinfo >after; cmp before after && echo same'
is_stdout same "nothing is mounted or unmounted on the host by a container whose root is shared"
if identity root; then
	plain
	config c '.linux.rootfsPropagation = "shared" | .linux.namespaces += [{type: "user"}] |
		.linux.uidMappings = [{containerID: 0, hostID: 0, size: 65536}] | .linux.gidMappings = .linux.uidMappings |
		.mounts += [{destination: "/b", type: "bind", source: "'"$PWD"'/host", options: ["rbind", "rshared"]}]'
	chmod 755 c
	script c "$mountinfo kind /; kind /b"
	run on_host 'exec ctnr-exec run ./c'
	is_stdout " shared /
 shared master /b" "in a user namespace of its own a shared mount is a slave of the host still"
fi
done_testing
