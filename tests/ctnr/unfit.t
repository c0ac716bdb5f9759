#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# An image that is in the store and does not fit is not "not in the store": the name of something local
# is not sent to a registry, where a stranger may own it. The registry here has images of all these names.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/registry.sh"

needs USERNS PEER:docker-registry PEER:skopeo

registry_start || exit
store=${CTNR_STORE:-$HOME/.local/share/ctnr}
cp -R "$(busybox_layout)" box
for name in single multi blob config layer; do
	registry_push box:latest "$name:1" >/dev/null 2>&1 || exit
done

# in_store NAME OPTION...: an image of the store that was never fetched.
in_store() {
	name=$1
	shift
	printf 'file etc/hello mode=644 data=hi\n' | python3 "$test_lib/make-tar.py" - >layer.tar
	python3 "$test_lib/make-layout.py" --ref "$registry/$name:1" "$@" "$store/images" layer.tar
}
ctnr pull oci:box:latest >/dev/null
in_store single --platform linux/s390x >/dev/null
in_store multi --index --platform linux/s390x >/dev/null
in_store multi --index --platform linux/ppc64le >/dev/null
in_store blob >blob.json
in_store config --config '{"config":{"Cmd":["x"]}}' >config.json
in_store layer --config '{"config":{"Cmd":["y"]}}' >layer.json

blob_of() {
	printf '%s/images/blobs/%s' "$store" "$(printf %s "$1" | tr : /)"
}
manifest=$(blob_of "$(jq -r .descriptor.digest layer.json)")
rm "$(blob_of "$(jq -r '.layers[0].digest' "$manifest")")"
manifest=$(blob_of "$(jq -r .descriptor.digest config.json)")
rm "$(blob_of "$(jq -r .config.digest "$manifest")")"
rm "$(blob_of "$(jq -r .descriptor.digest blob.json)")"

asked() {
	grep -c . "$registry_dir/log"
}

# unfit NAME WHY OPTION...: it is told, and the registry is not asked.
unfit() {
	name=$registry/$1:1
	why=$2
	shift 2
	before=$(asked)
	run ctnr run --rm "$@" "$name" true
	is_status 125 "$name does not run: $why"
	like_stderr "ctnr run: error: *$why*hint: *" "... which is told, with a hint"
	unlike_stderr "*not in the store*" "... and not that it is missing"
	is "$(asked)" "$before" "... and the registry was not asked"
}
unfit single "it is for linux/s390x, not for linux/amd64" --platform linux/amd64
like_stderr "*'ctnr pull --platform linux/amd64 $registry/single:1' gets the other one" "... that can be followed as it is"
unfit multi "no image for *there is linux/s390x, linux/ppc64le"
unfit blob "blob sha256:*is not in *"
unfit config "blob sha256:*is not in *"
unfit layer "blob sha256:*is not in *"

ctnr pull --tag made oci:box:latest >/dev/null
run ctnr run --rm --platform linux/s390x made true
is_stderr "ctnr run: error: image 'made': it is for linux/amd64, not for linux/s390x" \
	"what no registry has is not to be pulled"

run ctnr inspect "$registry/config:1"
is_status 1 "inspect of an image without its config fails"
like_stderr "ctnr inspect: error: image '$registry/config:1': *blob *" "... and does not say that there is none"

run ctnr run --rm --pull always "$registry/single:1" echo pulled
is "$status $stdout" "0 pulled" "--pull always gets what fits"
run ctnr run --rm "$registry/none:1" true
like_stderr "*no image '$registry/none:1' is in the store*" "what is not in the store is asked for"

done_testing
