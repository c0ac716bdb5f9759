#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub one root
# differs: who owns the namespace, and only root may join another's
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/bundle.sh"
needs USERNS

bundle c
cp c/config.json plain.json

# offset OBJECT: run in a new time namespace of these offsets.
offset() {
	cp plain.json c/config.json
	config c ".linux.namespaces += [{type: \"time\"}] | .linux.timeOffsets = $1"
	in_container 'tr -s " " </proc/self/timens_offsets; cut -d . -f 1 /proc/uptime; readlink /proc/self/ns/time'
}

offset '{}'
like_stdout "monotonic 0 0
boottime 0 0
*" "a new time namespace has no offsets of its own"
isnt "$(tail -n 1 "$stdout_file")" "$(readlink /proc/self/ns/time)" "... and is not the caller's"

offset '{monotonic: {secs: 86400, nanosecs: 7}, boottime: {secs: 3000000000}}'
like_stdout "monotonic 86400 7
boottime 3000000000 0
3000*" "offsets are those of the config, and the clock has them"
offset '{boottime: {secs: -1, nanosecs: 999999999}}'
like_stdout "monotonic 0 0
boottime -1 999999999
*" "an offset may be negative"
offset '{boottime: {secs: -3000000000}}'
is_status 125 "a clock that would be before its beginning is an error"
is_stderr "ctnr-exec: error: linux.timeOffsets: cannot write to '/proc/self/timens_offsets': Numerical result out of range" "... by name"

if identity root; then
	unshare --time --boottime 3000000000 sleep 1000 &
	sleeper=$!
	at_end "kill $sleeper"
	eventually 5 sh -c "grep -qx sleep /proc/$sleeper/comm"
	cp plain.json c/config.json
	config c '.linux.namespaces += [{type: "time", path: "/proc/'$sleeper'/ns/time_for_children"}]'
	in_container 'cut -d . -f 1 /proc/uptime'
	like_stdout "3000*" "a time namespace can be joined by its path"
	chmod 755 . c
	chown -R 300000:300000 c/rootfs
	cp plain.json c/config.json
	config c '.linux.namespaces += [{type: "time"}, {type: "user"}] | .linux.timeOffsets = {boottime: {secs: 3000000000}} |
		.linux.uidMappings = [{containerID: 0, hostID: 300000, size: 1000}] |
		.linux.gidMappings = .linux.uidMappings'
	in_container 'cut -d . -f 1 /proc/uptime'
	like_stdout "3000*" "root makes one for a user namespace too"
fi
done_testing
