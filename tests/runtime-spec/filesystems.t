#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub root
# differs: root mounts where others mount in a user namespace
# shellcheck disable=SC2016 # the scripts are the container's
# config.md, "Root" and "Mounts"; config-linux.md, "Default Filesystems", "Masked Paths", "Readonly Paths".
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/../ctnr-exec/bundle.sh"
needs USERNS

bundle c
cp c/config.json plain.json

config c '.mounts += [{destination: "/dev/shm", type: "tmpfs", source: "shm", options: ["nosuid", "noexec", "nodev", "mode=1777", "size=64k"]},
	{destination: "/dev/mqueue", type: "mqueue", source: "mqueue", options: ["nosuid", "noexec", "nodev"]}]'
in_container 'grep -E " (/proc|/sys|/dev/pts|/dev/shm|/dev/mqueue) " /proc/mounts | cut -d " " -f 2,3'
is_stdout "/proc proc
/dev/pts devpts
/sys sysfs
/dev/shm tmpfs
/dev/mqueue mqueue" "each default filesystem is of its type, in the order of the config"

# The root
mkdir -p elsewhere/root && mv c/rootfs/* elsewhere/root
config c ".root.path = \"$PWD/elsewhere/root\""
in_container 'test -x /bin/busybox && echo here'
is_stdout here "root.path may be absolute"
config c '.root.path = "../elsewhere/root"'
in_container 'test -x /bin/busybox && echo here'
is_stdout here "... or relative to the bundle"
mv elsewhere/root/* c/rootfs
for wrong in nosuch config.json; do
	config c ".root.path = \"$wrong\""
	in_container 'echo ran'
	is "$status$stdout" 125 "'$wrong' as root.path is an error"
	like_stderr "*'$wrong'*" "... that names it" || like_stderr "*$wrong*" "... that names it"
done
cp plain.json c/config.json
config c '.root.readonly = true'
in_container 'for d in / /bin /etc; do touch $d/new || echo $d; done 2>/dev/null; grep " / " /proc/mounts | cut -d " " -f 4 | cut -d , -f 1'
is_stdout "/
/bin
/etc
ro" "a read-only root is so in each of its directories"
cp plain.json c/config.json
in_container 'touch /new && echo written'
is_stdout written "... and one that is not asked for is not"

# The order of mounts: a later one covers an earlier one, and lies in it.
mkdir one two && echo one >one/file && echo two >two/file
config c ".mounts += [{destination: \"/m\", source: \"$PWD/one\", options: [\"bind\"]},
	{destination: \"/m\", source: \"$PWD/two\", options: [\"bind\"]},
	{destination: \"/m/in\", type: \"tmpfs\", source: \"tmpfs\"}]"
mkdir two/in
in_container 'cat /m/file; grep -c " /m" /proc/mounts; stat -f -c %T /m/in'
is_stdout "two
3
tmpfs" "mounts are made in the order of the list"
cp plain.json c/config.json
mkdir c/beside && echo beside >c/beside/file
config c '.mounts += [{destination: "relative/place", source: "beside", options: ["bind"]}]'
in_container 'cat /relative/place/file'
is_stdout beside "the source of a bind is relative to the bundle, a destination to the root"
if identity root; then
	mkdir tree && mkdir tree/below
	for binding in bind rbind; do
		config c ".mounts[-1] = {destination: \"/tree\", source: \"$PWD/tree\", options: [\"$binding\"]}"
		script c 'ls /tree/below'
		run in_namespace sh -c 'mount -t tmpfs tmpfs tree/below && touch tree/below/deep && exec ctnr-exec run ./c'
		printf '%s ' "${status}[$stdout]" >>bound
	done
	is "$(cat bound)" "0[] 0[deep] " "bind takes the mount alone, rbind what is mounted below"
fi

# Masked and read-only paths
cp plain.json c/config.json
mkdir c/rootfs/secret c/rootfs/kept && echo secret >c/rootfs/secret/file && echo kept >c/rootfs/kept/file
echo secret >c/rootfs/secret-file
echo kept >c/rootfs/kept-file
config c '.linux.maskedPaths += ["/secret", "/secret-file", "/no/such/path"] |
	.linux.readonlyPaths += ["/kept", "/kept-file", "/no/such/path"]'
in_container 'ls -A /secret; cat /secret/file; cat /secret-file; echo x >/secret-file; touch /secret/new; echo end'
is_stdout end "a masked directory is empty, a masked file too"
like_stderr "*'/secret/file': No such file*/secret/new: Read-only*" "... and nothing can be put there"
is "$(cat c/rootfs/secret-file)" secret "... and what is masked is not changed"
in_container 'cat /kept/file; echo x >/kept/file; touch /kept/new; echo x >>/kept-file; touch /etc/new && echo end'
is_stdout "kept
end" "a read-only path can be read"
is "$(printf '%s\n' "$stderr" | grep -c 'Read-only file system')" 3 "... and not written to, file or directory"
config c ".mounts += [{destination: \"/kept/sub\", type: \"tmpfs\", source: \"tmpfs\"}]"
mkdir c/rootfs/kept/sub
in_container 'touch /kept/sub/x; echo end'
is_stdout end "a mount below a read-only path is there"
like_stderr "*/kept/sub/x: Read-only*" "... and is read-only with it"
done_testing
