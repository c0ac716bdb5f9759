#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub root
# differs: layers with files of subordinate IDs are deleted from inside the user namespace
# What becomes of unpacked layers when images and bundles are removed.
. "$(dirname "$0")/../lib/test.sh"
needs USERNS

store=$CTNR_TEST_TMP/shelf
mkdir -m 700 "$store"
export CTNR_STORE="$store"

# image NAME LAYER...: an image of layers, each of one file of that name.
image() {
	image_name=$1
	shift
	for layer; do
		shift
		set -- "$@" "$layer.tar"
		printf 'dir own uid=1000 gid=1000 mode=0700\nfile own/%s uid=1000 data=%s\n' "$layer" "$layer" |
			"$test_lib/make-tar.py" "$layer.tar"
	done
	"$test_lib/make-layout.py" --ref "$image_name" "$store/images" "$@" >/dev/null
}

layers() {
	find "$store/layers" -mindepth 3 -maxdepth 3 2>/dev/null | wc -l
}

image localhost/a:1 base a
image localhost/b:1 base b
ok "an image is unpacked" ctnr-unpack --driver overlay -b a a:1
ok "... and another with the same base" ctnr-unpack --driver overlay -b b b:1
is "$(layers)" 3 "they share the layer"

ok "an image is removed whose bundle stays" ctnr-store image rm a:1
is "$(layers)" 3 "... its layers stay with it"
ok "... until the bundle goes" ctnr-store bundle rm a
image localhost/a:1 base a
ok "the image comes again and goes" ctnr-store image rm a:1
is "$(layers)" 2 "... and the layer that only it had goes with it"

image localhost/a:1 base a
ok "the image comes again and is unpacked" ctnr-unpack --driver overlay -b a a:1
ok "the bundle is removed first" ctnr-store bundle rm a
is "$(layers)" 3 "... the layers stay for the next one"
ok "... then the image" ctnr-store image rm a:1
is "$(layers)" 2 "... with the layer that only it had"
ok "all is removed" ctnr-store bundle rm b
ok "... by its names" ctnr-store image rm b:1
is "$(layers)" 0 "... no layer is left"
is "$(find "$store/trash" -mindepth 1 | wc -l)" 0 "... nor anything in the trash"
is "$(find "$store/cache/chains" -type f | wc -l)" 0 "... nor in the cache"
done_testing
