#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# users.sh SUB ONE: make the two users that the tests run as, where they are missing: SUB with
# subordinate IDs, ONE without. As root. Whom it finds as they should be it leaves alone.
set -eu

sub=$1
one=$2

has_range() {
	grep -q "^$2:" "/etc/sub$1" 2>/dev/null
}

# The first ID behind all ranges of a file, and behind what useradd gives away by default.
free_start() {
	awk -F: 'BEGIN { end = 200000 } $2 + $3 > end { end = $2 + $3 } END { print end }' \
		"/etc/sub$1" 2>/dev/null || echo 200000
}

for user in "$sub" "$one"; do
	getent passwd "$user" >/dev/null ||
		useradd --create-home --shell /bin/sh --comment "ctnr's tests" "$user"
done
touch /etc/subuid /etc/subgid
for kind in uid gid; do
	if ! has_range "$kind" "$sub"; then
		start=$(free_start "$kind")
		usermod "--add-sub${kind}s" "$start-$((start + 65535))" "$sub"
	fi
	# useradd gives every new user a range; this one is to have none.
	if has_range "$kind" "$one"; then
		grep "^$one:" "/etc/sub$kind" | while IFS=: read -r _ start count; do
			usermod "--del-sub${kind}s" "$start-$((start + count - 1))" "$one"
		done
	fi
done
