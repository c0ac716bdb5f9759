#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: root
# differs: what is in the other runtimes' way can only be taken away by root
# shellcheck disable=SC2016,SC2086 # the scripts are the hooks'; no point is words
# The same hooks with us, crun and runc, as far as those do what the specification says: crun 1.8 tells of other
# statuses and does not wait for startContainer, and runc 1.1 executes poststart before the command.
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/bundle.sh"
. "$(dirname "$0")/hooks.sh"
needs USERNS ROOT PEER:crun PEER:runc

# peer NAME: run bundle c with another runtime, which wants no hybrid cgroup hierarchy.
peer() {
	run unshare -m --propagation private sh -c '
		! mountpoint -q /sys/fs/cgroup/unified || umount -l /sys/fs/cgroup/unified
		[ $1 = runc ] || manager=--cgroup-manager=disabled
		exec "$1" --root "$2/peer" ${manager-} run --bundle c "$3"' sh "$1" "$PWD" "hooks-$$"
}

# What each of two hooks of a point sees: its number, whether it is in the pid namespace of the test, its user,
# environment, and the container's ID in the state.
with_hooks
for point in $points; do
	for number in 1 2; do
		hook $point "state=\$(cat); place=outside
			[ \$(readlink /proc/self/ns/pid) = '$(readlink /proc/self/ns/pid)' ] || place=inside
			id=\$(echo \"\$state\" | sed 's/.*\"id\" *: *\"\([^\"]*\)\".*/\1/')
			echo $point $number \$place \$(id -u) \$(tr '\\0' ' ' </proc/self/environ) \$id >>$(log $point)/seen"
	done
done
script c 'sleep 0.3'
run ctnr-exec run -b ./c "hooks-$$"
is_status 0 "hooks at every point are executed"
cp log/seen ours
is "$(wc -l <ours)" 12 "... all of them"
for name in crun runc; do
	: >log/seen
	peer $name
	is $status 0 "$name executes them too"
	sort log/seen >theirs
	sort ours >sorted
	is_file theirs sorted "... and they see the same"
done
: >log/seen
peer crun
is "$(grep -v poststart log/seen)" "$(grep -v poststart ours)" "... in the same order, with crun"

for point in $before; do
	with_hooks
	hook $point 'cat >/dev/null; exit 3'
	script c 'echo unwanted'
	run ctnr-exec run ./c
	ours="$([ $status = 0 ] || echo failed) $stdout"
	for name in crun runc; do
		peer $name
		is "$([ $status = 0 ] || echo failed) $stdout" "$ours" "a hook of $point that fails ends the container as with $name"
	done
done
with_hooks
hook poststop 'cat >/dev/null; exit 3'
script c 'exit 5'
for name in crun runc; do
	peer $name
	theirs=$status
	run ctnr-exec run ./c
	is $status "$theirs" "a hook of poststop that fails changes no status, as with $name"
done
done_testing
