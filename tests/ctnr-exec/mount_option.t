#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub root
# differs: root's container copies owners that others have not
# shellcheck disable=SC2016 # the scripts are the container's
#
# Every option of the specification's table ("Linux mount options"), and copy-symlink of crun: what the
# kernel says of the mount then, or the error that names the option.
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/bundle.sh"
needs USERNS

applets="$applets awk df"
# Attributes of a mount and options of its filesystem, one line for each mount: "/x ro nosuid ..."
show='awk "\$5 ~ /^\/x/ { line = \$5 \" \" \$6; sub(/.* - /, \"\"); line = line \" \" \$3; gsub(/,/, \" \", line)
	print line }" /proc/self/mountinfo'

# wanted OPTIONS WITH WITHOUT: a tmpfs with these options (JSON strings) has words and has not others.
: >wanted
wanted() {
	echo "$1|$2|$3" >>wanted
}

wanted '"defaults"' "rw relatime" "ro nosuid nodev noexec"
for option in ro nosuid nodev noexec nodiratime noatime nosymfollow; do
	wanted "\"$option\"" "$option" ""
	wanted "\"r$option\"" "$option" ""
done
for pair in "ro rw" "nosuid suid" "nodev dev" "noexec exec" "nodiratime diratime" "nosymfollow symfollow" \
	"noatime atime" "noatime relatime" "noatime norelatime" "noatime strictatime" "noatime nostrictatime"; do
	wanted "\"${pair% *}\", \"${pair#* }\"" "" "${pair% *}"
	wanted "\"r${pair% *}\", \"r${pair#* }\"" "" "${pair% *}"
done
wanted '"strictatime"' "rw" "relatime noatime"
for option in sync dirsync mand lazytime; do
	wanted "\"$option\"" "$option" ""
done
for pair in "sync async" "mand nomand" "lazytime nolazytime"; do
	wanted "\"${pair% *}\", \"${pair#* }\"" "" "${pair% *}"
done
wanted '"silent", "noiversion", "loud"' "rw" ""

bundle c
config c ".mounts += ([$(cut -d '|' -f 1 wanted | sed 's/.*/[&]/' | paste -sd ,)] | to_entries |
	map({destination: \"/x\(.key)\", type: \"tmpfs\", options: .value}))"
in_container "$show"
is_status 0 "a container with all options in turn"
is_stderr "" "... has nothing to tell"
number=0
while IFS='|' read -r options with without; do
	words=$(sed -n "s|^/x$number ||p" "$stdout_file")
	wrong=
	for word in $with; do
		case " $words " in *" $word "*) ;; *) wrong="$wrong no $word" ;; esac
	done
	for word in $without; do
		case " $words " in *" $word "*) wrong="$wrong $word" ;; esac
	done
	is "${words:-no mount}:$wrong" "$words:" "$options"
	number=$((number + 1))
done <wanted
config c '.mounts |= .[:6]'
for option in iversion idmap=uids=0-1-1 ridmap=uids=0-1-1; do
	config c ".mounts[-1] = {destination: \"/x\", type: \"tmpfs\", options: [\"$option\"]}"
	in_container true
	is_status 125 "refused: $option"
	like_stderr "*: config.json: mounts\[5\].options\[0\]: *'$option'*" "... by name"
done

# With and without r, on a bind mount with another mount below.
bundle c
identity root || config c 'del(.linux.uidMappings, .linux.gidMappings) | .linux.namespaces |= map(select(.type != "user"))'
attributes="ro nosuid nodev noexec nodiratime noatime nosymfollow"
config c ".mounts += (\"$attributes\" | split(\" \") | map(., \"r\" + .) | map({destination: \"/x/\(.)\", type: \"bind\",
	source: \"$PWD/tree\", options: [\"rbind\", .]}))"
script c "$show"
mkdir tree
run in_namespace sh -c 'mount -t tmpfs tmpfs tree && mkdir tree/sub && mount -t tmpfs tmpfs tree/sub &&
	exec ctnr-exec run ./c'
for option in $attributes; do
	is "$(grep -cE "^/x/$option .*\<$option\>" "$stdout_file") $(grep -cE "^/x/$option/sub .*\<$option\>" "$stdout_file")" \
		"1 0" "$option is for the mount alone"
	is "$(grep -cE "^/x/r$option .*\<$option\>" "$stdout_file") $(grep -cE "^/x/r$option/sub .*\<$option\>" "$stdout_file")" \
		"1 1" "r$option is for all below"
done

# What is the filesystem's own is told where a bind mount has it, as other engines write it.
bundle c
config c ".mounts += [{destination: \"/x\", type: \"bind\", source: \"$PWD/tree\",
	options: [\"bind\", \"async\", \"size=64k\", \"sync\", \"nolazytime\"]}]"
in_container true
is_status 0 "a bind mount with options of a filesystem"
is_stderr "ctnr-exec: warning: config.json: mounts[5].options: 'size=64k' is the filesystem's own, and stays as it is, ignoring
ctnr-exec: warning: config.json: mounts[5].options: 'sync' is the filesystem's own, and stays as it is, ignoring" "... is told of them"

# remount
bundle c
config c '.mounts += [{destination: "/x", type: "tmpfs", options: ["size=64k"]},
	{destination: "/x", type: "tmpfs", options: ["remount", "size=128k", "noexec"]},
	{destination: "/y", type: "bind", source: "'"$PWD"'/tree", options: ["bind", "nosuid"]},
	{destination: "/y", type: "none", options: ["remount", "bind", "ro"]},
	{destination: "/dev", type: "tmpfs", options: ["remount", "ro"]}]'
in_container 'df -k /x | awk "END { print \$2 }"; grep -E " /(x|y) " /proc/mounts | cut -d " " -f 4 |
	grep -oE "(noexec|ro|nosuid)\>" | tr "\n" " "; touch /dev/x; echo >/dev/null && echo made'
