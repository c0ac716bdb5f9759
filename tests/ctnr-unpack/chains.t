#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The list of an image's layers in the cache is derived: damaged, it is as good as absent.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
needs USERNS

store=${CTNR_STORE:-$HOME/.local/share/ctnr}
ctnr-fetch -t box "oci:$(busybox_layout)" >/dev/null
ctnr-unpack -b first box >/dev/null
layers=$(readlink "$store"/bundles/first/lower/*)
list=$(find "$store/cache/chains" -type f)
cp "$list" good
ok "the layers of an image are listed in the cache" test -s good
size=$(wc -c <good)

# damaged NAME WHAT: with the file list in its place the list makes no other bundle, and is replaced.
damaged() {
	cp list "$list"
	run ctnr-unpack -b "$1" box
	is_status 0 "with a list of $2 a bundle is made"
	is "$(readlink "$store/bundles/$1"/lower/*)" "$layers" "... of the image's layers"
	ok "... and the list is a good one again" cmp -s "$list" good
}

echo sha256:0 >list
damaged text "other text"
awk '{ for (i = 0; i < 500; i++) print }' good >list
damaged many "500 layers"
{ cat good && printf '%1000s' '' | tr ' ' '\n'; } >list
damaged blank "a thousand blank lines"
# What a power cut leaves of a file that nobody synced.
: >list
damaged empty "no bytes"
head -c "$size" /dev/zero >list
damaged zeros "zeros"
head -n 1 good >list
damaged part "a whole line and no end"
{ head -n 1 good | tr -c '' '\000' && tail -n +2 good; } >list
damaged hole "zeros and the rest"

done_testing
