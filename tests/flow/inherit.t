#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: root
# differs: root makes the folders of a group and of its members, and runs as each
# timeout: 60 three users run everything that makes a directory
#
# A shared folder hands its group, the set-group-ID bit or an ACL down to what is made in it. What
# is ours alone does not take them: no user namespace maps that group.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
needs USERNS

busybox=$(busybox_layout)
group=100 # which is nobody's own

# as USER CMD...: a member of the group; store, state and runtime directory are below $place
as() {
	user=$1
	shift
	state=
	[ "$user" != root ] || state=$place/run/ctnr
	setpriv --reuid="$user" --regid="$user" --groups="$group" env HOME="$place" \
		XDG_RUNTIME_DIR="$place/run" CTNR_RUN_DIR="$state" CTNR_STORE="$place/s" "$@"
}

# handed_down: what of ours has the group, the bit or an ACL, without what was there before
handed_down() {
	find "$place"/s/* "$place"/run/* "$place"/b "$place"/c \( -group $group -o -perm -2000 \) 2>&1
	getfattr -R -m 'system\.posix' "$place"/s/* "$place"/run/* "$place"/b "$place"/c 2>/dev/null
}

# default_acl DIR: user 5 may do everything in what is made there
default_acl() {
	python3 - "$1" <<-'END'
		import os, struct, sys
		entries = [(1, 7, -1), (2, 7, 5), (4, 7, -1), (16, 7, -1), (32, 5, -1)]
		value = struct.pack("<I", 2) + b"".join(struct.pack("<HHi", *e) for e in entries)
		os.setxattr(sys.argv[1], "system.posix_acl_default", value)
	END
}

# works TITLE: all that makes a directory below $place
works() {
	run as "$user" sh -c "cd $place && ctnr-unpack -b ./b --store s oci:$busybox |
		ctnr-spec -v named:/named -v /anonymous - -- sh -c 'touch /named/a /anonymous/b && ls -A /named /anonymous' |
		ctnr-exec run -"
	is_stdout "/anonymous:
b

/named:
a" "$1: a bundle at a path, with volumes"
	run as "$user" ctnr run --rm "oci:$busybox" sh -c 'touch /etc/x && mkdir /d && ls -ld /d'
	like_stdout "drwxr-xr-x * root *root */d" "... a container's files are its own"
	run as "$user" sh -c "cd $place && ctnr-unpack --driver copy -b ./c --store s oci:$busybox |
		ctnr-spec - -- echo copied | ctnr-exec run -"
	is_stdout copied "... a copied root filesystem"
	is "$(handed_down)" "" "... and nothing of ours has what the folder hands down"
	run as "$user" ctnr-doctor --store "$place/s"
	like_stdout "*overlay *works where the store is*" "... doctor finds that it works"
	run as "$user" sh -c "ctnr rm b c"
	is_status 0 "... bundles are removed"
}

for user in ctnr-sub ctnr-one root; do
	place=$CTNR_TEST_TMP/$user-new
	install -d -o $user -g $group -m 2770 "$place" "$place/run"
	works "$user, a store that is made below a set-group-ID folder"
	is "$(stat -c %a,%g "$place/s")" "700,$(id -g $user)" "... the store itself is its user's own"

	place=$CTNR_TEST_TMP/$user-old
	install -d -o $user -g $group -m 2770 "$place" "$place/s"
	install -d -o $user -g $group -m 2700 "$place/run"
	works "$user, a store in a set-group-ID folder that was there"
	is "$(stat -c %a,%g "$place/s" "$place/run" | tr '\n' ' ')" "2770,$group 2700,$group " \
		"... which stays as it was"
	run as $user ctnr-fetch --layout "$place/layout" "oci:$busybox"
	is_status 0 "a layout that others share"
	is "$(stat -c %g "$place/layout" "$place/layout/blobs/sha256" "$place/layout/index.json" | sort -u)" \
		$group "... has the group of the folder, as with every other tool"

	place=$CTNR_TEST_TMP/$user-later
	install -d -o $user -g $user "$place" "$place/run"
	run as $user ctnr pull -t x "oci:$busybox"
	install -d -o $user -g $user "$place/s/bundles" "$place/s/layers" "$place/s/volumes"
	find "$place/s" -type d -exec chgrp $group {} + -exec chmod g+s {} +
	run as $user ctnr run --rm -v data:/data x sh -c 'echo it ran >/data/x; cat /data/x'
	is_stdout "it ran" "$user, folders of a store that got the bit later"

	place=$CTNR_TEST_TMP/$user-acl
	install -d -o $user -g $user "$place" "$place/run"
	default_acl "$place"
	works "$user, a store below a folder with a default ACL"
	delete_tree "$CTNR_TEST_TMP/$user-new" && delete_tree "$CTNR_TEST_TMP/$user-old"
done

# A umask
user=ctnr-sub
for umask in 000 077; do
	place=$CTNR_TEST_TMP/umask-$umask
	install -d -o $user -g $user "$place" "$place/run"
	umask $umask
	works "umask $umask"
	umask 022
	is "$(stat -c %a "$place/s" "$place/run/ctnr" | tr '\n' ' ')" "700 700 " "... store and state are private"
done
place=$CTNR_TEST_TMP/umask-777
install -d -o $user -g $user "$place" "$place/run"
run as $user sh -c "umask 777; ctnr-unpack --store $place/s/deep oci:$busybox"
is_status 1 "a umask that shuts the owner out is an error"
is_stderr "ctnr-unpack: error: store: cannot create directory '$place/s/deep': umask 0777 shuts its owner out
ctnr-unpack: hint: umask 022" "... that says so"
run as $user sh -c "umask 777; ctnr-unpack oci:$busybox"
is_status 1 "... also in a folder that is there"
is "$(ls -A "$place" "$place/run")" "$place:
run

$place/run:" "... and nothing is left"
run as $user ctnr-unpack --store "$place/t" "oci:$busybox"
is_status 0 "with a store that is there"
run as $user sh -c "umask 277; ctnr-unpack --store $place/t oci:$busybox"
is_status 1 "... it is an error too"
like_stderr "*: Permission denied
ctnr-unpack: hint: umask 0277 shuts the owner out of new files: umask 022" "... with the reason"
done_testing
