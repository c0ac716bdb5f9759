#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/registry.sh"

needs PEER:docker-registry PEER:skopeo PEER:jq
registry_start
printf 'file etc/one data=1\n' | layout small --ref 1 >/dev/null
printf 'file etc/two data=2\n' | layout other --ref 1 >/dev/null
ctnr-fetch --tag "$registry/ns/app:1" oci:small:1 >/dev/null
digest=$(jq -r '.manifests[0].digest' small/index.json)

run ctnr-push "$registry/ns/app:1"
is_status 0 "an image is pushed to where its name says"
is "$(jq -c 'keys' "$stdout_file")" '["descriptor","ref"]' \
	"... its record there has no layout"
is "$(jq -r .ref "$stdout_file")" "$registry/ns/app:1" "... but its name"
is "$(jq -r .descriptor.digest "$stdout_file")" "$digest" "... and its digest, the same as here"
is "$(jq -r .descriptor.platform.os "$stdout_file")" linux "... and its platform"
is_stderr "" "... and nothing else is said"
run skopeo inspect --tls-verify=false --format '{{.Digest}}' "docker://$registry/ns/app:1"
is_stdout "$digest" "skopeo finds it"
run ctnr-fetch --layout back --tag x "docker://$registry/ns/app:1"
is "$(jq -r .descriptor.digest "$stdout_file")" "$digest" "ctnr-fetch gets the same digest"
done_testing
