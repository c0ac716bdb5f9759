#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Whose bytes are pushed, and in which format.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/registry.sh"
needs PEER:docker-registry PEER:skopeo PEER:jq

docker=application/vnd.docker.distribution.manifest.v2+json
list=application/vnd.docker.distribution.manifest.list.v2+json
oci=application/vnd.oci.image.manifest.v1+json
oci_index=application/vnd.oci.image.index.v1+json

# there NAME: the document that the registry has under a name, in the file there.json; its digest in $there.
there() {
	skopeo inspect --raw --tls-verify=false "docker://$registry/$1" >there.json 2>/dev/null || : >there.json
	there=sha256:$(sha256sum <there.json | cut -d ' ' -f 1)
}
# types: the media types of a manifest in there.json, without their beginnings.
types() {
	jq -r '[.mediaType, .config.mediaType, .layers[].mediaType] | map(sub("application/vnd."; "")) | join(" ")' there.json
}

printf 'file etc/one data=1\n' | layout small --ref 1 >/dev/null
printf 'file etc/z data=2\n' | layout small --ref zstd --compress zstd >/dev/null
printf 'file etc/z data=3\n' | layout small --ref plain --compress none >/dev/null
registry_start
registry_push "$CTNR_TEST_TMP/small:1" origin/app:1 --format v2s2 || fail "pushing a Docker image"
there origin/app:1
source=$there

ctnr-fetch --tag "$registry/to/app:1" "docker://$registry/origin/app:1" >record
converted=$(jq -r .descriptor.digest record)
isnt "$converted" "$source" "a Docker image is OCI in the store"
run ctnr-push "$registry/to/app:1"
is_status 0 "... and is pushed"
there to/app:1
is "$there" "$source" "... as what it was, byte for byte"
is "$(jq -r '.descriptor | .digest + " " + .mediaType' "$stdout_file")" "$source $docker" "... which the record says"
run ctnr-push --format oci "$registry/to/app:1"
is_status 0 "with --format oci it is pushed"
there to/app:1
is "$there" "$converted" "... as the store has it"
run ctnr-push --format docker "$registry/to/app:1"
there to/app:1
is "$there" "$source" "with --format docker it is what it was"
run ctnr-push "$(cat record)" "docker://$registry/to/record:1"
there to/record:1
is "$there" "$source" "a record knows the origin too"
images=$(jq -r .layout record)
rm "$images/blobs/sha256/${source#*:}"
run ctnr-push "$registry/to/app:1" "docker://$registry/to/lost:1"
there to/lost:1
is "$status $there" "0 $converted" "where the origin is not there any more, what the store has is pushed"

# What is made here.
ctnr-fetch --tag app:1 oci:small:1 >/dev/null
run ctnr-push --format docker app:1 "docker://$registry/made:docker"
is_status 0 "an OCI image is pushed as Docker's"
there made:docker
is "$(types)" "docker.distribution.manifest.v2+json docker.container.image.v1+json docker.image.rootfs.diff.tar.gzip" \
	"... with all its media types"
is "$(jq -r .config.digest there.json)" "$(jq -r .config.digest "small/blobs/$(jq -r '.manifests[0].digest' small/index.json | tr : /)")" \
	"... and the same config"
is "$(jq -c keys there.json)" '["config","layers","mediaType","schemaVersion"]' "... and nothing that Docker's has not"
run skopeo inspect --tls-verify=false "docker://$registry/made:docker"
is_status 0 "skopeo reads it"
run ctnr-push --format v2s2 oci:small:plain "docker://$registry/made:plain"
there made:plain
is "$(types)" "docker.distribution.manifest.v2+json docker.container.image.v1+json docker.image.rootfs.diff.tar" \
	"... also of a layer that is not compressed; v2s2 says the same"
run ctnr-push --format docker oci:small:zstd "docker://$registry/made:zstd"
is_status 1 "a layer of zstd cannot be Docker's"
like_stderr "*layer sha256:*+zstd*hint:*OCI*" "... which the message says"
there made:zstd
is "$(cat there.json)" "" "... and nothing is pushed"
run ctnr-push oci:small:zstd "docker://$registry/made:zstd"
is_status 0 "... but by itself it is pushed"

# An index.
for arch in amd64 arm64; do
	printf 'file etc/arch data=%s\n' "$arch" | layout multi --ref 1 --index --platform "linux/$arch" >/dev/null
