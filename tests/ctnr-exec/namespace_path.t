#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub root
# differs: root joins what is owned outside of the user namespace; others only what is theirs
# shellcheck disable=SC2016 # the scripts are the container's
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/bundle.sh"
needs USERNS

bundle c
chmod 755 . c
cp c/config.json plain.json

# namespace_of OPTIONS...: a process in namespaces that unshare(1) makes; its pid goes to $holder.
namespace_of() {
	unshare "$@" sleep 1000 &
	holder=$!
	at_end "kill $holder"
	eventually 20 sh -c "grep -qx sleep /proc/$holder/comm"
}

# joining PID TYPE...: the filter that puts namespaces of a process in the place of new ones.
joining() {
	pid=$1
	shift
	for type; do
		case $type in
		network) file=net ;;
		pid) file=pid_for_children ;;
		*) file=$type ;;
		esac
		printf '.linux.namespaces |= map(select(.type != "%s")) |
			.linux.namespaces += [{type: "%s", path: "/proc/%s/ns/%s"}] | ' "$type" "$type" "$pid" "$file"
	done
	echo '.hostname = ""'
}

# is_joined PID FILE...: the container's namespaces are that process's.
is_joined() {
	pid=$1
	shift
	for file; do
		is "$(printf '%s\n' "$stdout" | grep "^$file:")" "$(readlink "/proc/$pid/ns/$file")" "... $file"
	done
}

show='for file in user uts ipc net cgroup pid; do readlink /proc/self/ns/$file; done; id -u; id -g'

cp plain.json c/config.json
config c "$(joining $$ network) | .linux.namespaces[-1].path = \"/proc/self/ns/uts\""
run ctnr-exec run ./c
is_status 125 "a path of a namespace of another type is an error"
is_stderr "ctnr-exec: error: config.json: linux.namespaces: '/proc/self/ns/uts' is no network namespace" "... by name"
config c '.linux.namespaces[-1].path = "/etc/passwd"'
run ctnr-exec run ./c
is_stderr "ctnr-exec: error: config.json: linux.namespaces: '/etc/passwd' is no network namespace" "a file too"
config c '.linux.namespaces[-1].path = "/nosuch"'
run ctnr-exec run ./c
is_stderr "ctnr-exec: error: config.json: linux.namespaces: network: cannot open '/nosuch': No such file or directory" \
	"a path that is not there too"
mkfifo fifo
config c ".linux.namespaces[-1].path = \"$CTNR_TEST_TMP/fifo\""
run timeout 10 ctnr-exec run ./c
like_stderr "ctnr-exec: error: config.json: linux.namespaces: '*/fifo' is no network namespace" "a FIFO is not waited for"
for own in network cgroup time; do
	cp plain.json c/config.json
	config c "$(joining self $own)"
	in_container 'echo ran'
	is_stdout ran "the caller's own $own namespace may be given by path"
done

cp plain.json c/config.json
config c '.linux.namespaces |= map(if .type == "mount" then .path = "/proc/self/ns/mnt" else . end)'
run ctnr-exec run ./c
is_status 125 "a mount namespace by path is refused"
like_stderr "ctnr-exec: error: config.json: linux.namespaces\[[0-9]].path: *" "... by name"
config c '.linux.namespaces |= map(select(.type != "mount"))'
run ctnr-exec run ./c
is_status 125 "... and none at all"
like_stderr "ctnr-exec: error: config.json: linux.namespaces: *" "... likewise"

