# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# Homes on filesystems that lack something, in a file for root. First of all, before test.sh, such a file enters
# a mount namespace of its own:
#
#	if [ -z "${CTNR_TEST_PRIVATE_MOUNTS-}" ]; then
#		export CTNR_TEST_PRIVATE_MOUNTS=1
#		exec unshare -m --propagation private sh "$0"
#	fi
#
# odd_place FAULT...      have a filesystem with these faults (odd-fs.c): $place is its directory. It takes the
#                         place of the last one. "ramfs" alone is the kernel's own of that name.
# as sub|one CMD...       run a command as the user with subordinate IDs, or as one without, whose home is in
#                         the place: $place/sub, $place/one; its store is $place/sub/.local/share/ctnr

: "${test_lib:=$(cd "$(dirname "$0")/../lib" && pwd)}"
# shellcheck disable=SC2034 # for the file
odd_sub=$(sed -n 's/^\([^:]*\):.*:65536$/\1/p' /etc/subuid | head -n 1)
odd_one=65534 # nobody
place=$CTNR_TEST_TMP/place
odd_pid=
mkdir "$place" source
unset CTNR_STORE CTNR_RUN_DIR

odd_leave() {
	if mountpoint -q "$place"; then
		umount "$place" || umount -l "$place"
	fi
	if [ -n "$odd_pid" ]; then
		wait "$odd_pid"
		odd_pid=
	fi
}
at_end odd_leave

# odd_homes DIR: the homes in it, and beside it run directories.
odd_homes() {
	for odd_name in sub one; do
		odd_is "$odd_name"
		rm -rf "run.$odd_name"
		mkdir "$1/$odd_name" && mkdir -m 700 "run.$odd_name" &&
			chown "$odd_user:$odd_group" "$1/$odd_name" "run.$odd_name"
	done
}

odd_place() {
	odd_leave
	rm -rf source && mkdir source && chmod 755 source
	if [ "${1-}" = ramfs ]; then
		mount -t ramfs ramfs "$place"
		odd_homes "$place"
		return
	fi
	odd_homes source
	"$CTNR_TEST_BUILD/tests/lib/odd-fs" source "$place" "$@" 2>odd-fs.log &
	odd_pid=$!
	eventually 20 mountpoint -q "$place" || note "$(cat odd-fs.log)"
}

# odd_is sub|one: $odd_user and $odd_group.
odd_is() {
	if [ "$1" = sub ]; then
		odd_user=$(id -u "$odd_sub")
		odd_group=$(id -g "$odd_sub")
	else
		odd_user=$odd_one
		odd_group=$odd_one
	fi
}

as() {
	odd_is "$1"
	odd_home=$place/$1
	odd_run=$CTNR_TEST_TMP/run.$1
	shift
	env -C "$odd_home" HOME="$odd_home" XDG_RUNTIME_DIR="$odd_run" \
		setpriv --reuid="$odd_user" --regid="$odd_group" --clear-groups "$@"
}
