#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: root sub one
# differs: root may make device nodes and change the host's; the others bind the host's
# shellcheck disable=SC2016 # the scripts are the container's
#
# Whatever is bound to /dev, /proc and /sys, nothing of the host is made, replaced, removed or
# changed.
. "$(dirname "$0")/../lib/private-dev.sh"
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/bundle.sh"
needs USERNS

# state DIR: names, types, modes, owners and texts of what is there.
state() {
	find "$1" -printf '%P %y %m %U:%G %l\n' | sort
	find "$1" -type f -exec cat {} +
}

mkdir -p dev/pts dev/shm
for name in fd stdin stdout stderr ptmx null console; do
	echo mine >"dev/$name"
done
rm dev/console
state dev >before

bundle c
config c '.mounts |= map(select(.destination != "/dev")) |
	.mounts += [{destination: "/dev", type: "bind", source: "'"$PWD"'/dev", options: ["bind"]}]'
in_container 'ls /dev'
is_status 0 "a container runs with a directory bound to /dev"
is_stdout "fd
null
ptmx
pts
shm
stderr
stdin
stdout" "... and sees what is in it, and no more"
state dev >after
is_file after before "what is bound to /dev is left as it was: links, nodes and placeholders"

config c '.mounts += [{destination: "/dev/mqueue", type: "mqueue", source: "mqueue"}]'
in_container true
is_status 125 "a mount point that is missing in what is bound to /dev is an error"
like_stderr "*mount '/dev/mqueue'*mount point is missing*hint: *" "... that says why"
state dev >after
is_file after before "no mount point is made in it"
config c '.mounts |= map(select(.destination != "/dev/mqueue")) |
	.linux.devices = [{path: "/dev/zero", type: "c", major: 1, minor: 5}]'
in_container true
is_status 125 "a device that is missing in what is bound to /dev is an error"
like_stderr "*'/dev/zero'*bind mount*" "... that names it"
config c '.linux.devices[0].path = "/dev/sub/zero"'
in_container true
is_status 125 "so is one in a directory that is missing there"
state dev >after
is_file after before "neither makes anything"

for place in /proc /sys; do
	bundle c
	mkdir -p "kernel$place" && echo mine >"kernel$place/file"
	state kernel >before
	config c '.mounts |= map(select(.destination != "'$place'")) |
		.mounts = [{destination: "'$place'", type: "bind", source: "'"$PWD/kernel$place"'",
			options: ["bind"]}] + .mounts'
	in_container 'true'
	state kernel >after
	is_file after before "what is bound to $place is left as it was"
done

# The path is the image's: a link of it must not lead what we make into a bind mount.
bundle c
state dev >before
config c '.mounts |= map(select(.destination | startswith("/dev") | not)) |
	.mounts += [{destination: "/data", type: "bind", source: "'"$PWD"'/dev", options: ["bind"]}]'
rm -rf c/rootfs/dev && ln -s data c/rootfs/dev
in_container 'true'
state dev >after
is_file after before "a link at /dev does not lead devices into a bind mount"

bundle c
mkdir bound
config c '.mounts += [{destination: "/app", type: "bind", source: "'"$PWD"'/bound", options: ["bind"]},
	{destination: "/app/cache", type: "tmpfs", source: "tmpfs"}]'
in_container 'stat -f -c %T /app/cache'
is_stdout tmpfs "elsewhere a mount point is made in a bind mount, as other runtimes do it"

bundle c
echo mine >file
config c '.mounts += [["'"$PWD"'/file", "/dev/null"], ["/dev/urandom", "/dev/random"],
	["'"$PWD"'/file", "/dev/stdin"] | {source: .[0], destination: .[1], type: "bind", options: ["bind"]}]'
in_container 'cat /dev/null /dev/stdin; stat -c "%t:%T" /dev/random'
is_status 0 "a container runs with files bound over default devices"
is_stdout "mine
mine
1:9" "... which are what is there"

