#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What an image declares costs each time the same, however much there is of it.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/../ctnr-spec/bundle.sh"
needs PEER:strace

mkdir -p root/a
ln -s a root/link

# volumes N: an image with N volumes, some of them behind a symlink
volumes() {
	from_config "{Cmd: [\"sh\"], Volumes: ([range($1) | {key: \"/link/\\(.)\", value: {}}] | from_entries)}" \
		--rootfs root
}

# opens: how often the last image's config has a file opened or looked for
opens() {
	traced -c -qq -e trace=%file -o counted ctnr-spec --image-config image-config.json --rootfs root \
		>/dev/null
	awk '$4 ~ /^[0-9]+$/ { n += $4 } END { print n + 0 }' counted
}

volumes 100
is_status 0 "an image with a hundred volumes"
few=$(opens)
ok "... whose places are looked up ($few system calls)" test "$few" -gt 100
volumes 400
many=$(opens)
ok "four times as many volumes cost no more than four times ($many)" test "$many" -le $((4 * few))
volumes 512
is_status 0 "an image with as many volumes as a container has mounts"
is "$(query '[.mounts[] | select(.destination | startswith("/link"))] | length')" 512 "... has them all"
volumes 513
is_status 1 "with more it is refused"
is_stderr "ctnr-spec: error: the image has 513 volumes, a container at most 512 mounts" "... which is said"
done_testing