is_stdout "128
noexec ro nosuid made" "remount changes a filesystem of this run, and attributes of a mount"
like_stderr "*/dev/x: Read-only file system*" "... to read-only when all is made in it"
for row in '"/y"|"size=1k"|*is for a filesystem that the container has alone*' \
	'"/etc"|"ro"|*nothing is mounted there*' '"/"|"ro"|*the root itself*'; do
	bundle c
	config c '.mounts += [{destination: "/y", type: "bind", source: "'"$PWD"'/tree", options: ["bind"]},
		{destination: '"${row%%|*}"', type: "tmpfs", options: ["remount", '"$(echo "$row" | cut -d '|' -f 2)"']}]'
	in_container true
	is_status 125 "remount of ${row%%|*}"
	like_stderr "${row##*|}" "... is an error that says why"
done
for option in bind,idmap tmpcopyup bind,copy-symlink bind,private; do
	bundle c
	config c '.mounts += [{destination: "/y", type: "tmpfs", source: "/", options: ("remount,'$option'" | split(","))}]'
	in_container true
	is_status 125 "remount does not go together with ${option##*,}"
	like_stderr "*mounts\[5\].options: 'remount' changes attributes alone" "... and that is said"
done

# tmpcopyup
bundle c
up=c/rootfs/up
mkdir -p "$up/deep/er" "$up/locked" && echo one >"$up/file" && ln "$up/file" "$up/deep/same" &&
	ln -s ../file "$up/deep/link" && mkfifo -m 640 "$up/fifo" && : >"$up/.links.0" && chmod 1750 "$up" && touch -d @1000000000 "$up/file" "$up/deep"
truncate -s 1M "$up/holes"
owner=0:0
identity root && chown 12:34 "$up/file" && owner=12:34
chmod 4744 "$up/file"
config c '.mounts += [{destination: "/up", type: "tmpfs", options: ["tmpcopyup", "nosuid"]}]'
in_container 'cat /up/file; stat -c "%a %u:%g %Y %h" /up/file; stat -c "%a" /up /up/fifo; stat -c %Y /up/deep
	readlink /up/deep/link; ls -A /up; stat -c "%s %b" /up/holes; stat -f -c %T /up; echo new >/up/new'
is_stdout "one
4744 $owner 1000000000 2
1750
640
1000000000
../file
.links.0
deep
fifo
file
holes
locked
1048576 0
tmpfs" "tmpcopyup: the tmpfs has a copy of what it hides, owners, modes, times, links and holes"
fails "... of which the original stays as it was" test -e $up/new
config c '.mounts[-1].options += ["mode=711", "ro"]'
in_container 'stat -c %a /up; cat /up/file; touch /up/x'
is_stdout "711
one" "... the mode that is asked for goes before, and it can be read-only"
like_stderr "*Read-only*" "... which it is then"
config c '.mounts[-1].options += ["size=64k"]'
dd if=/dev/zero of=$up/big bs=1k count=100 2>/dev/null
in_container true
is_status 125 "a copy that has no room is an error"
like_stderr "*mount '/up': cannot copy what is there: *big*No space left*" "... that names the file"
config c '.mounts[-1] = {destination: "/missing/up", type: "tmpfs", options: ["tmpcopyup"]}'
in_container 'ls -A /missing/up'
is_status 0 "a place that is missing has nothing to be copied"
linked /up /etc
config c '.mounts += [{destination: "/up", type: "tmpfs", options: ["tmpcopyup"]}]'
in_container 'cat /etc/passwd; stat -f -c %T /etc'
is_stdout "root:x:0:0::/:/bin/sh
tmpfs" "what is copied is where the mount comes to be"
linked /up "../../../../../../../..$PWD/tree"
echo outside >tree/outside
config c '.mounts += [{destination: "/up", type: "tmpfs", options: ["tmpcopyup"]}]'
in_container 'ls /up/'
is_stdout "" "... never outside of the root"
bundle c
config c '.mounts += [{destination: "/etc", type: "bind", source: "etc", options: ["bind", "tmpcopyup"]}]'
in_container true
is_status 125 "a bind mount has no tmpcopyup"
like_stderr "*mounts\[5\].options: 'tmpcopyup' is for a tmpfs" "... and that is said"

# copy-symlink
bundle c
ln -s /usr/share/zoneinfo/Mars c/localtime
config c '.mounts += [{destination: "/etc/localtime", type: "bind", source: "localtime", options: ["bind", "copy-symlink"]},
	{destination: "/m", type: "bind", source: "config.json", options: ["bind", "copy-symlink"]}]'
in_container 'readlink /etc/localtime; test -s /m && echo bound; grep -c localtime /proc/mounts'
is_stdout "/usr/share/zoneinfo/Mars
bound
0" "copy-symlink: a link is made again and not followed, what is none is bound"
in_container 'readlink /etc/localtime'
is_stdout "/usr/share/zoneinfo/Mars" "... also where it is there already"
ln -sf /other c/rootfs/etc/localtime
in_container true
is_status 125 "... but not over another"
like_stderr "*mount '/etc/localtime': something else than that symlink is there" "... which the error says"
rm c/rootfs/etc/localtime
config c ".mounts = [{destination: \"/etc\", type: \"bind\", source: \"$PWD/tree\", options: [\"bind\"]}] + .mounts"
in_container true
is_status 125 "nor in what is bound from elsewhere"
is "$(find tree -type l)" "" "... where nothing is made"
config c '.mounts[-1] = {destination: "/m", type: "tmpfs", options: ["copy-symlink"]}'
in_container true
is_status 125 "a tmpfs has no copy-symlink"
done_testing
