#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Registries that break off, are busy or silent: what is asked again, and from where on.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/hostile.sh"

small_layout

# holds_image LAYOUT TITLE: all blobs of the image are there.
holds_image() {
	is "$(cd "$1" && find blobs -type f ! -name .lock | sort | xargs sha256sum)" \
		"$(cd small && find blobs -type f | sort | xargs sha256sum)" "$2"
}

hostile_start "$CTNR_TEST_TMP/small" --fault truncate --times 1
run ctnr-fetch --jobs 1 --layout resumed "docker://$hostile/x:1"
is_status 0 "a blob that broke off is continued"
ok "... from where it broke off" grep -q '/blobs/.* range$' "$hostile_log"
holds_image resumed "... and is whole"
hostile_stop
hostile_start "$CTNR_TEST_TMP/small" --fault truncate --times 1 --no-range
run ctnr-fetch --jobs 1 --layout resumed2 "docker://$hostile/x:1"
is_status 0 "... also when the server sends all of it again"
holds_image resumed2 "... and is whole"
hostile_stop
for ranges in closed never early late bare; do
	hostile_start "$CTNR_TEST_TMP/small" --fault truncate --times 1 --ranges "$ranges"
	run ctnr-fetch --jobs 1 --layout "ranges-$ranges" "docker://$hostile/x:1"
	is_status 0 "... also when a range is not worth much ($ranges)"
	ok "... which was asked for" grep -q '/blobs/.* range$' "$hostile_log"
	holds_image "ranges-$ranges" "... and is whole"
	hostile_stop
done
hostile_start "$CTNR_TEST_TMP/small" --fault unended --times 1
run ctnr-fetch --jobs 1 --layout resumed3 "docker://$hostile/x:1"
is_status 0 "... also when only its end was missing"
holds_image resumed3 "... and is whole"
hostile_stop
for fault in busy many; do
	hostile_start "$CTNR_TEST_TMP/small" --fault "$fault" --times 2
	run ctnr-fetch --layout "$fault" "docker://$hostile/x:1"
	is_status 0 "a registry that is busy is asked again ($fault)"
	holds_image "$fault" "... and gives the image"
	hostile_stop
done
hostile_start "$CTNR_TEST_TMP/small" --fault busy
run ctnr-fetch --layout busy2 --retries 2 "docker://$hostile/x:1"
is_status 5 "... but not for ever"
is "$(grep -c /manifests/ "$hostile_log")" 3 "... as often as --retries says"
hostile_stop
hostile_start "$CTNR_TEST_TMP/small" --fault hang
run timeout 30 ctnr-fetch --layout hang --timeout 1 --retries 0 "docker://$hostile/x:1"
is_status 5 "a registry that never answers is given up after --timeout"
hostile_stop
hostile_start "$CTNR_TEST_TMP/small" --fault limited
run ctnr-fetch --layout limited --retries 0 "docker://$hostile/x:1"
is_status 5 "a registry that limits requests is a temporary failure"
like_stderr "*hint: wait, or log in*" "... that a login may help"
done_testing
