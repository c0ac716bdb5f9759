#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/registry.sh"
. "$test_lib/hostile.sh"
needs PEER:docker-registry PEER:skopeo PEER:curl

small_layout
digest=$(jq -r '.manifests[0].digest' small/index.json)
signature=$("$test_lib/make-referrer.py" --tag --type application/x-signature --annotation a=b small "$digest")
bill=$("$test_lib/make-referrer.py" --tag --type application/x-bill small "$digest")
tag=$(echo "$digest" | tr : -)
registry_start
registry_push "$CTNR_TEST_TMP/small:1" app:1 || fail "pushing an image"
registry_push "$CTNR_TEST_TMP/small:1" app:alone || fail "pushing an image"
registry_push "$CTNR_TEST_TMP/small:$tag" "app:$tag" || fail "pushing the tag of its referrers"
# The index again, as it is: this skopeo knows no artifact types.
index=$(jq -r --arg tag "$tag" '.manifests[] | select(.annotations["org.opencontainers.image.ref.name"] == $tag)
	.digest[7:]' small/index.json)
curl -sSf -X PUT -H 'Content-Type: application/vnd.oci.image.index.v1+json' \
	--data-binary "@small/blobs/sha256/$index" "http://$registry/v2/app/manifests/$tag"

# digests: of the referrers that were printed.
digests() {
	jq -r .descriptor.digest "$stdout_file" | tr '\n' ' '
}

run ctnr-fetch --referrers "docker://$registry/app:1"
is_status 0 "a registry without the API is asked for the tag of the referrers"
is "$(digests)" "$signature $bill " "... and they are printed"
is "$(jq -r .subject "$stdout_file" | sort -u)" "$digest" "... with what they refer to"
is "$(jq -r .reference "$stdout_file" | tail -n 1)" "$registry/app@$bill" "... and how they are called"
is "$(jq -r .descriptor.artifactType "$stdout_file" | head -n 1)" application/x-signature \
	"... and their artifact type"
run ctnr-fetch --referrers --artifact-type application/x-bill "docker://$registry/app@$digest"
is "$(digests)" "$bill " "--artifact-type chooses"
run ctnr-fetch --referrers "docker://$registry/app@$signature"
is_status 0 "what nothing refers to has no referrers"
is_stdout "" "... and nothing is printed"
# Registries that take the tag for the digest: GitLab.
push_index() {
	curl -sSf -X PUT -H 'Content-Type: application/vnd.oci.image.index.v1+json' --data-binary "$2" \
		"http://$registry/v2/app/manifests/$1"
}
many=$(printf '{"schemaVersion":2,"manifests":[{"mediaType":"%s","digest":"%s","size":%s}]}' \
	application/vnd.oci.image.manifest.v1+json "$digest" \
	"$(wc -c <"small/blobs/sha256/${digest#sha256:}")")
push_index many "$many"
push_index "sha256-$(printf %s "$many" | sha256sum | cut -c 1-64)" "$many"
run ctnr-fetch --referrers "docker://$registry/app:many"
is_status 0 "a registry may give the index itself for the tag of its referrers"
is_stdout "" "... whose manifests refer to nothing"
registry_push "$CTNR_TEST_TMP/small:1" "other:1" || fail "pushing an image"
registry_push "$CTNR_TEST_TMP/small:1" "other:$tag" || fail "pushing the image as its referrers"
run ctnr-fetch --referrers "docker://$registry/other:1"
is_status 0 "... or a manifest"
is_stdout "" "... which is no list either"
run ctnr-fetch --referrers "docker://$registry/app:nosuch"
is_status 3 "a tag that is not there is not found"

# referrers OPTIONS...: of a registry that has the API.
referrers() {
	hostile_start "$CTNR_TEST_TMP/small" --referrers "$@"
	run ctnr-fetch --referrers --artifact-type application/x-bill "docker://$hostile/x@$digest"
}
referrers --filter
is "$(digests)" "$bill " "a registry with the API is asked for the type"
is "$(cut -d ' ' -f 2 "$hostile_log" | tail -n 1)" \
	"/v2/x/referrers/$digest?artifactType=application%2Fx-bill" "... by one request"
referrers
is "$(digests)" "$bill " "one that does not filter is filtered here"
referrers --page 1
is "$(digests)" "$bill " "pages are read to the last"
is "$(grep -c referrers/ "$hostile_log")" 2 "... each"
is "$(jq -c .descriptor.annotations "$stdout_file")" '{}' "annotations are kept"
referrers --page 1 --fault loop
is_status 4 "pages that lead back are refused"
like_stderr "*referrers of '$digest': *leads back*" "... by name"
hostile_start "$CTNR_TEST_TMP/small" --referrers
other=$hostile
other_log=$hostile_log
referrers --page 1 --fault other --elsewhere "http://$other"
is_status 4 "... and such as lead to another server"
is "$(cat "$other_log")" "" "... which is asked nothing"
run ctnr-fetch --referrers oci:small:1
is "$(digests)" "$signature $bill " "in a layout they are entries of index.json"
done_testing
