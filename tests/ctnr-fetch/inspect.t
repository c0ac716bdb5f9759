#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/registry.sh"
. "$test_lib/hostile.sh"
needs PEER:docker-registry PEER:skopeo

echo 'file a data=x' | layout many --ref 1 --index --platform linux/amd64 >/dev/null
echo 'file a data=y' | layout many --ref 1 --index --platform linux/arm64/v8 \
	--config '{"config": {"Cmd": ["arm"]}}' >/dev/null
echo 'file a data=x' | layout one --ref 1 --docker --platform linux/s390x >/dev/null
registry_start
registry_push "$CTNR_TEST_TMP/many:1" app:1 || fail "pushing an index"
registry_push "$CTNR_TEST_TMP/many:1" app:docker --format v2s2 || fail "pushing a list of Docker's"
index=$(jq -r '.manifests[0].digest' many/index.json)
skopeo_inspect() {
	skopeo inspect --tls-verify=false "$@"
}

run ctnr-fetch --inspect --platform linux/arm64 "docker://$registry/app:1"
is_status 0 "an image is looked at in its registry"
is_stderr "" "... silently"
is "$(wc -l <"$stdout_file")" 1 "... and is one object in one line"
is "$(jq -r .reference "$stdout_file")" "$registry/app:1" "... with its whole reference"
is "$(jq -r .digest "$stdout_file")" "$index" "... the digest of what the registry gave"
is "$(jq -c .platforms "$stdout_file")" '["linux/amd64","linux/arm64/v8"]' "... the platforms there are"
is "$(jq -c .manifest "$stdout_file")" \
	"$(jq -c . "many/blobs/sha256/$(jq -r '.descriptor.digest[7:]' "$stdout_file")")" \
	"... the manifest for the platform"
is "$(jq -c .config.config.Cmd "$stdout_file")" '["arm"]' "... the config"
is "$(jq -Sc .config "$stdout_file")" "$(skopeo_inspect --override-arch arm64 --override-variant v8 --config \
	"docker://$registry/app:1" | jq -Sc .)" "... which is skopeo's"
is "$(jq .sizes.layers "$stdout_file")" "$(jq '[.manifest.layers[].size] | add' "$stdout_file")" \
	"... and the sizes"
is "$(jq '.sizes | .total == .manifest + .config + .layers' "$stdout_file")" true "... which add up"
fails "... and no store was made" test -e "$HOME/.local/share/ctnr"
layers=$(jq -r '.manifest.layers[0].digest' "$stdout_file")
is "$(grep -c "blobs/$layers.*http.request.method\":\"GET" "$registry_dir/log")" 0 "no layer is fetched"
run ctnr-fetch --inspect --all-platforms "docker://$registry/app:1"
is "$(jq -c .index "$stdout_file")" "$(skopeo_inspect --raw "docker://$registry/app:1" | jq -c .)" \
	"for all platforms the index is shown"
is "$(jq 'has("manifest")' "$stdout_file")" false "... and no manifest"
run ctnr-fetch --inspect --platform linux/riscv64 "docker://$registry/app:1"
is_status 3 "a platform that is not there is not found"
like_stderr "*there is linux/amd64, linux/arm64/v8*" "... and the message has those that are"

for tag in 1 docker; do
	ctnr-fetch --inspect --raw "docker://$registry/app:$tag" >raw
	skopeo_inspect --raw "docker://$registry/app:$tag" >wanted
	is_file raw wanted "--raw prints the bytes that the registry gave, of app:$tag too"
done
run ctnr-fetch --inspect --raw --platform linux/arm64 "docker://$registry/app:1"
is "sha256:$(sha256sum <"$stdout_file" | cut -d ' ' -f 1)" "$(jq -r '.manifests[1].digest' \
	"many/blobs/sha256/${index#*:}")" "... with a platform the bytes of its manifest"
run ctnr-fetch --inspect --raw "docker://$registry/app:nosuch"
is_status 3 "a tag that is not there is not found"
is_stdout "" "... and nothing is printed"

run ctnr-fetch --inspect oci:one:1
is_status 0 "an image in a layout is looked at"
is "$(jq -c .platforms "$stdout_file")" '["linux/s390x"]' "... and its platform is the config's"
ctnr-fetch --inspect --raw oci:one:1 >raw
is_file raw "one/blobs/sha256/$(jq -r '.digest[7:]' "$stdout_file")" "... and --raw prints its bytes"
small_layout
for fault in flip:4 missing:3; do
	hostile_start "$CTNR_TEST_TMP/small" --fault "${fault%:*}"
	run ctnr-fetch --inspect "docker://$hostile/x:1"
	is_status "${fault#*:}" "a config that is ${fault%:*} ends with that status"
	is_stdout "" "... and nothing is printed"
done
unlike_stderr "*$(printf '\033')*" "... what the registry says is escaped"
hostile_start "$CTNR_TEST_TMP/small" --fault other
run ctnr-fetch --inspect --raw "docker://$hostile/x@$(jq -r '.manifests[0].digest' small/index.json)"
is_status 4 "bytes that do not have the digest are not printed"
is_stdout "" "... at all"
done_testing
