#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/hostile.sh"
needs PEER:skopeo PEER:umoci

echo 'file a data=x' | layout many --ref 1 --index --platform linux/amd64 >/dev/null
echo 'file a data=y' | layout many --ref 1 --index --platform linux/arm64/v8 >/dev/null
index=$(jq -r '.manifests[0].digest' many/index.json)
arm=$(jq -r '.manifests[1].digest' "many/blobs/sha256/${index#*:}")
# refer [OPTIONS] SUBJECT: add a referrer, and print its digest.
refer() {
	"$test_lib/make-referrer.py" "$@"
}
of_index=$(refer --type application/x-signature --data 1 \
	--annotation org.opencontainers.image.ref.name=docker.io/library/evil:latest many "$index")
of_arm=$(refer --type application/x-bill --data 2 many "$arm")
of_referrer=$(refer --type application/x-signature --data 3 many "$of_arm")
all="$of_index $of_arm $of_referrer"

# referrers LAYOUT: the digests of its entries without a name, sorted.
referrers() {
	jq -r '.manifests[] | select(.annotations["org.opencontainers.image.ref.name"] == null) | .digest' \
		"$1/index.json" | sort
}
sorted() {
	printf '%s\n' "$@" | sort
}

hostile_start "$CTNR_TEST_TMP/many" --referrers --page 1
run ctnr-fetch --all-platforms --layout plain "docker://$hostile/x:1"
is "$(referrers plain)" "" "an index is copied without its referrers"
run ctnr-fetch --with-referrers --layout plain "docker://$hostile/x:1"
is_status 2 "--with-referrers is for whole indexes"
run ctnr-fetch --all-platforms --with-referrers "docker://$hostile/x:1"
is_status 0 "... and with them"
is_stderr "" "... silently"
is "$(jq -r .descriptor.digest "$stdout_file")" "$index" "... its record is that of the index"
images=$(jq -r .layout "$stdout_file")
# shellcheck disable=SC2086 # words
is "$(referrers "$images")" "$(sorted $all)" \
	"... what refers to it, to its manifests and to referrers stands in index.json without a name"
is "$(jq -r --arg d "$of_referrer" '.manifests[] | select(.digest == $d) | .annotations["org.ctnr.subject"]' \
	"$images/index.json")" "$of_arm" "... with its subject"
is "$(jq -r --arg d "$of_arm" '.manifests[] | select(.digest == $d) | .artifactType' \
	"$images/index.json")" application/x-bill "... and its artifact type"
is "$(jq -c '[.manifests[].annotations["org.opencontainers.image.ref.name"]] | map(select(.))' \
	"$images/index.json")" "[\"$hostile/x:1\"]" "... and no annotation of theirs names anything"
is "$(grep -c "referrers/$index" "$hostile_log")" 1 "each document is asked about once"
before=$(cat "$images/index.json")
run ctnr-fetch --all-platforms --with-referrers "docker://$hostile/x:1"
is "$(cat "$images/index.json")" "$before" "a second time changes nothing"
is "$(ctnr-store image ls --json | wc -l)" 1 "they are no images"
is "$(ctnr-store df --json | jq -r 'select(.type? == "images" or .kind? == "images") | .count' | head -n 1)" 1 \
	"... and none are counted"
run ctnr-store check
is_status 0 "the store is whole"
run skopeo inspect --override-os linux --override-arch amd64 "oci:$images:$hostile/x:1"
is_status 0 "skopeo reads it"
run umoci ls --layout "$images"
is_stdout "$hostile/x:1" "umoci too"

run ctnr-store gc --grace 0
# shellcheck disable=SC2086 # words
is "$(referrers "$images")" "$(sorted $all)" "a collection keeps what refers to an image"
for digest in $all; do
	ok "... with its blobs" test -e "$images/blobs/sha256/${digest#*:}"
done
run ctnr-store gc --grace 0 --unnamed --dry-run --json
unlike_stdout "*${of_index#*:}*" "... and is not taken for an image without a name"
run ctnr-store gc --grace 0 --unnamed
# shellcheck disable=SC2086 # words
is "$(referrers "$images")" "$(sorted $all)" "... when those are collected"
run ctnr-fetch --all-platforms --with-referrers --artifact-type application/x-bill --layout copy \
	"oci:$images:$hostile/x:1"
is_status 0 "a layout is copied with referrers, too"
is "$(referrers copy)" "$of_arm" "... those of a type"
run ctnr-fetch --inspect --platform linux/amd64 oci:copy
is_status 0 "a layout with one image and referrers has one image"

run ctnr-store image rm "$hostile/x:1"
is_status 0 "an image is removed"
run ctnr-store check
is_status 0 "... and the store is whole"
run ctnr-store gc --grace 0 --dry-run --json
like_stdout "*${of_referrer#*:}*" "... a collection would take what referred to it"
run ctnr-store gc --grace 0
is_status 0 "... and does"
is "$(referrers "$images")" "" "... they leave index.json"
is "$(find "$images/blobs" -type f)" "" "... and nothing is left"
run ctnr-store check
is_status 0 "... the store is whole again"

# What lists say that is not true.
cp -r many wrong
stray=$(refer --tag --type application/x-signature --data 4 wrong "$arm")
tag=$(echo "$arm" | tr : -)
jq --arg old "$tag" --arg new "$(echo "$index" | tr : -)" '(.manifests[].annotations |
	select(. != null)["org.opencontainers.image.ref.name"]) |= if . == $old then $new else . end' \
	wrong/index.json >wrong.json && mv wrong.json wrong/index.json
hostile_start "$CTNR_TEST_TMP/wrong"
run ctnr-fetch --all-platforms --with-referrers --layout listed "docker://$hostile/x:1"
is_status 0 "a tag of referrers may list anything"
is "$(referrers listed)" "" "... what does not refer to the image is left out"
like_stderr "*warning: '$stray' is listed as a referrer of '$index' and is none, leaving it out*" "... with a warning"
rm "wrong/blobs/sha256/${stray#*:}"
run ctnr-fetch --all-platforms --with-referrers --layout absent "docker://$hostile/x:1"
is_status 0 "... and so is what is not there"
like_stderr "*'$stray' is listed as a referrer and is not there*" "... by name"
done_testing
