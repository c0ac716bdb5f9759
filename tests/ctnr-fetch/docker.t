#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/registry.sh"
. "$test_lib/hostile.sh"
needs PEER:docker-registry PEER:skopeo PEER:umoci

small_layout
registry_start
registry_push "$CTNR_TEST_TMP/small:1" app:1 --format v2s2 || fail "pushing a Docker image"
skopeo inspect --raw --tls-verify=false "docker://$registry/app:1" >docker.json
is "$(jq -r .mediaType docker.json)" application/vnd.docker.distribution.manifest.v2+json \
	"the registry has a Docker manifest"
source=sha256:$(sha256sum <docker.json | cut -d ' ' -f 1)

blob() {
	echo "$1/blobs/$(echo "$2" | tr : /)"
}

run ctnr-fetch --layout oci "docker://$registry/app:1"
is_status 0 "a Docker image is fetched"
is "$(jq -r .descriptor.mediaType "$stdout_file")" application/vnd.oci.image.manifest.v1+json \
	"... it becomes an OCI image"
manifest=$(blob oci "$(jq -r .descriptor.digest "$stdout_file")")
is "$(jq -c '[.mediaType, .config.mediaType, .layers[].mediaType]' "$manifest")" \
	'["application/vnd.oci.image.manifest.v1+json","application/vnd.oci.image.config.v1+json","application/vnd.oci.image.layer.v1.tar+gzip"]' \
	"... with all its media types"
is "$(jq -r .config.digest "$manifest")" "$(jq -r .config.digest docker.json)" \
	"... the config stays the same blob"
is "$(jq -r '.layers[0].digest' "$manifest")" "$(jq -r '.layers[0].digest' docker.json)" \
	"... and the layer"
is_file "$(blob oci "$source")" docker.json "... what the registry gave is kept"
is "$(jq -r '.manifests[0].annotations["org.ctnr.source"]' oci/index.json)" "$source" \
	"... and its digest noted"
run skopeo inspect --config "oci:oci:$registry/app:1"
is_status 0 "skopeo reads it"
run umoci stat --image "oci:$registry/app:1"
is_status 0 "umoci reads it"

run ctnr-fetch --layout oci --if-missing "docker://$registry/app@$source"
is_status 0 "it is fetched by the digest that the registry knows"
run ctnr-fetch --layout keep --format keep "docker://$registry/app:1"
is_status 0 "--format keep fetches it"
is "$(jq -r .descriptor.digest "$stdout_file")" "$source" "... as it is"
is "$(jq -r .descriptor.mediaType "$stdout_file")" \
	application/vnd.docker.distribution.manifest.v2+json "... with its own media type"
is "$(jq -r '.manifests[0].annotations["org.ctnr.source"]' keep/index.json)" null \
	"... and needs no note"

# A Docker manifest list with two platforms.
for arch in amd64 arm64; do
	layout list --docker --index --ref 1 --platform "linux/$arch" <<-END >/dev/null
		dir etc
		file etc/arch data=$arch
	END
done
hostile_start "$CTNR_TEST_TMP/list"
list=$(jq -r '.manifests[0].digest' list/index.json)
run ctnr-fetch --layout one --platform linux/arm64 "docker://$hostile/x:1"
is_status 0 "one platform of a Docker manifest list is fetched"
is "$(jq -r .descriptor.mediaType "$stdout_file")" application/vnd.oci.image.manifest.v1+json \
	"... as an OCI image"
is "$(jq -r .descriptor.platform.architecture "$stdout_file")" arm64 "... the one asked for"
is "$(jq -r '.manifests[0].annotations["org.ctnr.source"]' one/index.json)" "$list" \
	"... and its note is the list that the registry gave"
run ctnr-fetch --layout all --all-platforms "docker://$hostile/x:1"
is_status 0 "all platforms of a Docker manifest list are fetched"
is "$(jq -r .descriptor.mediaType "$stdout_file")" application/vnd.oci.image.index.v1+json \
	"... as an OCI index"
index=$(blob all "$(jq -r .descriptor.digest "$stdout_file")")
is "$(jq -c '[.mediaType, .manifests[].mediaType] | unique' "$index")" \
	'["application/vnd.oci.image.index.v1+json","application/vnd.oci.image.manifest.v1+json"]' \
	"... of OCI manifests"
is "$(jq -c '[.manifests[].platform.architecture]' "$index")" '["amd64","arm64"]' \
	"... that keep their platforms"
for arch in amd64 arm64; do
	run skopeo --override-arch "$arch" inspect --config oci:all
	is "$(jq -r .architecture "$stdout_file")" "$arch" "skopeo finds $arch in it"
done
run ctnr-fetch --layout all2 --all-platforms --format keep "docker://$hostile/x:1"
is "$(jq -r .descriptor.digest "$stdout_file")" "$list" "--format keep keeps the list"
done_testing
