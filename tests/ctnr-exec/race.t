#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub root
# differs: what got out would be the user's in the one, root's in the other
# timeout: 60 six rounds for each place, multiplied by CTNR_TEST_SCALE (make soak)
# shellcheck disable=SC2016 # the scripts are the container's
#
# A container that shares files with one that is being made exchanges directories and links in them
# all the while (CVE-2021-30465, 2023-27561, 2025-31133, 2025-52565, 2025-52881): mount targets, what is
# masked, devices, /proc, /sys and /dev themselves. Whatever it hits, nothing outside of the root is made,
# changed or mounted on, and a container that starts has what was asked for.
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/bundle.sh"
needs USERNS

rounds=$((6 * ${CTNR_TEST_SCALE:-1}))
outside=$PWD/outside
cc -O1 -D_GNU_SOURCE -static -o swap "$test_lib/../ctnr-exec/inside/swap.c"

# What is outside, and must stay: a place for all that a link could lead to.
mkdir -p "$outside/pts" "$outside/sys" "$outside/fs/cgroup" "$outside/self/attr" "$outside/vol" &&
	for name in null console ptmx fd keys sysrq-trigger file mine; do echo mine >"$outside/$name"; done
state() {
	(cd "$outside" && find . -printf '%P %y %m %U:%G %l\n' | sort && find . -type f -exec cat {} +)
}
state >before
sort /proc/self/mountinfo | cut -d ' ' -f 4-6 >mounts.before

# race PATH...: another container exchanges these paths of the shared root with links that lead out.
race() {
	for race_path; do
		mkdir -p "shared$(dirname "$race_path")"
		[ -e "shared$race_path" ] || mkdir "shared$race_path"
		ln -sfn "/../../../../../../../../..$outside" "shared$race_path.other"
	done
	bundle racer
	cp swap racer/rootfs/bin
	config racer ".process.args = ([\"swap\"] + (\"$*\" | split(\" \") | map(\"/shared\" + .))) | .mounts += [
		{destination: \"/shared\", type: \"bind\", source: \"$PWD/shared\", options: [\"bind\"]}]"
	ctnr-exec run ./racer >racer.out 2>racer.err &
	racer=$!
	at_end "kill $racer 2>/dev/null"
	eventually 20 grep -q ready racer.out || fail "the racer has begun" "$(cat racer.err)"
}

end_race() {
	kill "$racer"
	wait "$racer"
	rm -rf shared && cp -a pristine shared
}

# The victim has the shared directory as its root, and mounts, devices and masks in it.
bundle v
rm -rf v/rootfs/dev v/rootfs/sys
mkdir -p v/rootfs/dev v/rootfs/sys v/rootfs/a/b v/rootfs/t v/rootfs/opt v/vol && echo vol >v/vol/file && echo hosts >v/rootfs/etc/hosts
mv v/rootfs shared && cp -a shared pristine
identity root || chmod 755 shared
config v '.root.path = "'"$PWD"'/shared" | .mounts += [
	{destination: "/a/b", type: "bind", source: "vol", options: ["bind"]},
	{destination: "/t/u", type: "tmpfs", options: ["tmpcopyup"]},
	{destination: "/etc/hosts", type: "bind", source: "vol/file", options: ["bind"]},
	{destination: "/run/made/here", type: "tmpfs"}] |
	.linux.devices = [{path: "/opt/zero", type: "c", major: 1, minor: 5}, {path: "/opt/pipe", type: "p"}] |
	.linux.maskedPaths += ["/proc/sysrq-trigger", "/etc/hosts"]'
# Once it runs its own /proc may be renamed too, and be gone: but what is there hides keys and takes no writing.
script v '[ "$(wc -c </proc/keys || echo 0)" = 0 ] || echo unmasked
	echo x >/proc/sys/kernel/domainname && echo written; cat /a/b/mine /opt/mine; :'

started=0
while read -r title paths; do
	# shellcheck disable=SC2086 # words
	race $paths
	faults=
	i=0
	while [ $i -lt "$rounds" ]; do
		i=$((i + 1))
		# Every other one by the verb create, which does all of that and starts nothing.
		if [ $((i % 2)) = 0 ]; then
			ctnr-exec create -b v "race-$i" >out 2>err </dev/null
			status=$?
			[ $status != 0 ] || ctnr-exec delete --force "race-$i" >out 2>>err || faults="$faults delete:$(cat err)"
		else
			ctnr-exec run ./v >out 2>err
			status=$?
			[ $status != 0 ] || [ ! -s out ] || faults="$faults [$(cat out err)]"
		fi
		[ $status != 0 ] || started=$((started + 1))
		[ $status = 0 ] || [ $status = 125 ] || faults="$faults status:$status:$(cat err)"
		state >after
		cmp -s before after || faults="$faults outside:$(diff before after)"
	done
	is "$faults" "" "$rounds rounds while others exchange $title"
	end_race
done <<'END'
mount-points /a /a/b /t /run /run/made
a-file-and-a-device /etc/hosts /opt /opt/zero /opt/pipe
the-kernel's-places /proc /sys /dev
all-of-them /a/b /etc /etc/hosts /opt /proc /dev /t/u /run/made/here
END
sort /proc/self/mountinfo | cut -d ' ' -f 4-6 >mounts.after
is_file mounts.after mounts.before "nothing is mounted outside"
note "$started containers started"
isnt "$started" 0 "some of the containers start all the same"
done_testing
