#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/registry.sh"
needs PEER:docker-registry PEER:skopeo PEER:jq

# requests METHOD PATTERN: how many of them the registry has had.
requests() {
	grep -c -- "- - .* \"$1 [^ ]*$2" "$registry_dir/log" || :
}
# there NAME: the digest of what the registry has under a name.
there() {
	skopeo inspect --tls-verify=false --format '{{.Digest}}' "docker://$registry/$1" 2>/dev/null
}

registry_start
printf 'file etc/one data=1\n' | layout small --ref 1 >/dev/null
printf 'file etc/two data=2\n' | layout other --ref 1 >/dev/null
ctnr-fetch --tag "$registry/ns/app:1" oci:small:1 >/dev/null
digest=$(jq -r '.manifests[0].digest' small/index.json)
other=$(jq -r '.manifests[0].digest' other/index.json)

run ctnr-push "$registry/ns/app:1"
is_status 0 "an image is pushed to where its name says"
is "$(jq -c 'keys' "$stdout_file")" '["descriptor","ref"]' \
	"... its record there has no layout"
is "$(jq -r .ref "$stdout_file")" "$registry/ns/app:1" "... but its name"
is "$(jq -r .descriptor.digest "$stdout_file")" "$digest" "... and its digest, the same as here"
is "$(jq -r .descriptor.platform.os "$stdout_file")" linux "... and its platform"
is_stderr "" "... and nothing else is said"
is "$(there ns/app:1)" "$digest" "skopeo finds it"
run ctnr-fetch --layout back --tag x "docker://$registry/ns/app:1"
is "$(jq -r .descriptor.digest "$stdout_file")" "$digest" "ctnr-fetch gets the same digest"
is "$(requests PUT /manifests/)" 1 "... a single manifest was put"
is "$(requests PUT /blobs/uploads/) $(requests PATCH .)" "2 0" "... and each blob by one request"

uploads=$(requests POST .)
heads=$(requests HEAD /blobs/)
run ctnr-push "$registry/ns/app:1"
is_status 0 "it is pushed again"
is "$(requests POST .) $(requests PUT /manifests/)" "$uploads 1" "... nothing is sent"
is "$(requests HEAD /blobs/)" $((heads + 2)) "... each blob costs one HEAD"
is "$(requests HEAD /manifests/1)" 1 "... and the name one"

# A registry that lost a blob.
blob=$(jq -r '.layers[0].digest' "small/blobs/sha256/${digest#*:}")
rm -r "$registry_dir/storage/docker/registry/v2/repositories/ns/app/_layers/sha256/${blob#*:}"
run ctnr-push "$registry/ns/app:1"
is_status 0 "to a registry that has lost a blob it is pushed again"
is "$(requests POST .)" $((uploads + 1)) "... and the blob is sent"
is "$(requests PUT /manifests/)" 2 "... and the manifest put once more"

# Where it goes.
run ctnr-push "$registry/ns/app:1" "docker://$registry/ns/copy:2"
is "$(there ns/copy:2)" "$digest" "DESTINATION names another repository"
is "$(requests POST '/copy/blobs/uploads/?[^ ]*mount=')" 2 "... whose blobs are mounted"
is "$(requests PUT /copy/blobs/)" 0 "... and not sent"
ctnr-fetch --tag example.org/secret/app:1 oci:other:1 >/dev/null
run ctnr-push example.org/secret/app:1 "docker://$registry/ns/third:1"
is "$(requests POST /third/blobs/uploads/) $(requests POST '/third/[^ ]*secret')" "2 0" \
	"... and a registry is not asked for repositories that are elsewhere"
