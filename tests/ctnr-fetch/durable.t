#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What is fetched is on the disk before it gets its name, and the name when the command has answered.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/sync.sh"
needs USERNS PEER:strace

layout small <<-'END' >/dev/null
	file hello data=hello
END
source=oci:$CTNR_TEST_TMP/small

fetch() {
	steps ctnr-fetch --jobs 1 --store "$CTNR_TEST_TMP/store" "$@"
}

fetch -t app:1 "$source"
is_status 0 "an image is fetched into a store that is not there"
is_steps "each blob is synced and renamed; blobs/, index.json and its folder follow in this order" <<'END'
fsync .
fsync store
fsync store/images/blobs
fsync store/images/index.json.part
rename store/images/index.json
fsync store/images
fsync store/images/oci-layout.part
rename store/images/oci-layout
fsync store/images
fdatasync store/images/blobs/sha256/DIGEST.part
rename store/images/blobs/sha256/DIGEST
fdatasync store/images/blobs/sha256/DIGEST.part
rename store/images/blobs/sha256/DIGEST
fdatasync store/images/blobs/sha256/DIGEST.part
rename store/images/blobs/sha256/DIGEST
fsync store/images/blobs/sha256
fsync store/images/index.json.part
rename store/images/index.json
fsync store/images
END
fetch -t app:1 "$source"
is_status 0 "it is fetched again"
is_steps "... and nothing is synced" </dev/null
fetch -t app:2 "$source"
is_steps "another name: the blobs may be another process's, so that their folder is synced too" <<'END'
fsync store/images/blobs/sha256
fsync store/images/index.json.part
rename store/images/index.json
fsync store/images
END
steps ctnr-fetch --jobs 1 --layout new/deep/layout "$source"
is "$(head -n 4 steps)" "fsync new/deep
fsync new
fsync .
fsync new/deep/layout/blobs" "a layout is in its folder, which was made too, and so is that"

# A folder of another algorithm, and the one that holds it.
mkdir new/deep/layout/blobs/sha512
steps ctnr-fetch --jobs 1 --layout new/deep/layout -t app:3 "$source"
is_steps "blobs of each algorithm are synced" <<'END'
fsync new/deep/layout/blobs/sha256
fsync new/deep/layout/blobs/sha512
fsync new/deep/layout/blobs
fsync new/deep/layout/index.json.part
rename new/deep/layout/index.json
fsync new/deep/layout
END

rm -rf store
head -c 20971520 /dev/zero | tr '\000' x >twenty
layout big --compress none <<-END >/dev/null
	file twenty from=$CTNR_TEST_TMP/twenty
END
fetch "oci:$CTNR_TEST_TMP/big"
like "$(cat steps)" '*sync_file_range store/images/blobs*' "a large blob is on its way while it is fetched"
rm -rf store
fetch --no-sync "oci:$CTNR_TEST_TMP/big"
is_status 0 "--no-sync: an image is fetched"
is "$(syncs)" "" "... and nothing is synced"
is "$(grep -c '^rename store/images/blobs/sha256/DIGEST$' steps)" 3 "... but renamed"
rm -rf store
CTNR_NO_SYNC=1 fetch "$source"
isnt "$(syncs)" "" "the environment does not switch it off"

# Errors. What failed is given up, and another try does all of it.
not_named() {
	is_status 1 "fsync $injected fails: so does the command"
	like_stderr "ctnr-fetch: error: *: Input/output error*" "... and says so"
	ctnr-store --store store image ls >names 2>/dev/null
	! grep -q app:1 names || named=$((named + 1))
	rm -rf store
}
named=0
rm -rf store
each_sync fsync not_named ctnr-fetch --jobs 1 --store store -t app:1 "$source"
is "$injected" 10 "... each of ten"
is "$named" 1 "... the name is there only where it was the last, behind the rename"
rm -rf store
inject fdatasync EIO 2 ctnr-fetch --jobs 1 --store store -t app:1 "$source"
is_status 1 "a blob that cannot be synced fails"
like_stderr "*: cannot sync blob sha256:*: Input/output error" "... saying which"
is "$(find store/images/blobs -type f | wc -l | tr -d ' ')" 1 "... it gets no name, and nothing is left of it"
is "$(ctnr-store --store store image ls)" "" "... nor does the image"
run ctnr-fetch --jobs 1 --store store -t app:1 "$source"
is_status 0 "... and it is fetched again"
rm -rf store
inject fdatasync ETIMEDOUT 1 ctnr-fetch --jobs 1 --store store "$source"
is_status 5 "a server of files that does not answer is temporary"
rm -rf store
inject fsync EINTR 1 ctnr-fetch --jobs 1 --store store "$source"
is_status 0 "a sync that a signal interrupts is done again"
for error in EINVAL EOPNOTSUPP; do
	rm -rf store
	inject fsync "$error" 2 ctnr-fetch --jobs 1 --store store "$source"
	is_status 0 "a filesystem that cannot sync directories ($error) is used nevertheless"
	rm -rf store
	inject fsync "$error" 4 ctnr-fetch --jobs 1 --store store "$source"
	is_status 1 "... but one that cannot sync files is not"
done
mkdir -m 333 closed
run ctnr-fetch --layout closed/layout "$source"
is_status 0 "a layout is made in a folder that can be written to and not read, which cannot be synced"
done_testing