# The null device that masks files is not to be changed from inside, nor are descriptors of it.
bundle c
stat -c '%a %u:%g' /dev/null >before
in_container 'chmod 0600 /proc/keys /proc/kcore 2>/dev/null; chown 1:1 /proc/keys 2>/dev/null
	cat /proc/keys; echo x >/dev/null && echo writable
	chmod 0600 /proc/self/fd/0 2>/dev/null; chown 1:1 /proc/self/fd/0 2>/dev/null; true'
is_stdout writable "masked files are empty, and the null device can be written to"
stat -c '%a %u:%g' /dev/null >after
is_file after before "neither a masked file nor stdin changes the host's null device"
config c '.mounts |= map(select(.destination | startswith("/dev") | not))'
in_container 'for d in null zero full random urandom tty; do
	chmod 0600 /dev/$d; chown 1:1 /dev/$d; touch -d 2001-01-01 /dev/$d; done 2>/dev/null
	echo x >/dev/null && echo writable'
is_stdout writable "devices that are bound into a root without a filesystem at /dev can be written to"
stat -c '%a %u:%g' /dev/null /dev/zero /dev/full >after
stat -c '%a %u:%g' /dev/null /dev/null /dev/null >before
is_file after before "... and keep mode and owner"
is "$(find c/rootfs/dev -type c -o -type b)" "" "no node is left in the image's files"

bundle c
echo mine >file
config c '.mounts += (["zero", "ptmx", "stdin", "foo"] |
	map({destination: "/dev/\(.)", type: "bind", source: "'"$PWD"'/file", options: ["bind"]}))'
in_container 'cat /dev/zero /dev/ptmx /dev/stdin /dev/foo; readlink /dev/stdout'
is_stdout "mine
mine
mine
mine
/proc/self/fd/1" "what is bound to the path of a device or link is not replaced"
config c '.linux.devices = [{path: "/dev/foo", type: "c", major: 1, minor: 5}]'
in_container true
is_status 125 "a device where something else is bound is an error"
like_stderr "*'/dev/foo'*bind mount*" "... that names it"
config c '.mounts |= map(if .destination == "/dev/foo" then .source = "/dev/zero" else . end)'
in_container 'head -c 3 /dev/foo | wc -c'
is_stdout 3 "... and none where it is that device"

# The null device on fd 0 is reopened inside; here the container's cannot be opened.
bundle c
config c '.mounts |= map(select(.destination | startswith("/dev") | not)) |
	.mounts += [{destination: "/dev", type: "bind", source: "/dev", options: ["rbind", "nodev"]}]'
in_container 'cat; stat -L -c "%t:%T" /proc/self/fd/0'
is_stdout "1:3" "a /dev that lets no device be opened leaves stdin the null device"
stat -c '%a %u:%g' /dev/null >before
in_container 'chmod 0600 /proc/self/fd/0 2>/dev/null; chown 1:1 /proc/self/fd/0 2>/dev/null; true'
stat -c '%a %u:%g' /dev/null >after
is_file after before "... which it cannot change"

bundle c
if identity root; then
	mkdir memory && mount -t tmpfs tmpfs memory && cp -a c memory/c
	jq '.mounts |= map(select(.destination | startswith("/dev") | not)) | .process.args = ["true"]' \
		c/config.json >memory/c/config.json
	run ctnr-exec run ./memory/c
	is_status 0 "a plain bundle on a tmpfs runs without a filesystem at /dev"
	is "$(find memory/c/rootfs/dev -type c -o -type b)" "" "... and no node is left in it"
	umount memory
	in_container 'stat -c "%t:%T" -L /proc/self/fd/0 && [ /proc/self/fd/0 -ef /dev/null ] && echo own'
	is_stdout "1:3
own" "a stdin that is the host's null device is the container's"
fi
# A descriptor of a device is enough to change its mode.
bundle held
before=$(stat -c %a /dev/full)
script held 'chmod 600 /proc/self/fd/0; chmod 600 /proc/self/fd/1; echo tried >&2'
run sh -c 'ctnr-exec run ./held </dev/zero >/dev/full'
like_stderr "*tried*" "a container gets devices as its stdin and stdout"
is "$(stat -c %a /dev/full /dev/zero | sort -u)" "$before" "... and does not change the host's"
done_testing
