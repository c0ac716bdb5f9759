#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/registry.sh"
. "$test_lib/hostile.sh"
needs PEER:docker-registry PEER:skopeo PEER:jq

echo 'file a data=x' | layout many --ref 1 --index --platform linux/amd64 >/dev/null
echo 'file a data=y' | layout many --ref 1 --index --platform linux/arm64/v8 >/dev/null
index=$(jq -r '.manifests[0].digest' many/index.json)
arm=$(jq -r '.manifests[1].digest' "many/blobs/sha256/${index#*:}")
refer() {
	"$test_lib/make-referrer.py" "$@"
}
of_index=$(refer --type application/x-signature --data 1 many "$index")
of_arm=$(refer --type application/x-bill --data 2 many "$arm")
of_referrer=$(refer --type application/x-signature --data 3 many "$of_arm")
echo 'file a data=z' | layout many --ref 2 >/dev/null
stranger=$(refer --type application/x-signature --data 4 many "$(jq -r '.manifests[-1].digest' many/index.json)")

# listed NAME: what refers to what NAME@DIGEST means, by the registry's API or the tag.
listed() {
	ctnr-fetch --referrers "docker://$1" 2>/dev/null | jq -r .descriptor.digest | sort | paste -sd ' ' -
}
put_order() {
	grep -a -- '- - .* "PUT /v2/[^ ]*/manifests/' "$registry_dir/log" | sed 's|.*/manifests/\([^ ]*\) .*|\1|'
}

registry_start
run ctnr-push oci:many:1 "docker://$registry/plain:1"
is_status 0 "an image is pushed without what refers to it"
is "$(listed "$registry/plain@$index")" "" "... which the registry does not have then"
: >"$registry_dir/log"
run ctnr-push --referrers oci:many:1 "docker://$registry/all:1"
is_status 0 "--referrers pushes it too"
is_stderr "" "... silently"
is "$(jq -r .descriptor.digest "$stdout_file")" "$index" "... the record is that of the image"
is "$(listed "$registry/all@$index")" "$of_index" "... the index's"
is "$(listed "$registry/all@$arm")" "$of_arm" "... that of an image in it"
is "$(listed "$registry/all@$of_arm")" "$of_referrer" "... and that of such a one"
is "$(put_order | tail -n 1)" 1 "the name comes last"
is "$(put_order | grep -c "^sha256-")" 3 "a registry without the API gets lists as tags"
is "$(put_order | grep -c "$stranger")" 0 "what refers to something else stays here"
run ctnr-push --referrers oci:many:1 "docker://$registry/all:1"
is "$(listed "$registry/all@$index")" "$of_index" "a second time adds nothing"
more=$(refer --type application/x-signature --data 5 many "$index")
run ctnr-push --referrers oci:many:1 "docker://$registry/all:1"
is "$(listed "$registry/all@$index")" "$(printf '%s\n' "$of_index" "$more" | sort | paste -sd ' ' -)" \
	"one that has come since is added to the list"

# From registry to registry, by the store.
ctnr-fetch --all-platforms --with-referrers --tag copy:1 "docker://$registry/all:1" >/dev/null
run ctnr-push --referrers copy:1 "docker://$registry/again:1"
is "$(listed "$registry/again@$arm")" "$of_arm" "what was fetched with an image is pushed with it"
run ctnr-push --referrers copy:1 oci:out:1
is_status 0 "they are copied to a layout"
is "$(jq -r --arg d "$of_arm" '.manifests[] | select(.digest == $d) | .annotations["org.ctnr.subject"]' out/index.json)" \
	"$arm" "... and stand there with their subject"
is "$(jq '.manifests | length' out/index.json)" 5 "... all of them"
run ctnr-push --referrers --format docker copy:1 "docker://$registry/converted:1"
is_status 0 "an image that is converted is pushed without them"
like_stderr "*warning:*converted*" "... with a warning"
run ctnr-push --referrers --platform linux/amd64 copy:1 "docker://$registry/one:1"
is "$status $(listed "$registry/one:1")" "0 " "of one image its own are pushed"
run ctnr-push --referrers --platform linux/arm64/v8 copy:1 "docker://$registry/one:2"
is "$status $(listed "$registry/one:2")" "0 $of_arm" "... if it has any"
done_testing
