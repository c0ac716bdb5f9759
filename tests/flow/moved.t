#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A store can be moved with all that is in it.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
needs USERNS

layout=$(busybox_layout)
CTNR_STORE=$CTNR_TEST_TMP/former
export CTNR_STORE
ctnr-fetch -t bb "oci:$layout:latest" >/dev/null

# make NAME OPTION...: a container that has written something, and stays
make() {
	name=$1
	shift
	record=$(ctnr-unpack -b "$name" "$@" bb)
	# shellcheck disable=SC2016 # the container's shell has these
	ctnr-spec "$record" -v data:/data -v /own -- sh -c '
		[ ! -e /mine ] || { read -r first </etc/hosts && cat /mine /data/common /own/mine; }
		echo "of $(hostname)" >/mine; echo of all >/data/common; echo own >/own/mine' >/dev/null
	ctnr-exec run "$name"
}
make web --driver overlay
make plain --driver copy
make old --driver overlay
make ./outside --driver overlay
run ctnr-exec run web
is_stdout "$(printf 'of web\nof all\nown')" "a container that stays is run again"

# As links were written before, and the record and config with them.
oldlinks() {
	for link in "$CTNR_STORE/bundles/old/lower/"*; do
		ln -sfn "$CTNR_STORE/$(readlink "$link" | sed 's|^\(\.\./\)*||')" "$link"
	done
}
oldlinks
run ctnr-exec run old
is_stdout "$(printf 'of old\nof all\nown')" "... also with links that are absolute"
is "$(readlink "$CTNR_STORE/bundles/old/lower/0" | cut -c 1)" / "... which they are"

mkdir -p other/place
mv former other/place/present
export CTNR_STORE="$PWD/other/place/present"
for name in web plain; do
	run ctnr-exec run "$name"
	is_stdout "$(printf 'of %s\nof all\nown' $name)" "$name: in the place that its store was moved to it runs"
	run ctnr-store bundle show "$name"
	is "$(printf '%s' "$stdout" | jq -r '.bundle, .image.layout')" \
		"$(printf '%s\n' "$CTNR_STORE/bundles/$name" "$CTNR_STORE/images")" "... and is shown there"
	is "$(jq -r .image.layout "$CTNR_STORE/bundles/$name/record.json")" "$CTNR_TEST_TMP/former/images" \
		"... whatever its record says"
done
run ctnr-spec web -- cat /mine
is_status 0 "a container of a moved store gets another command"
run ctnr-exec run web
is_stdout "of web" "... and has what it wrote"

run ctnr-exec run old
is_status 125 "absolute links lead to where the store was"
run ctnr-unpack --update -b old bb
is_status 0 "... until an update of the bundle"
run ctnr-spec old -- cat /mine
run ctnr-exec run old
is_stdout "of old" "... repairs them, and keeps what the container wrote"
run ctnr-exec run ./outside
is_status 125 "and so do those of a bundle outside of the store"
is "$(readlink "$CTNR_STORE/bundles/outside")" "$CTNR_TEST_TMP/outside" "... which is registered still"
run ctnr-unpack --update -b ./outside bb
is_status 0 "... until an update of the bundle"
run ctnr-spec ./outside -- cat /mine
run ctnr-exec run ./outside
is_stdout "of outside" "... repairs them too"

# Another path to the same store is another name for it.
mkdir mounted
run in_namespace sh -euc 'mount --bind "$CTNR_STORE" mounted
	ctnr-store --store "$PWD/mounted" image rm bb'
is_status 0 "an image is removed in a store that is mounted elsewhere"
run ctnr-exec run web
is_stdout "of web" "... and the layers of its containers stay"
run ctnr-unpack -b again "$(jq -c .image "$CTNR_STORE/bundles/old/record.json")"
is_status 0 "... and its blobs"
ok "containers of a moved store are removed" ctnr-store bundle rm again web plain old outside
fails "... also one outside of it" test -e outside
done_testing
