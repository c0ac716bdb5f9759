#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub root
# differs: who may execute a file of the host, and of the container
# config.md, "POSIX-platform Hooks": where the path of a hook is found. What hooks get and what follows when one
# fails: tests/ctnr-exec/hooks.t.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/../ctnr-exec/bundle.sh"
. "$test_lib/../ctnr-exec/hooks.sh"
needs USERNS

# program FILE SAYS: a program that notes which it is, in the folder log as it is seen there.
program() {
	mkdir -p "$(dirname "$1")"
	printf '#!/bin/sh\necho %s >>%s/said\n' "$2" "$3" >"$1"
	chmod 755 "$1"
}

# found POINT PATH: run with a hook that is that path.
found() {
	config c ".hooks = {$1: [{path: \"$2\", args: [\"hook\"], env: [\"PATH=/bin\"]}]}"
	: >log/said && chmod 666 log/said
	in_container true
}

with_hooks
place=$PWD/place
program "$place/both" outside "$PWD/log"
program "$place/outside" outside "$PWD/log"
program "c/rootfs$place/both" inside /log
program "c/rootfs$place/inside" inside /log
for point in $points; do
	case $point in
	startContainer) own=inside other=outside namespace=container ;;
	*) own=outside other=inside namespace=runtime ;;
	esac
	found "$point" "$place/$own"
	is "$status$stderr $(cat log/said)" "0 $own" "the path of $point is found in the $namespace namespace"
	found "$point" "$place/both"
	is "$(cat log/said)" "$own" "... also where the other has such a file"
	found "$point" "$place/$other"
	like_stderr "*hooks.$point?0?: cannot execute '$place/$other': No such file or directory*" "... and in no other"
	is "$(cat log/said)" "" "... which executes nothing"
done
done_testing
