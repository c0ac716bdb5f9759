#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
needs PEER:skopeo PEER:umoci PEER:jq

printf 'file etc/one data=1\n' | layout small --ref 1 >/dev/null
printf 'file etc/one data=1\n' | layout docker --ref 1 --docker >/dev/null
for arch in amd64 arm64; do
	printf 'file etc/arch data=%s\n' "$arch" | layout multi --ref 1 --index --platform "linux/$arch" >/dev/null
done
digest=$(jq -r '.manifests[0].digest' small/index.json)
ctnr-fetch --tag example.org/app:1 oci:small:1 >/dev/null
ctnr-fetch --tag other:1 --format keep oci:docker:1 >/dev/null
ctnr-fetch --tag multi:1 --all-platforms oci:multi:1 >/dev/null

# names LAYOUT: the names in a layout.
names() {
	jq -r '.manifests[].annotations["org.opencontainers.image.ref.name"]' "$1/index.json" | sort | paste -sd ' ' -
}

run ctnr-push example.org/app:1 oci:out:first
is_status 0 "an image is copied to a layout, which is made"
is "$(jq -r .layout "$stdout_file")" "$PWD/out" "... the record says where it is"
is "$(jq -r .ref "$stdout_file")" first "... under the name that DESTINATION says"
is "$(jq -r .descriptor.digest "$stdout_file")" "$digest" "... unchanged"
is "$(jq -c '.manifests[0].platform' out/index.json)" "$(jq -c .descriptor.platform "$stdout_file")" \
	"... and index.json has its platform"
run sh -c "ctnr-push example.org/app:1 oci:piped:1 | ctnr-push - oci:third:1"
is "$(jq -r '.layout + " " + .descriptor.digest' "$stdout_file")" "$PWD/third $digest" "the record leads on to the next tool"
run ctnr-fetch --tag piped:1 --layout again oci:piped:1
is "$(jq -r .descriptor.digest "$stdout_file")" "$digest" "ctnr-fetch reads it"
run skopeo inspect oci:out:first
is_status 0 "skopeo reads it"
run umoci stat --image out:first
is_status 0 "umoci reads it"
run ctnr-push example.org/app:1 oci:out
is "$(names out)" "example.org/app:1 first" "without REF it keeps its name"
run ctnr-push example.org/app:1 multi:1 oci:both
is_status 0 "several images are copied"
is "$(names both)" "example.org/app:1 localhost/multi:1" "... each under its name"
is "$(jq -r .ref "$stdout_file" | paste -sd ' ' -)" "example.org/app:1 localhost/multi:1" "... with a record for each"
run ctnr-push example.org/app:1 multi:1 oci:both:name
is_status 2 "one name for several is a mistake"
run ctnr-push - - oci:both
is_status 2 "standard input has one record alone"
run ctnr-push "$digest" oci:unnamed
is_status 2 "an image that is named by its digest needs a name"
like_stderr "*hint:*oci:DIR:NAME*" "... which the hint says"
fails "... and no layout is made" test -e unnamed
run ctnr-push other:1 oci:out:docker
is_status 0 "Docker's documents are copied"
is "$(jq -r .descriptor.mediaType "$stdout_file")" application/vnd.oci.image.manifest.v1+json "... as OCI"
run ctnr-push --format docker other:1 oci:out:docker
is_status 2 "a layout has no other format"
run ctnr-push --creds user:secret other:1 oci:out:docker
is_status 2 "--creds is for registries"

# Twice at once, and over another.
before=$(cat out/index.json)
run ctnr-push example.org/app:1 oci:out:first
is "$(cat out/index.json)" "$before" "a second time changes nothing"
run ctnr-push multi:1 oci:out:first
is "$(jq -r '[.manifests[] | select(.annotations["org.opencontainers.image.ref.name"] == "first")] | length' out/index.json)" 1 \
	"another image takes over the name"
ctnr-push multi:1 oci:race:1 >/dev/null &
first=$!
run ctnr-push multi:1 oci:race:2
is_status 0 "two at a time write one layout"
wait "$first"
is "$? $(names race)" "0 1 2" "... and both are whole"

# What was damaged here does not become the copy's.
blob=$(jq -r '.layers[0].digest' "small/blobs/sha256/${digest#*:}")
cp -a small flipped
printf X | dd of="flipped/blobs/sha256/${blob#*:}" bs=1 seek=20 conv=notrunc 2>/dev/null
run ctnr-push oci:flipped:1 oci:fresh:1
is_status 4 "a blob that is not what its name says is not copied"
fails "... and not there" test -e "fresh/blobs/sha256/${blob#*:}"
is "$(jq -c .manifests fresh/index.json)" "[]" "... and no name"
run ctnr-push oci:small:1 oci:fresh:1
is_status 0 "... but from a whole layout it is"

run ctnr-store check
is_status 0 "the store is whole"
ok "... and what was copied" sh -c 'for l in out both race fresh; do skopeo inspect --raw "oci:$l:$(jq -r ".manifests[0].annotations[\"org.opencontainers.image.ref.name\"]" "$l/index.json")" || exit; done'
done_testing
