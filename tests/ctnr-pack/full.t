#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub
#
# No room, and no right to write.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
needs USERNS

layout base --config '{}' >/dev/null <<'END'
file a data=x
END
disk=$CTNR_TEST_TMP/disk
mkdir "$disk"
export disk CTNR_STORE="$disk/store" XDG_RUNTIME_DIR="$disk/run"

# on_disk SIZE: the commands on standard input, where $disk has that size.
on_disk() {
	cat >script
	{
		echo "set -u"
		echo "mount -t tmpfs -o size=$1,mode=700 disk '$disk' && mkdir -m 700 '$disk/run' '$disk/store'"
		echo "ctnr-unpack --driver overlay -b c oci:$CTNR_TEST_TMP/base:latest >/dev/null"
		cat script
	} >whole
	in_namespace sh "$PWD/whole"
}

on_disk 16m <<'END'
dd if=/dev/urandom of="$CTNR_STORE/bundles/c/upper/random" bs=1M count=9 2>/dev/null
ctnr-pack -t full c >full.out 2>full.err
echo $? >full.status
find "$CTNR_STORE/images" -name '*.part' -o -path '*/.lease/*' >full.left
ctnr-store image ls -q >full.images
ctnr-store check >full.check 2>&1
echo $? >full.checked
rm "$CTNR_STORE/bundles/c/upper/random"
echo small >"$CTNR_STORE/bundles/c/upper/small"
ctnr-pack -t small c --print ref >full.again 2>&1
END
is "$(cat full.status)" 1 "a full disk fails"
like "$(cat full.err)" "ctnr-pack: error: *No space left on device
ctnr-pack: hint: free some space below '$disk/store/images'" "... and where to make room is said"
is "$(cat full.left)" "" "... nothing half-made stays"
is "$(cat full.images)" "" "... and no name"
is "$(cat full.checked)" 0 "... in a store that is whole"
is "$(cat full.again)" localhost/small:latest "with room it goes on"

on_disk 16m <<'END'
echo small >"$CTNR_STORE/bundles/c/upper/small"
mount -o remount,ro "$disk"
ctnr-pack -t x c >ro.out 2>ro.err
echo $? >ro.status
ctnr-pack --layout "$PWD/out" -t x c --print ref >ro.layout 2>ro.layout.err
END
is "$(cat ro.status)" 1 "a store that is only read fails"
like "$(cat ro.err)" "ctnr-pack: error: *ead-only*hint: *" "... and says so, and what helps"
is "$(cat ro.layout)" localhost/x:latest "--layout packs from it into another place"

# shellcheck disable=SC3045 # dash and busybox have it
on_disk 16m <<'END'
dd if=/dev/urandom of="$CTNR_STORE/bundles/c/upper/random" bs=1M count=2 2>/dev/null
(ulimit -f 1000 && exec ctnr-pack -t large c) >limit.out 2>limit.err
echo $? >limit.status
find "$CTNR_STORE/images" -name '*.part' -o -path '*/.lease/*' >limit.left
END
is "$(cat limit.status)" 1 "a layer beyond the limit of the size of files fails"
like "$(cat limit.err)" "ctnr-pack: error: *File too large*" "... and says why"
is "$(cat limit.left)" "" "... nothing half-made stays"

done_testing
