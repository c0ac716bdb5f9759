#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# timeout: 60 each image is run, copied whole, and judged by skopeo
#
# Images that are odd and clear run; what is no image is named.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
needs USERNS PEER:skopeo

image_busybox_entries "$(command -v busybox)" | python3 "$test_lib/make-tar.py" layer.tar
architecture=$(ctnr-fetch "oci:$(busybox_layout)" | jq -r .descriptor.platform.architecture)
python3 "$test_lib/../flow/odd-image.py" odd layer.tar "$architecture"

# image REF copied|refused OUTPUT-OR-ERROR: what skopeo does with it, and what running it says.
image() {
	# A store of its own, so that the layer is not there already.
	run ctnr --store "$CTNR_TEST_TMP/stores/$1" run --rm "oci:$CTNR_TEST_TMP/odd:$1"
	case $3 in
	ok*) is_stdout "$3" "$1: it runs" ;;
	*)
		is_status 125 "$1: it is refused"
		like_stderr "*$3*" "... by its name"
		;;
	esac
	rm -rf copy
	if [ "$2" = copied ]; then
		ok "... and skopeo copies it" skopeo copy -q "oci:odd:$1" oci:copy:x
	else
		fails "... and skopeo does not copy it" skopeo copy -q "oci:odd:$1" oci:copy:x
	fi
	case $1 in
	config-* | index-*)
		run ctnr-fetch --all-platforms --layout all "oci:odd:$1"
		is_status 0 "... and it is copied whole"
		;;
	esac
}

while read -r ref peer said; do
	[ -z "$ref" ] || image "$ref" "$peer" "$said"
done <<'END'
user-none		copied	ok 0:0 /
user-numbers		copied	ok 0:0 /
user-group		copied	ok 0:5 /
user-user		copied	ok 5:0 /
user-colon		copied	ok 5:0 /
workdir-relative	copied	ok 0:0 /x/y
entrypoint-empty	copied	ok 0:0 /
env-twice		copied	ok 0:0 /
nulls			copied	ok 0:0 /
config-null		copied	no command given
ports-odd		copied	ok 0:0 /
labels-odd		copied	ok 0:0 /
config-octets		copied	ok 0:0 /
config-json		copied	ok 0:0 /
config-none		copied	ok 0:0 /
config-absent		copied	ok 0:0 /
config-helm		copied	no image but a Helm chart: its config is 'application/vnd.cncf.helm.config.v1+json'
config-empty		copied	no image but an artifact

layer-none		copied	ok 0:0 /
layer-absent		copied	ok 0:0 /
layer-octets		copied	ok 0:0 /
layer-docker		copied	ok 0:0 /
layer-foreign		copied	ok 0:0 /
layer-nondistributable	copied	ok 0:0 /
layer-plain		copied	ok 0:0 /
layer-zstd		copied	ok 0:0 /
layer-encrypted		copied	ok 0:0 /
layer-other		copied	ok 0:0 /
layer-secret		copied	hint: it is encrypted ('application/vnd.oci.image.layer.v1.tar+gzip+encrypted')
layer-missing		copied	1 diff IDs, but the manifest has 0 layers

index-mixed		copied	ok 0:0 /
index-others		refused	no image for linux/
index-future		refused	ok 0:0 /
index-futures		refused	no image for linux/
index-unstated		refused	ok 0:0 /
index-null		copied	ok 0:0 /
index-variant		copied	ok 0:0 /
index-capitals		refused	ok 0:0 /
index-untyped		copied	ok 0:0 /
index-empty-type	copied	ok 0:0 /
index-empty		refused	no image for linux/
manifest-untyped	copied	ok 0:0 /
manifest-empty-type	copied	ok 0:0 /
manifest-subject	copied	ok 0:0 /
END
run ctnr-fetch --all-platforms --layout all oci:odd:index-mixed
like_stderr "*warning: index sha256:*: 2 of its entries are of types or have digests that are not known, leaving them out*" \
	"what is left out of a copy is said"
run ctnr-fetch --layout odd --tag other oci:odd:user-none
is_status 0 "an index.json with odd entries is written"
is "$(jq -r '.manifests[] | select(.digest | startswith("blake3:")) | .size' odd/index.json | wc -l)" 1 \
	"... and keeps one whose digest is of an unknown algorithm"
is "$(jq '[.manifests[] | select(.mediaType != "application/vnd.oci.image.manifest.v1+json" and
	.mediaType != "application/vnd.oci.image.index.v1+json")] | length' odd/index.json)" 2 \
	"... and keeps them"
done_testing
