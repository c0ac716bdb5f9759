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
done_testing
