#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/hostile.sh"
needs PEER:strace PEER:jq

small_layout
echo 'file a data=x' | layout many --ref 1 --index --platform linux/amd64 >/dev/null
echo 'file a data=y' | layout many --ref 1 --index --platform linux/arm64/v8 >/dev/null
echo 'file a data=z' | layout old --ref 1 --docker >/dev/null
digest=$(jq -r '.manifests[0].digest' small/index.json)
index=$(jq -r '.manifests[0].digest' many/index.json)
docker=$(jq -r '.manifests[0].digest' old/index.json)

hostile_start "$CTNR_TEST_TMP/small"
# asked: how many requests there were.
asked() {
	wc -l <"$hostile_log"
}
image=docker://$hostile/x@$digest
ctnr-fetch "$image" >first
before=$(asked)
run ctnr-fetch "$image"
is_status 0 "an image that is there by its digest is not fetched"
is "$(jq -c 'del(.descriptor.annotations)' "$stdout_file")" "$(jq -c . first)" "... its record is printed"
is "$(asked)" "$before" "... nobody is asked"
traced -f -e trace=execve,openat -o trace ctnr-fetch "$image" >/dev/null
is "$(grep -c 'execve(' trace)" 1 "... no worker is started"
is "$(grep -c 'libc\(url\|rypto\)' trace)" 0 "... and nothing is loaded for it"
is "$(ctnr-fetch --print ref "$image")" "$hostile/x@$digest" "--print ref prints its name"
run ctnr-fetch --platform linux/mips "$image"
is_status 3 "another platform is asked for in the registry, and not found"
ctnr-fetch "docker://$hostile/x:1" >/dev/null
before=$(asked)
ctnr-fetch "docker://$hostile/x:1" >/dev/null
isnt "$(asked)" "$before" "a tag is asked for each time"
before=$(asked)
ctnr-fetch "docker://$hostile/other@$digest" >/dev/null
isnt "$(asked)" "$before" "another name is fetched"

store=$(jq -r .layout first)
for blob in layers[0] config; do
	name=$(jq -r ".$blob.digest[7:]" "small/blobs/sha256/${digest#*:}")
	chmod u+w "$store/blobs/sha256/$name"
	: >"$store/blobs/sha256/$name"
	before=$(asked)
	run ctnr-fetch "$image"
	isnt "$(asked)" "$before" "one whose $blob has another size is fetched"
	rm -f "$store/blobs/sha256/$name"
	run ctnr-fetch "$image"
	is_status 0 "... and so is one that has none"
	ok "... which is there then" cmp "$store/blobs/sha256/$name" "small/blobs/sha256/$name"
done
rm "$store/blobs/sha256/${digest#*:}"
run ctnr-fetch "$image"
is_status 0 "... nor has its manifest"

hostile_start "$CTNR_TEST_TMP/many"
image=docker://$hostile/x@$index
run ctnr-fetch --platform linux/amd64 "$image"
before=$(asked)
run ctnr-fetch --platform linux/amd64 "$image"
is "$(asked)" "$before" "an image that was chosen of an index is there by the digest of the index"
run ctnr-fetch --all-platforms "$image"
isnt "$(asked)" "$before" "... but not for all platforms"
before=$(asked)
run ctnr-fetch --all-platforms "$image"
is "$(asked)" "$before" "... once they are there"
is "$(jq -r .descriptor.digest "$stdout_file")" "$index" "... which is what is printed"
run ctnr-fetch --platform linux/arm64 "$image"
is "$(asked)" "$before" "and then each of them is"

hostile_start "$CTNR_TEST_TMP/old"
image=docker://$hostile/x@$docker
run ctnr-fetch "$image"
before=$(asked)
run ctnr-fetch "$image"
is "$(asked)" "$before" "an image that was converted is there by what it was"
run ctnr-fetch --format keep "$image"
isnt "$(asked)" "$before" "... but not as what it was"
is "$(jq -r .descriptor.digest "$stdout_file")" "$docker" "... which is fetched"
before=$(asked)
run ctnr-fetch "$image"
isnt "$(asked)" "$before" "... and then not converted"
hostile_stop
run ctnr-fetch "$image"
is_status 0 "what is there needs no registry"
run ctnr-fetch "$image" "docker://$hostile/x:nosuch"
is "$(jq -r .ref "$stdout_file")" "$hostile/x@$docker" "... also beside what is not there"
done_testing
