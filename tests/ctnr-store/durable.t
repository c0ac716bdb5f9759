#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What was named or removed is so on the disk, before a part of it is deleted.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/sync.sh"
needs USERNS PEER:strace

layout image <<-'END' >/dev/null
	file hello data=hello
END
ctnr-fetch --store store -t app:1 "oci:$CTNR_TEST_TMP/image" >/dev/null
for id in one two three; do
	in_namespace ctnr-unpack --store store -b $id app:1 >/dev/null
done
in_namespace ctnr-unpack --ephemeral $$ --store store -b run app:1 >/dev/null

store() {
	steps ctnr-store --store "$CTNR_TEST_TMP/store" "$@"
}

store image tag app:1 app:2
is_status 0 "an image gets a name"
is_steps "what the name stands for is synced, then index.json, renamed, and its folder" <<'END'
fsync store/images/blobs/sha256
fsync store/images/index.json.part
rename store/images/index.json
fsync store/images
END
store image untag app:2
is_steps "a name goes: index.json alone" <<'END'
fsync store/images/index.json.part
rename store/images/index.json
fsync store/images
END
store bundle rm one
is_status 0 "a bundle is removed"
is_steps "it has left its folder on the disk before anything is deleted" <<'END'
rename store/trash/N
fsync store/bundles
END
# The steps do not have what is deleted: that is asked of another one.
run sync_strace -e trace=fsync,unlinkat ctnr-store --store store bundle rm two
is "$(grep -n 'fsync(.*/bundles>' trace | cut -d : -f 1)" \
	"$(($(grep -n 'unlinkat(.*trash' trace | head -n 1 | cut -d : -f 1) - 1))" "... of it"
store bundle rm run
is_status 0 "a bundle for one run is removed"
is "$(syncs)" "" "... and nothing is synced"

store image tag --no-sync app:1 app:3
is_status 0 "--no-sync: an image gets a name"
is "$(syncs)" "" "... and nothing is synced"
store image untag --no-sync app:3
is_status 0 "... a name goes"
is "$(syncs)" "" "... and nothing is synced"
store bundle rm --no-sync three
is_status 0 "... a bundle is removed"
is "$(syncs)" "" "... and nothing is synced"
cp -r store/images images.kept
store image rm --no-sync app:1
is_status 0 "... an image is removed"
is "$(syncs)" "" "... and nothing is synced"
is "$(find store/images/blobs -type f)" "" "... of its blobs none is left"

rm -rf store/images && mv images.kept store/images
in_namespace ctnr-unpack --store store -b four app:1 >/dev/null
in_namespace ctnr-store --store store bundle rm four >/dev/null
store image rm app:1
is_status 0 "an image is removed with its layer"
is "$(sed '/aside$/d' steps)" "fsync store/images/index.json.part
rename store/images/index.json
fsync store/images
rename store/trash/N
fsync store/layers/IDMAP/sha256" "... its name is off the disk, and its layer's, before that is deleted"

# Errors.
ctnr-fetch --store store -t app:1 "oci:$CTNR_TEST_TMP/image" >/dev/null
not_tagged() {
	is_status 1 "fsync $injected fails: so does the command"
	like_stderr "ctnr-store: error: *: Input/output error*" "... and says so"
	! grep -q app:4 store/images/index.json || named=$((named + 1))
	ctnr-store --store store image untag app:4 >/dev/null 2>&1
}
named=0
each_sync fsync not_tagged ctnr-store --store store image tag app:1 app:4
is "$injected" 3 "... each of three"
is "$named" 1 "... the name is there only where it was the last, behind the rename"
in_namespace ctnr-unpack --store store -b five app:1 >/dev/null
inject fsync EIO 1 ctnr-store --store store bundle rm five
is_status 1 "a bundle that may not have left its folder on the disk fails"
like_stderr "ctnr-store: error: *'five': cannot sync directory 'bundles': Input/output error*" "... saying so"
is "$(find store/trash -name record.json | wc -l | tr -d ' ')" 1 "... and nothing of it is deleted"
done_testing
