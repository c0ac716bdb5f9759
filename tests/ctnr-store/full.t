#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub root
# differs: root can mount ext4, whose directories need blocks of their own to grow
# Removing is what makes room on a full disk: it must not need any.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
needs USERNS

disk=$CTNR_TEST_TMP/disk
mkdir "$disk"
export CTNR_STORE="$disk/store" XDG_RUNTIME_DIR="$disk/run"
layout=$(busybox_layout)

# mount_disk: the command that mounts it
if identity root; then
	truncate -s 20M image
	mkfs.ext4 -q -m 0 -N 1000 image
	cp image fresh
	mount_disk="cp fresh image && mount -o loop image '$disk' && chmod 700 '$disk'"
else
	mount_disk="mount -t tmpfs -o size=20m,nr_inodes=1000,mode=700 disk '$disk'"
fi

# full WHAT COMMAND: on a disk that has a store with two names of an image and two stopped containers,
# whose bytes or inodes are used up before each command of COMMAND that stands behind "full".
full() {
	cat >"$CTNR_TEST_TMP/script" <<-END
		set -eu
		$mount_disk
		mkdir -m 700 "$disk/run" "$disk/store" "$disk/fill"
		full() {
			if [ $1 = bytes ]; then
				for size in 64k 1k 1k; do
					dd if=/dev/zero bs=\$size >>"$disk/fill/file" 2>/dev/null || :
					sync -f "$disk"
				done
			else
				touch \$(seq -f "$disk/fill/%g" 1000) 2>/dev/null || :
			fi
			"\$@"
		}
		{
			ctnr-fetch -t a oci:$layout
			ctnr-store image tag a b
			ctnr-unpack -b one a
			ctnr-unpack -b two a
			ctnr-store image tag a c
		} >/dev/null
		rm -rf "$disk/store/trash"
		$2
	END
	in_namespace sh "$CTNR_TEST_TMP/script"
}

for what in bytes inodes; do
	run full $what "full ctnr-store image rm b
		full ctnr-store image untag c
		full ctnr-store bundle rm one two
		full ctnr-store image rm a
		ctnr-store image ls
		ctnr-store bundle ls
		find '$disk/store/images/blobs' '$disk/store/layers' -type f"
	is_status 0 "with no $what left images and bundles are removed"
	is "$(printf '%s\n' "$stdout" | jq -r '.untagged // .removed // .deleted[0:7]' | tr '\n' ' ')" \
		"localhost/b:latest one two localhost/a:latest sha256: " "... and nothing is left"
	is_stderr "" "... and nothing is said against it"
	run full $what "full ctnr-store image tag a d || echo \$?; ctnr-store image ls -q"
	is_stdout "1
localhost/a:latest
localhost/b:latest
localhost/c:latest" "a new name needs room, and without it changes nothing"
	like_stderr "*No space left on device*" "... which is said"
done
done_testing