if identity root; then
	chown -R 300000:300000 c/rootfs
	chmod 777 c/rootfs/tmp
	maps='.linux.uidMappings = [{containerID: 0, hostID: 300000, size: 1000}] | .linux.gidMappings = .linux.uidMappings'
	namespace_of --uts --ipc --net --cgroup
	cp plain.json c/config.json
	config c "$(joining $holder uts ipc network cgroup) | .linux.namespaces += [{type: \"user\"}] | $maps"
	in_container "$show"
	is_status 0 "namespaces of the host are joined with a new user namespace"
	is_joined $holder uts ipc net cgroup
	isnt "$(printf '%s\n' "$stdout" | grep '^user:')" "$(readlink /proc/self/ns/user)" "... which is new"

	unshare --user --uts --ipc --net --cgroup --pid --fork --setgroups allow sleep 1000 &
	holder=$!
	at_end "kill $holder"
	eventually 20 sh -c "! cmp -s /proc/$holder/uid_map /proc/self/uid_map"
	echo '0 300000 1000' >/proc/$holder/gid_map
	echo '0 300000 1000' >/proc/$holder/uid_map
	child=
	eventually 20 sh -c "[ -n \"\$(cat /proc/$holder/task/$holder/children)\" ]"
	child=$(cat /proc/$holder/task/$holder/children)
	at_end "kill -9 ${child:-$holder}"
	cp plain.json c/config.json
	config c "$(joining $holder user uts ipc network cgroup pid)"
	in_container "$show"
	is_status 0 "all namespaces of another container are joined, the user namespace first"
	is_joined $holder user uts ipc net cgroup
	is "$(printf '%s\n' "$stdout" | grep '^pid:')" "$(readlink "/proc/$holder/ns/pid_for_children")" "... pid"
	is "$(tail -n 2 "$stdout_file" | paste -sd ' ')" "0 0" "... and the process has its IDs"
	cp plain.json c/config.json
	config c "$(joining $holder user) | .process.user = {uid: 7, gid: 8}"
	in_container 'id -u; id -g; touch /tmp/x; ls -n /tmp/x | tr -s " " | cut -d " " -f 3,4; cat /proc/self/uid_map | tr -s " "'
	is_stdout "7
8
7 8
 0 300000 1000" "a user of it too"
	is "$(stat -c %u:%g c/rootfs/tmp/x)" 300007:300008 "... whose files are its"
	namespace_of --net
	net=$holder
	mkdir -m 700 hidden
	touch hidden/net
	cp plain.json c/config.json
	config c "$(joining self network) |
		.linux.namespaces[-1].path = \"$CTNR_TEST_TMP/hidden/net\" | .linux.namespaces += [{type: \"user\"}] | $maps"
	script c "$show"
	run unshare --mount --propagation private sh -c "
		mount --bind /proc/$net/ns/net hidden/net && exec ctnr-exec run ./c"
	is_status 0 "a path is opened with the rights of the caller, whatever the container may reach"
	is_joined "$net" net
else
	namespace_of --user --map-root-user --uts --ipc --net --cgroup
	cp plain.json c/config.json
	config c "$(joining $holder user uts ipc network cgroup) | del(.linux.uidMappings, .linux.gidMappings)"
	in_container "$show"
	is_status 0 "a user joins namespaces that are its own, the user namespace first"
	is_joined $holder user uts ipc net cgroup
	is "$(tail -n 2 "$stdout_file" | paste -sd ' ')" "0 0" "... and has the IDs there"
	namespace_of --user --map-user=1000 --map-group=1000
	cp plain.json c/config.json
	config c "$(joining $holder user) | del(.linux.uidMappings, .linux.gidMappings) | .process.user = {uid: 1000, gid: 1000}"
	in_container 'id -u; id -g; touch /tmp/x && echo wrote'
	is_stdout "1000
1000
wrote" "a user namespace that does not map 0 can be joined"
	namespace_of --user --map-root-user
	cp plain.json c/config.json
	config c "$(joining $holder user) | .process.user = {uid: 5, gid: 0}"
	in_container true
	is_status 125 "a user that it does not map is an error"
	cp plain.json c/config.json
	config c '.linux.namespaces += [{type: "network", path: "/proc/1/ns/net"}]'
	in_container true
	is_status 125 "what is another user's cannot be joined"
	like_stderr "ctnr-exec: error: config.json: linux.namespaces: network: cannot open '/proc/1/ns/net': Permission denied" \
		"... which is said"
fi
done_testing
