#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/registry.sh"
needs PEER:docker-registry PEER:skopeo

# An index with two platforms and an attestation manifest, as BuildKit makes it.
for platform in linux/amd64 linux/arm64/v8 unknown/unknown; do
	layout multi --index --ref 1 --platform "$platform" <<-END >/dev/null
		dir etc
		file etc/platform data=$platform
	END
done
registry_start
registry_push "$CTNR_TEST_TMP/multi:1" multi:1 || fail "pushing an index"
index=$(jq -r '.manifests[0].digest' multi/index.json)
index_file=multi/blobs/$(echo "$index" | tr : /)
attestation=$(jq -r '.manifests[2].digest' "$index_file")
arm64=$(jq -r '.manifests[1].digest' "$index_file")

run ctnr-fetch --layout arm --platform linux/arm64 "docker://$registry/multi:1"
is_status 0 "one platform of an index is fetched"
is "$(jq -r .descriptor.digest "$stdout_file")" "$arm64" "... the one that was asked for"
is "$(jq -cS .descriptor.platform "$stdout_file")" \
	'{"architecture":"arm64","os":"linux","variant":"v8"}' "... and the record says which"
is "$(jq -r '.manifests[0].annotations["org.ctnr.source"]' arm/index.json)" "$index" \
	"... the index it came from is noted"
ok "... and kept" test -f "arm/blobs/$(echo "$index" | tr : /)"
is "$(find arm/blobs -type f | wc -l)" 4 "... nothing of the other platforms is there"
run skopeo --override-arch arm64 inspect "oci:arm:$registry/multi:1"
is_status 0 "skopeo reads the layout"

run ctnr-fetch --layout none --platform linux/s390x "docker://$registry/multi:1"
is_status 3 "a platform that is not there is not found"
like_stderr "*no image for linux/s390x, there is linux/amd64, linux/arm64/v8*" \
	"... and the message lists those that are, without attestations"
run ctnr-fetch --layout none --platform unknown/unknown "docker://$registry/multi:1"
is_status 3 "an attestation is never chosen"

run ctnr-fetch --layout all --all-platforms "docker://$registry/multi:1"
is_status 0 "--all-platforms fetches all"
is "$(jq -r .descriptor.digest "$stdout_file")" "$index" "... the index stays what it is"
ok "... with the attestation manifest" test -f "all/blobs/$(echo "$attestation" | tr : /)"
is "$(find all/blobs -type f | wc -l)" 10 "... and all configs and layers"
run ctnr-fetch --layout all --all-platforms --if-missing "docker://$registry/multi:1"
is "$(jq -r .descriptor.digest "$stdout_file")" "$index" "... and finds them with --if-missing"
run ctnr-fetch --layout again --platform arm64 "oci:all:$registry/multi:1"
is "$(jq -r .descriptor.digest "$stdout_file")" "$arm64" "one platform is fetched out of that layout"

layout single --ref 1 --platform linux/s390x </dev/null >/dev/null
run ctnr-fetch --layout none oci:single:1
is_status 3 "an image without an index that is for another platform is not found"
like_stderr "*for linux/s390x*hint:*--platform linux/s390x*" "... and the hint says how to have it"
is "$(jq -c .manifests none/index.json)" '[]' "... and no name was given to it"
run ctnr-fetch --layout none --platform linux/s390x oci:single:1
is_status 0 "... unless it was asked for"
run ctnr-fetch --layout none --platform linux/s390x --all-platforms oci:single:1
is_status 2 "--platform and --all-platforms exclude each other"
done_testing