run ctnr-push "$registry/ns/app:1" "$registry/ns/bare:1"
is "$(there ns/bare:1)" "$digest" "... docker:// may be left out where there is a host"
run ctnr-push "$registry/ns/app:1" ns/bare:1
is_status 2 "... and not without one"
like_stderr "*hint:*docker://ns/bare:1*" "... which the hint says"
run ctnr-push app:1 example.org/App:1
is_status 2 "... nor where that cannot be a name"
like_stderr "*invalid name*hint:*lower case*" "... which is said"
run ctnr-push "$digest" "docker://$registry/by/digest:1"
is "$(there by/digest:1)" "$digest" "an image is named by its digest"
run ctnr-push "$digest"
is_status 2 "... which does not say where it goes"
run ctnr-push oci:other:1 "docker://$registry/layout/app:1"
is "$(there layout/app:1)" "$other" "an image in another layout is pushed from there"
ctnr-fetch --tag app:1 oci:small:1 >record
run ctnr-push app:1
is_status 2 "a name below localhost/ names no registry"
like_stderr "*hint:*docker://REGISTRY/NAME*" "... which the hint says"
run sh -c "ctnr-push - docker://$registry/record:1 <record"
is "$(there record:1)" "$digest" "a record on standard input is an IMAGE"
run ctnr-push nosuch "docker://$registry/x:1"
is_status 3 "an image that is not there is not found"
run ctnr-push app:1 oci:other:1 "docker://$registry/x:1"
is_status 2 "several images and one name is a mistake"
run ctnr-push app:1 "docker://$registry/pin:1@$digest"
is "$(there pin:1)" "$digest" "DESTINATION may state the digest"
run ctnr-push app:1 "docker://$registry/pin:2@$other"
is_status 4 "... which must be the image's"
is "$(there pin:2)" "" "... or nothing is pushed"
run ctnr-push app:1 "docker://$registry/pinned@$digest"
is_status 0 "with a digest alone it is pushed"
ok "... and there" skopeo inspect --raw --tls-verify=false "docker://$registry/pinned@$digest"
is "$(ls "$registry_dir/storage/docker/registry/v2/repositories/pinned/_manifests")" revisions "... and gets no tag"

# One after the other: what says of what a thing is made comes behind all that it is made of.
for layer in 1 2 3; do
	printf 'file f%s data=%s\n' "$layer" "$layer" | python3 "$test_lib/make-tar.py" "$layer.tar"
done
python3 "$test_lib/make-layout.py" --ref 1 layers 1.tar 2.tar 3.tar >/dev/null
run ctnr-push --jobs 4 oci:layers:1 "docker://$registry/order:1"
config=$(jq -r .config.digest "layers/blobs/sha256/$(jq -r '.manifests[0].digest[7:]' layers/index.json)")
is "$(grep -o '"PUT /v2/order/[^ ]*' "$registry_dir/log" | sed 's/.*digest=sha256%3A//; s/[^0-9a-f/].*//' | sed -n '4p')" \
	"${config#*:}" "the config is the last blob"
is "$(grep -o '"PUT /v2/order/[^/]*' "$registry_dir/log" | sed 's/.*[/]//' | uniq -c | tr -s ' \n' ' ')" " 4 blobs 1 manifests " \
	"... and the manifest comes behind it"

# What is written beside.
run ctnr-push --digestfile digest app:1 "docker://$registry/file:1"
is "$(cat digest)" "$digest" "--digestfile writes the digest"
is "$(wc -c <digest)" 71 "... and no line end, as skopeo does"
is "$(ctnr-push --digestfile /dev/stdout --print ref app:1 "docker://$registry/file:1")" "$digest$registry/file:1" \
	"... which can go to a descriptor"
run ctnr-push --digestfile nosuch/digest app:1 "docker://$registry/file:2"
is_status 1 "... a folder that is not there is told"
is "$(there file:2)" "" "... before anything is pushed"
run ctnr-push --print ref app:1 "docker://$registry/file:3"
is_stdout "$registry/file:3" "--print ref prints the name"
run ctnr-push --progress json app:1 "docker://$registry/progress:1"
is "$(jq -rs 'map(select(.event == "done" or .event == "present")) | length' "$stderr_file")" 2 "--progress says how each blob went"

# Damage here.
cp -a small flipped
printf X | dd of="flipped/blobs/sha256/${blob#*:}" bs=1 seek=20 conv=notrunc 2>/dev/null
run ctnr-push oci:flipped:1 "docker://$registry/flipped:1"
is_status 4 "a blob that is not what its name says is not pushed"
like_stderr "*blob $blob has the content of*hint:*ctnr check*" "... and the message says whose fault that is"
is "$(there flipped:1)" "" "... and no name"
cp -a small missing
rm "missing/blobs/sha256/${blob#*:}"
run ctnr-push oci:missing:1 "docker://$registry/missing:1"
is_status 1 "what is missing of an image is told"
like_stderr "*blob $blob is not in*hint:*" "... by its digest"
is "$(requests POST /missing/)" 0 "... before anything is sent"
done_testing
