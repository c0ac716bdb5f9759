#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub one root
# differs: root stays in its user namespace, others get one with all or with one of their IDs
. "$(dirname "$0")/../lib/test.sh"

needs USERNS

run ctnr-unshare id -u
is_status 0 "the command runs"
is_stdout 0 "... as root"

outside=$(readlink /proc/self/ns/user)
run ctnr-unshare readlink /proc/self/ns/user
if identity root; then
	is_stdout "$outside" "a privileged caller stays in its user namespace"
else
	like_stdout "user:*" "another user gets a user namespace"
	isnt "$stdout" "$outside" "... of its own"
fi

mkdir owned
chmod 777 owned
if identity sub; then
	run ctnr-unshare sh -c 'touch owned/file && chown 33:33 owned/file && stat -c %u:%g owned/file'
	is_stdout 33:33 "with subordinate IDs, files can belong to others"
	owner=$(stat -c %u owned/file)
	ok "... who have IDs of the range outside" test "$owner" -ge 100000
	run ctnr-unshare rm owned/file
	is_status 0 "... and can be deleted"
	run ctnr-unshare cat /proc/self/uid_map
	like_stdout "*0*$(id -u)*1*
*1*" "root inside is the caller, and the range begins at 1"
fi
if identity one; then
	run ctnr-unshare cat /proc/self/uid_map
	# shellcheck disable=SC2046,SC2086,SC2116 # columns
	is "$(echo $stdout)" "0 $(id -u) 1" "with one ID, root inside is the caller and there is nobody else"
fi

mkdir mounted
run ctnr-unshare -m sh -c 'mount -t tmpfs none mounted && touch mounted/file && ls mounted'
is_status 0 "with --mount, things can be mounted"
is_stdout file "... and used"
is "$(ls mounted)" "" "... and are gone afterwards"

if ! identity root; then
	run ctnr-unshare sh -c 'mount -t tmpfs none mounted'
	isnt "$status" 0 "without --mount, the machine's mounts stay as they are"
fi

done_testing
