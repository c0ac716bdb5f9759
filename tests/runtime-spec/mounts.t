#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub root
# differs: in a user namespace the kernel keeps some options from a filesystem
# shellcheck disable=SC2016 # the scripts are the container's
# config.md, "Linux mount options": what each does to a new filesystem, a bind mount, and what is below one.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/../ctnr-exec/bundle.sh"
needs USERNS

bundle c
cp c/config.json plain.json

# The options of the specification's table (but iversion, which the kernel no longer takes), and what is shown of the mount and of its filesystem.
filter='.mounts += ['
n=0
while read -r options attributes super; do
	n=$((n + 1))
	filter="$filter{destination: \"/o$n\", type: \"tmpfs\", source: \"t\", options: (\"$options\" / \",\")},"
	echo "/o$n $attributes $super" >>wanted
done <<'END'
defaults rw,relatime -
ro ro,relatime -
rw rw,relatime -
ro,rw rw,relatime -
nosuid rw,nosuid,relatime -
nosuid,suid rw,relatime -
nodev rw,nodev,relatime -
nodev,dev rw,relatime -
noexec rw,noexec,relatime -
noexec,exec rw,relatime -
noatime rw,noatime -
noatime,atime rw,relatime -
nodiratime rw,nodiratime,relatime -
nodiratime,diratime rw,relatime -
strictatime rw -
strictatime,nostrictatime rw,relatime -
strictatime,relatime rw,relatime -
norelatime rw -
nosymfollow rw,relatime,nosymfollow -
nosymfollow,symfollow rw,relatime -
sync rw,relatime sync
async rw,relatime -
dirsync rw,relatime dirsync
lazytime rw,relatime lazytime
nolazytime rw,relatime -
noiversion rw,relatime -
nomand rw,relatime -
silent rw,relatime -
loud rw,relatime -
private rw,relatime -
rprivate rw,relatime -
END
config c "${filter%,}]"
in_container 'grep " /o" /proc/self/mountinfo'
printf '%s\n' "$stdout" | while read -r _ _ _ _ place attributes rest; do
	super=$(echo "${rest##* }" | tr , '\n' | grep -xE 'sync|dirsync|lazytime|mand' | paste -s -d ,)
	echo "$place $attributes ${super:--}"
done >got
is "$(wc -l <got)" "$(wc -l <wanted)" "each option of the specification is taken by a new filesystem" || note "$stderr"
is_file got wanted "... and does what it says"

# A bind mount has attributes of its own, and the source keeps its.
mkdir -p source/below && cp c/rootfs/bin/busybox source
cp plain.json c/config.json
options='ro nosuid nodev noexec nosymfollow'
# Access times are locked in a user namespace (mount.t).
! identity root || options="$options noatime nodiratime strictatime"
filter='.mounts += ['
for option in $options; do
	filter="$filter{destination: \"/b/$option\", source: \"$PWD/source\", options: [\"bind\", \"$option\"]},"
done
config c "${filter%,}]"
in_container 'grep " /b/" /proc/self/mountinfo | cut -d " " -f 5,6; touch /b/ro/x; /b/noexec/busybox true; touch /b/nosuid/made'
source_options=$(findmnt -n -o VFS-OPTIONS --target source)
for option in $options; do
	got=$(printf '%s\n' "$stdout" | sed -n "s|^/b/$option ||p")
	case $option in
	strictatime) unlike ",$got," "*atime,*" "a bind mount has its own $option" ;;
	*) like ",$got," "*,$option,*" "a bind mount has its own $option" ;;
	esac
done
like_stderr "*/b/ro/x: Read-only file system*/b/noexec/busybox: Permission denied*" "... which the kernel enforces"
ok "... and others are not touched by" test -e source/made
is "$(findmnt -n -o VFS-OPTIONS --target source)" "$source_options" "... nor is the source's"

# Recursive attributes
if identity root; then
	cp plain.json c/config.json
	config c '.mounts += ["rro", "rnosuid", "rnodev", "rnoexec", "rnoatime", "rnodiratime", "rnosymfollow" |
		{destination: "/r/\(.)", source: "'"$PWD"'/source", options: ["rbind", .]}] +
		["rrw", "rsuid", "rdev", "rexec", "ratime", "rdiratime", "rsymfollow", "rstrictatime", "rrelatime",
		"rnorelatime", "rnostrictatime" | {destination: "/w/\(.)", source: "'"$PWD"'/source", options: ["rbind", .]}]'
	script c 'grep -E " /[rw]/[a-z]*/below " /proc/self/mountinfo | cut -d " " -f 5,6'
	run in_namespace sh -c 'mount -t tmpfs tmpfs source/below && exec ctnr-exec run ./c'
	for option in ro nosuid nodev noexec noatime nodiratime nosymfollow; do
		like ",$(printf '%s\n' "$stdout" | sed -n "s|^/r/r$option/below ||p")," "*,$option,*" \
			"r$option reaches what is mounted below"
	done
	run in_namespace sh -c 'mount -t tmpfs -o ro,nosuid,nodev,noexec,noatime,nodiratime,nosymfollow tmpfs source/below &&
		exec ctnr-exec run ./c'
	for pair in rw=ro suid=nosuid dev=nodev exec=noexec atime=noatime diratime=nodiratime symfollow=nosymfollow \
		strictatime=noatime relatime=noatime norelatime=noatime nostrictatime=noatime; do
		got=$(printf '%s\n' "$stdout" | sed -n "s|^/w/r${pair%=*}/below ||p")
		like "$got" "r*" "r${pair%=*} is taken"
		unlike ",$got," "*,${pair#*=},*" "... and reaches what is mounted below"
	done
fi

# What is no option of ours is the filesystem's.
cp plain.json c/config.json
config c '.mounts += [{destination: "/t", type: "tmpfs", source: "t", options: ["size=64k", "nr_inodes=9", "mode=710"]}]'
in_container 'grep " /t " /proc/mounts | cut -d " " -f 4; stat -c %a /t'
like_stdout "*size=64k*nr_inodes=9*mode=710*710" "an unknown option is the filesystem's"
done_testing
