#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub root
# differs: root writes the maps itself, others have newuidmap write them
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/bundle.sh"
needs USERNS

bundle c
chmod 755 . c
if identity root; then
	chown -R 300000:300000 c/rootfs
	config c '.linux.namespaces += [{type: "user"}]'
	host=300000
	own=300000
else
	own=$(id -u)
	group=$(id -g)
	host=$(grep "^$(id -un):" /etc/subuid | head -n 1 | cut -d : -f 2)
fi
cp c/config.json plain.json

# mapped N: 0 is the own ID, and N ranges of one ID each follow, with a gap between any two.
mapped() {
	jq ".linux.uidMappings = [{containerID: 0, hostID: $own, size: 1}] +
		[range(1; $1 + 1) | {containerID: (2 * .), hostID: ($host + .), size: 1}] |
		.linux.gidMappings = (.linux.uidMappings | .[0].hostID = ${group-$own})" plain.json >c/config.json
	in_container 'wc -l </proc/self/uid_map; wc -l </proc/self/gid_map; sed -n "\$p" /proc/self/uid_map | tr -s " " | cut -d " " -f 2'
}

config c '.'
mapped 5
is_stdout "6
6
10" "more ranges than were once the limit"
mapped 200
is_stdout "201
201
400" "hundreds of ranges"
mapped 340
is_status 125 "more ranges than the kernel takes are an error"
like_stderr "ctnr-exec: error: config.json: linux.uidMappings\[[0-9]*]: *" "... that names the first of them"
done_testing
