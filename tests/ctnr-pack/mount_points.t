#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub one root
# differs: who makes the mount points, and of which owner they are
#
# What a run leaves in the root filesystem only because something was mounted there is no change.
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/changes.sh"
. "$test_lib/image.sh"
needs USERNS

ln -s "$(busybox_layout)" busybox
mkdir source
: >source/file
# mounted NAME COMMAND: a run with mounts where the image has nothing
mounted() {
	bundle "$1" busybox "${driver:---driver=overlay}"
	ctnr-spec -v "$PWD/source:/data/deep/volume" -v "$PWD/source/file:/srv/app/config" \
		-v "$PWD/source:/etc/ssl" --tmpfs /run/cache -w /work/here - -- sh -c "$2" <"$1.json" |
		ctnr-exec run -
}

for driver in --driver=overlay --driver=copy; do
	name=${driver#--driver=}
	mounted "$name-true" true
	is $? 0 "$name: a container runs with mounts where the image has nothing"
	ok "... which are made" test -d "$(ls -d "$name-true/upper/data/deep/volume" \
		"$name-true/rootfs/data/deep/volume" 2>/dev/null)"
	changes "$name-true" none.tar
	is_status 0 "... and is packed"
	is "$(tar_list none.tar)" "" "... without a change"

	mounted "$name-more" 'echo 1 >/data/own; echo 1 >/etc/hosts2; mkdir /srv/empty; chmod 700 /work'
	changes "$name-more" more.tar --timestamp 1000000000
	is "$(tar_list more.tar)" "d data/ 755 0:0 1000000000
f data/own 644 0:0 1000000000 2
d etc/ 755 0:0 1000000000
f etc/hosts2 644 0:0 1000000000 2
d srv/ 755 0:0 1000000000
d srv/empty/ 755 0:0 1000000000" "... what the container made beside them is a change"

	mounted "$name-mode" 'chmod 711 /etc; chown 0:0 /etc'
	changes "$name-mode" mode.tar --timestamp 1000000000
	is "$(tar_list mode.tar)" "d etc/ 711 0:0 1000000000" "... and so is another mode of a directory that they are in"
done
changes overlay-true all.tar --squash
unlike "$(tar_list all.tar)" "*data/*" "a layer of all there is has no mount points either"
like "$(tar_list all.tar)" "*d etc/ *" "... but the directories that the image has"
done_testing
