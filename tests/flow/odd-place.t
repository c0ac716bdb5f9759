#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: root
# differs: only root can mount a filesystem of ours where other users find it
# timeout: 60 an image is fetched and run on each of many filesystems
#
# Homes on filesystems that cannot hold an overlay, or lack something else that an image has: what works there,
# and what is said of the rest.
if [ -z "${CTNR_TEST_PRIVATE_MOUNTS-}" ]; then
	export CTNR_TEST_PRIVATE_MOUNTS=1
	exec unshare -m --propagation private sh "$0"
fi
. "$(dirname "$0")/../lib/test.sh"
needs USERNS FUSE
. "$test_lib/odd-place.sh"

"$test_lib/make-tar.py" base.tar <<END
dir bin
file bin/busybox mode=755 from=$(command -v busybox)
symlink bin/sh busybox
dir data uid=1000 gid=1000
file data/owned uid=1000 gid=1001 data=owned
hardlink data/linked data/owned
file data/replaced uid=1000 gid=1000 data=old
file data/gone uid=1000 gid=1000 data=old
symlink data/symlink owned uid=7 gid=8
file data/root data=root
dir home
dir home/user
END
"$test_lib/make-tar.py" top.tar <<END
whiteout data/gone
file data/replaced data=new
file data/late uid=9 gid=9 xattr.user.x=y data=late
END
"$test_lib/make-tar.py" last.tar <<END
file data/gone data=new
END
"$test_lib/make-layout.py" image base.tar top.tar last.tar >/dev/null

# Removing and renaming of what the image has: what fails in an overlay that cannot write its marks.
# shellcheck disable=SC2016 # for the inner shell
changes='cd / && b=/bin/busybox && $b rm /data/root && $b mv /data/late /data/moved && $b mv /home /else &&
	$b mkdir /home && $b echo $($b ls /data /home) $($b cat /data/linked /data/gone /data/replaced)'
changed='/data: gone linked moved owned replaced symlink /home: ownednewnew'

# chain USER DRIVER TITLE: all that one does with an image and containers.
chain() {
	run as "$1" ctnr-fetch --progress none "oci:$CTNR_TEST_TMP/image:latest" -t bb
	is_status 0 "$3: an image is fetched"
	run as "$1" ctnr-unpack -b kept bb
	is "$(jq -r .rootfs.driver <"$stdout_file")" "$2" "... its driver is $2"
	run as "$1" ctnr run --rm bb /bin/sh -c "$changes"
	is_stdout "$changed" "... a container removes and renames what the image has"
	unlike_stderr '*error*' "... without an error"
	run as "$1" ctnr ps -a
	like_stdout '*"id":"kept"*' "... what stays is listed"
	run as "$1" ctnr tag bb other
	is_status 0 "... the image gets another name"
}

# end USER: all is removed.
end() {
	run as "$1" sh -c 'ctnr rm kept && ctnr rmi bb && ctnr rmi other'
	is_status 0 "... containers and image are removed"
	is "$(cd "$place/$1/.local/share/ctnr" && find . -name '.probe*' && find bundles layers trash images/blobs \
		-mindepth 2 ! -path '*/sha256' ! -path 'bundles/.ephemeral')" "" "... and nothing is left"
}

odd_place
chain sub overlay "where nothing lacks"
end sub

for fault in xattr ramfs; do
	odd_place $fault
	chain sub copy "without attributes ($fault)"
	is "$(stat -c %u "$place/sub/.local/share/ctnr/bundles/kept/rootfs/data/replaced")" "$(id -u "$odd_sub")" \
		"... owners are on the disk"
	run as sub ctnr-unpack --driver overlay bb
	is_status 1 "... an overlay is refused when it is asked for"
	like_stderr '*has no user.\* extended attributes*' "... with what lacks"
	like_stderr '*hint: *--driver copy*' "... and what to do"
	end sub

	chain one copy "without attributes ($fault), with one ID"
	owners=$place/one/.local/share/ctnr/bundles/kept/owners
	# The last line of a path holds.
	is "$(awk '{ last[$5] = $1 " " $2 " " $3 } END { for (path in last) print path, last[path] }' "$owners" | sort)" \
		"/data d 1000 1000
/data/gone f 0 0
/data/late f 9 9
/data/linked f 1000 1001
/data/owned f 1000 1001
/data/replaced f 0 0
/data/symlink l 7 8" "... the owners of all that is not root's are lines"
	end one
done

odd_place mknod
chain sub copy "without devices"
run as sub ctnr-unpack --driver overlay bb
like_stderr '*has no whiteouts*' "... an overlay that is asked for is refused"
end sub

odd_place link xattr
chain one copy "without hard links"
isnt "$(stat -c %i "$place/one/.local/share/ctnr/bundles/kept/rootfs/data/linked")" \
	"$(stat -c %i "$place/one/.local/share/ctnr/bundles/kept/rootfs/data/owned")" "... copies stand for links"
is "$(grep -c 'f 1000 1001 - /data/\(linked\|owned\)' "$place/one/.local/share/ctnr/bundles/kept/owners")" 2 \
	"... and have the owner"
run as one ctnr run --rm -v seeded:/data bb /bin/busybox cat /data/linked /data/owned
is_stdout ownedowned "... in a volume too"
end one

# Where the bundle is counts as much as where the layers are.
odd_place xattr
as one ctnr-fetch --store "$CTNR_TEST_TMP/run.one/store" --progress none "oci:$CTNR_TEST_TMP/image:latest" -t bb >/dev/null
run as one ctnr-unpack --store "$CTNR_TEST_TMP/run.one/store" -b "$place/one/bundle" bb
is "$(jq -r .rootfs.driver <"$stdout_file")" copy "a bundle in a place without attributes is a copy"
run as one ctnr-unpack --store "$CTNR_TEST_TMP/run.one/store" -b here bb
is "$(jq -r .rootfs.driver <"$stdout_file")" overlay "... when the store is elsewhere and has them"

odd_place symlink
as sub ctnr-fetch --progress none "oci:$CTNR_TEST_TMP/image:latest" -t bb >/dev/null
run as sub ctnr-unpack bb
is_status 1 "without symlinks no image that has one is unpacked"
like_stderr "*'bin/sh': cannot create*" "... and the first is named"
done_testing