done
index=$(jq -r '.manifests[0].digest' multi/index.json)
registry_push "$CTNR_TEST_TMP/multi:1" origin/multi:1 || fail "pushing an index"
ctnr-fetch --all-platforms "docker://$registry/origin/multi:1" >/dev/null
run ctnr-push "$registry/origin/multi:1" "docker://$registry/to/multi:all"
there to/multi:all
is "$status $there" "0 $index" "a name that stands for an index is pushed as one"
puts=$(grep -a -c '"PUT /v2/to/multi/' "$registry_dir/log")
run ctnr-push "$registry/origin/multi:1" "docker://$registry/to/multi:all"
is "$status $(grep -a -c '"PUT /v2/to/multi/' "$registry_dir/log")" "0 $puts" "... and where it is there nothing is put"
rm -r "$registry_dir/storage/docker/registry/v2/repositories/to/multi/_manifests/revisions/sha256/$(jq -r '.manifests[1].digest' "multi/blobs/sha256/${index#*:}" | cut -d : -f 2)"
run ctnr-push "$registry/origin/multi:1" "docker://$registry/to/multi:all"
is "$status $(grep -a -c '"PUT /v2/to/multi/' "$registry_dir/log")" "0 $((puts + 1))" "... but one manifest that the registry has lost"
run ctnr-push --platform linux/arm64 "$registry/origin/multi:1" "docker://$registry/to/multi:arm"
there to/multi:arm
is "$there" "$(jq -r '.manifests[1].digest' "multi/blobs/sha256/${index#*:}")" "... and with --platform one image of it"
run ctnr-push --platform linux/s390x "$registry/origin/multi:1" "docker://$registry/to/multi:s390x"
is_status 1 "... if there is one"
like_stderr "*no image for linux/s390x*" "... which the message says"
run ctnr-push --format docker "$registry/origin/multi:1" "docker://$registry/to/multi:docker"
is_status 0 "an index is pushed as Docker's"
there to/multi:docker
is "$(jq -r '[.mediaType, .manifests[].mediaType] | join(" ")' there.json)" "$list $docker $docker" "... with Docker's images in it"
registry_push "$CTNR_TEST_TMP/multi:1" origin/docker:1 --format v2s2 || fail "pushing a list"
there origin/docker:1
source=$there
ctnr-fetch --all-platforms "docker://$registry/origin/docker:1" >record
isnt "$(jq -r .descriptor.digest record)" "$source" "a list of Docker's is an index in the store"
run ctnr-push "$registry/origin/docker:1" "docker://$registry/to/docker:1"
there to/docker:1
is "$there" "$source" "... and is pushed as what it was"
run ctnr-push --platform linux/arm64 "$registry/origin/docker:1" "docker://$registry/to/docker:arm"
arm=$(jq -r '.manifests[1].digest' there.json)
there to/docker:arm
is "$there" "$arm" "... and so is one image of it"

# One platform of an index.
ctnr-fetch --platform linux/arm64 --tag one:1 "docker://$registry/origin/docker:1" >/dev/null
run ctnr-push one:1 "docker://$registry/to/one:1"
there to/one:1
is "$there" "$arm" "an image that was chosen from a list is pushed as it stood there"
ctnr-fetch --store fresh --platform linux/arm64 --tag one:1 "docker://$registry/origin/multi:1" >/dev/null
run ctnr-push --store fresh --all-platforms one:1 "docker://$registry/to/one:all"
is_status 1 "--all-platforms of an image whose others are not here fails"
like_stderr "*is not in*hint:*ctnr pull*" "... and says what helps"
there to/one:all
is "$(cat there.json)" "" "... and nothing is pushed"
ctnr-fetch --store fresh --platform linux/amd64 --tag two:1 "docker://$registry/origin/multi:1" >/dev/null
run ctnr-push --store fresh --all-platforms one:1 "docker://$registry/to/one:all"
there to/one:all
is "$status $there" "0 $index" "... and with them pushes the index"

# Types of both.
ctnr-fetch --layout mixed --format keep --tag x:1 --platform linux/amd64 "docker://$registry/origin/docker:1" >/dev/null
mixed=mixed/blobs/sha256
digest=$(jq -r '.manifests[0].digest' mixed/index.json)
jq -c --arg t "$oci_index" '{schemaVersion: 2, mediaType: $t, manifests: [.manifests[0] | del(.annotations)]}' \
	mixed/index.json >mixed.json
sum=$(sha256sum <mixed.json | cut -d ' ' -f 1)
cp mixed.json "$mixed/$sum"
jq -c --arg d "sha256:$sum" --arg t "$oci_index" --argjson s "$(wc -c <mixed.json)" \
	'.manifests = [{mediaType: $t, digest: $d, size: $s}]' mixed/index.json >new && cp new mixed/index.json
run ctnr-push oci:mixed "docker://$registry/to/mixed:1"
is_status 0 "an index of OCI's with an image of Docker's is pushed"
like_stderr "*warning:*mixed*" "... with a warning"
there to/mixed:1
is "$(jq -r .manifests[0].mediaType there.json)" "$oci" "... as OCI"
isnt "$(jq -r .manifests[0].digest there.json)" "$digest" "... which is another image"
done_testing
