# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# Bundles and configs for the tests of ctnr-spec, made without any other tool of ours. Source it
# behind test.sh and image.sh.
#
# copy_bundle NAME      a copy bundle of busybox_layout in $CTNR_TEST_TMP/NAME; prints its record
# from_config JSON ARG... run the filter over an image config whose "config" member is JSON
# edit ARG...           run the filter --edit - over $stdout, the config of the last run
# query FILTER          jq over the last run's output, compact
# config_of NAME FILTER jq over the bundle's config.json

copy_bundle() {
	bundle_layout=$(busybox_layout) || return 1
	bundle_manifest=$(jq -r '.manifests[0].digest | sub(":"; "/")' "$bundle_layout/index.json")
	bundle_layer=$(jq -r '.layers[0].digest | sub(":"; "/")' \
		"$bundle_layout/blobs/$bundle_manifest")
	mkdir -p "$CTNR_TEST_TMP/$1/rootfs"
	tar -C "$CTNR_TEST_TMP/$1/rootfs" --no-same-owner -xzf "$bundle_layout/blobs/$bundle_layer"
	jq -c --arg bundle "$CTNR_TEST_TMP/$1" --arg id "$1" --arg layout "$bundle_layout" \
		'{bundle: $bundle, id: $id, image: {layout: $layout, ref: "latest",
		  descriptor: (.manifests[0] | del(.annotations))}, rootfs: {path: ($bundle + "/rootfs"), driver: "copy"}}' \
		"$bundle_layout/index.json"
}

from_config() {
	jq -cn "{os: \"linux\", architecture: \"amd64\", config: ($1),
		rootfs: {type: \"layers\", diff_ids: []}}" >"$CTNR_TEST_TMP/image-config.json"
	shift
	run ctnr-spec --image-config "$CTNR_TEST_TMP/image-config.json" "$@"
}

edit() {
	cp "$stdout_file" "$CTNR_TEST_TMP/edited.json"
	run ctnr-spec --edit - "$@" <"$CTNR_TEST_TMP/edited.json"
}

query() {
	jq -c "$1" <"$stdout_file"
}

config_of() {
	jq -c "$2" <"$CTNR_TEST_TMP/$1/config.json"
}
