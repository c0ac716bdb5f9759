#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What is asked of the content that a registry gives. (What it may do wrong: hostile.t.)
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/hostile.sh"

small_layout

hostile_start "$CTNR_TEST_TMP/small" --fault case
run ctnr-fetch --layout case "docker://$hostile/x:1"
is_status 0 "the case of a Content-Type means nothing"
is "$(jq -r .manifests[0].mediaType case/index.json)" application/vnd.oci.image.manifest.v1+json \
	"... and the layout has it as it is written"
hostile_stop
digest=$(jq -r '.manifests[0].digest' small/index.json)
hostile_start "$CTNR_TEST_TMP/small" --fault other
run ctnr-fetch --layout other "docker://$hostile/x@$digest"
is_status 4 "another manifest than the one asked for by digest is refused"
hostile_stop

for text in 'sha256:../../x' sha256:abc "sha256:$(printf '%064d' 0 | tr 0 A)" md5:d41d8cd98f00b204e9800998ecf8427e; do
	run ctnr-fetch --layout none "docker://127.0.0.1:1/x@$text"
	is_status 2 "a digest outside the grammar is a usage mistake ($text)"
done
fails "... and nothing was made" test -e none

# many_values LAYOUT FILTER: small whose manifest is what jq makes of it.
many_values() {
	cp -r small "$1"
	jq -c "$2" "small/blobs/sha256/${digest#sha256:}" >"$1/new"
	many_digest=$(sha256sum <"$1/new" | cut -d ' ' -f 1)
	jq -c --arg d "sha256:$many_digest" --argjson s "$(wc -c <"$1/new")" \
		'.manifests[0].digest = $d | .manifests[0].size = $s' small/index.json >"$1/index.json"
	mv "$1/new" "$1/blobs/sha256/$many_digest"
}

# Parsed, each of them takes twenty times the memory of its bytes and more.
many_values many '.x = [range(300000) | 1]'
hostile_start many
for option in '' --all-platforms --inspect; do
	# shellcheck disable=SC2086 # no option is no word
	run ctnr-fetch ${option:---layout many-out} ${option:+--store "$CTNR_TEST_TMP/store"} "docker://$hostile/x:1"
	is_status 4 "a manifest of more values than any image has is refused ${option:-for one platform}"
	like_stderr "*manifest: more than 250000 values*" "... and that is told"
done
many_values some '.x = [range(100000) | 1]'
hostile_start some
run ctnr-fetch --layout some-out "docker://$hostile/x:1"
is_status 0 "... and one of many is not"
done_testing
