#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: root
# differs: root alone gives a container IDs that have less rights than the caller
# shellcheck disable=SC2016 # the scripts are the container's
# Sources of bind mounts below folders that only root may enter, in a container with a user namespace.
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/bundle.sh"
needs USERNS ROOT

bundle c
chown -R 100000:100000 c/rootfs && chmod 755 c
mkdir -p -m 700 secret && mkdir secret/sub secret/dir && echo file >secret/file && echo in >secret/dir/in
chmod 755 secret/dir secret/sub && ln -s "$PWD/secret/file" secret/link
config c '.linux.namespaces += [{type: "user"}] |
	.linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}] |
	.linux.gidMappings = .linux.uidMappings | .mounts += ([["dir", "/dir"], ["file", "/file"],
	["link", "/link"]] | map({type: "bind", source: "'"$PWD"'/secret/\(.[0])", destination: .[1],
		options: ["bind", "ro"]}))'
mkdir c/secret && echo relative >c/secret/file && chmod 700 c/secret
config c '.mounts += [{type: "bind", source: "secret/file", destination: "/relative", options: ["bind"]},
	{type: "bind", source: "etc", destination: "/tree", options: ["rbind"]}]'
mkdir -p c/etc/sub && chmod -R 755 c/etc
show='cat /dir/in /file /link /relative; touch /file 2>&1; ls /tree/sub; id -u'
shown="in
file
file
relative
touch: /file: Read-only file system
below
0"
script c "$show"
run unshare -m --propagation private sh -c 'mount -t tmpfs tmpfs c/etc/sub && touch c/etc/sub/below &&
	exec ctnr-exec run ./c'
is_status 0 "sources below a folder of root's are bound into a user namespace of other IDs"
is_stdout "$shown" "... directories, files, links and trees, from the bundle too"

config c '.mounts[-1].source = "'"$PWD"'/secret/none"'
in_container true
is_status 125 "a source that is not there is an error"
like_stderr "ctnr-exec: error: mount '/tree': cannot bind '*/secret/none': *" "... that names it"
config c '.mounts[-1].source = "/proc/self/fd/0"'
in_container true
is_status 125 "a magic link is not followed for a container"
config c 'del(.mounts[-1]) | .process.terminal = true'
run env script -qec 'ctnr-exec run ./c </dev/null' /dev/null
is_status 0 "a container with sources and a terminal gets both"
config c '.process.terminal = false | .root.path = "none"'
in_container true
is_status 125 "a container that fails before it takes its sources fails"
like_stderr "*root filesystem 'none'*" "... for its own reason"
done_testing
