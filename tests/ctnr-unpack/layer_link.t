#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The links of overlay bundles are names of one symlink a layer (libcommon/store/bundle_stack.h).
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/unpack.sh"
needs USERNS

make_image three <<'END'
file a data=a
---
file b data=b
---
file c data=c
END
store=$HOME/.local/share/ctnr

# bundle NAME: a bundle of the image
bundle() {
	ctnr-unpack --driver overlay -b "$1" "oci:$CTNR_TEST_TMP/three:latest" >/dev/null
}

# inodes NAME: those of the links of a bundle in the store
inodes() {
	stat -c %i "$store/bundles/$1/lower/"[0-9]*
}

# targets NAME: what they say
targets() {
	for target in "$store/bundles/$1/lower/"[0-9]*; do
		readlink "$target"
	done
}

bundle first
is "$(targets first | wc -l)" 3 "a bundle has a link to each layer"
like "$(targets first)" "../../../layers/*/sha256/*/diff*" "... which is relative"
bundle second
is "$(inodes second)" "$(inodes first)" "those of the next bundle are other names of the same symlinks"
is "$(stat -c %h "$store/bundles/second/lower/0")" 3 "... of which the layer has one"
far=/dev/shm
if [ -w "$far" ] && [ "$(stat -c %d "$far")" != "$(stat -c %d "$store")" ]; then
	far=$(mktemp -d "$far/ctnr-test.XXXXXX")
	ctnr-unpack --driver overlay -b "$far/b" "oci:$CTNR_TEST_TMP/three:latest" >/dev/null
	is "$(cd "$far/b/lower" && readlink 0 1 2)" "$(targets first | sed "s|^../../..|$store|")" \
		"a bundle on another filesystem has symlinks of its own, which are absolute"
	rm -rf "$far"
	bundle near
	is "$(inodes near)" "$(inodes first)" "... and takes none from the others"
	ctnr-store bundle rm near
fi
for link in "$store"/layers/*/sha256/*/link; do
	ln -sfn /elsewhere "$link"
done
bundle third
is "$(targets third)" "$(targets first)" "a symlink to another place is not taken"
bundle fourth
is "$(inodes fourth)" "$(inodes third)" "... but replaced"
for link in "$store"/layers/*/sha256/*/link; do
	rm "$link"
	mkdir "$link"
done
bundle fifth
is "$(targets fifth)" "$(targets first)" "what is no symlink there hinders nobody"
bundle sixth
isnt "$(inodes sixth)" "$(inodes fifth)" "... and each bundle has symlinks of its own"
ok "bundles go" ctnr-store bundle rm first second third fourth fifth sixth
is "$(find "$store/layers" -path '*/diff/[abc]' | wc -l)" 3 "... and leave the layers"
done_testing
