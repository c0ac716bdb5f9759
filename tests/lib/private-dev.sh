# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# For tests that root runs, and whose containers try to change devices: source it ahead of test.sh. The machine's
# own devices must be out of reach, should what protects them be broken, so the file runs again in a mount
# namespace of its own, over a copy of /dev.
if [ "$(id -u)" = 0 ] && [ -z "${CTNR_TEST_PRIVATE_DEV-}" ]; then
	export CTNR_TEST_PRIVATE_DEV=1
	exec unshare -m --propagation private sh -c '
		copy=$(mktemp -d) && mount -t tmpfs tmpfs "$copy" && cd /dev &&
			cp -a null zero full random urandom tty "$copy" &&
			mkdir "$copy/pts" "$copy/shm" && mount --rbind /dev/pts "$copy/pts" &&
			ln -s pts/ptmx "$copy/ptmx" && ln -s /proc/self/fd "$copy/fd" && cd / &&
			mount --move "$copy" /dev && rmdir "$copy" && exec sh "$0"' "$0"
fi
