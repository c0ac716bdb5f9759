#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/registry.sh"
. "$test_lib/hostile.sh"
needs PEER:docker-registry PEER:skopeo PEER:openssl

small_layout
registry_start
digest=$(jq -r '.manifests[0].digest' small/index.json)
for name in signed unsigned; do
	registry_push "$CTNR_TEST_TMP/small:1" "$name:1" || fail "pushing an image"
	run ctnr-fetch --policy insecure "docker://$registry/$name:1"
	is_status 0 "an image is in the store"
done
run ctnr-fetch --policy insecure --tag made oci:small:1
is_status 0 "... and one that has no registry"
openssl ecparam -name prime256v1 -genkey -noout -out key.pem 2>/dev/null
openssl pkey -in key.pem -pubout -out key.pub 2>/dev/null
mkdir d
printf 'default-docker:\n  use-sigstore-attachments: true\n' >d/all.yaml

refused() {
	jq -r 'select(.kind == "policy") | "\(.name): \(.problem)"' "$stdout_file"
}
run ctnr-store check --quick
is_status 0 "no policy is asked that nobody names"
run ctnr-store check --quick --json --policy insecure
is_status 0 "a policy that lets all images in finds nothing"
is "$(refused)" "" "... to say"
printf '{"default":[{"type":"reject"}],"transports":{"docker":{"%s/signed":[{"type":"insecureAcceptAnything"}],"localhost":[{"type":"insecureAcceptAnything"}]}}}' \
	"$registry" >strict.json
run ctnr-store check --quick --json --policy strict.json
is_status 4 "a stricter one finds what it would not let in"
is "$(refused)" "$registry/unsigned:1: refused by strict.json:1: the default of all: requirement 1 (reject, line 1): it refuses every image" \
	"... by name, with the rule"
run ctnr-store check --quick --policy strict.json "$registry/signed:1"
is_status 0 "... of the images that are named"
run ctnr-store check --quick --repair --policy strict.json
is_status 4 "a repair does not mend that"
run ctnr-store image show "$registry/unsigned:1"
is_status 0 "... and removes no image"

printf '{"default":[{"type":"insecureAcceptAnything"}],"transports":{"docker":{"%s":[{"type":"sigstoreSigned","keyPath":"%s/key.pub","signedIdentity":{"type":"matchRepository"}}]}}}' \
	"$registry" "$(pwd)" >signed.json
run ctnr-store check --quick --json --policy signed.json --registries-d d
is_status 4 "images that were fetched without signatures are not let in by a policy that wants some"
is "$(refused | wc -l)" 2 "... none of them"
"$test_lib/sign-image.py" cosign "$registry/signed" "$digest" key.pem "$registry/signed"
run ctnr-store check --quick --json --policy signed.json --registries-d d
is "$(refused | cut -d: -f1-3)" "$registry/unsigned:1" "a signature that was made later counts"
registry_stop
run ctnr-store check --quick --json --policy signed.json --registries-d d
is "$(refused | wc -l)" 2 "without its registry no image is let in"
like "$(refused)" "*held up by signed.json:1: *cannot look for signatures: *" "... and the reason is told"

echo '{' >wrong.json
run ctnr-store check --quick --policy wrong.json
is_status 1 "a policy that is wrong is a failure"
like_stderr "ctnr-store: error: *wrong.json*" "... and named"
run ctnr-store check --quick --registries-d d
is_status 2 "--registries-d is for --policy"

done_testing
