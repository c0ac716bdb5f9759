#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Answers that are odd around what they carry. (What they carry: content.t.)
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/hostile.sh"

small_layout

# refused STATUS PATTERN TITLE FAULT
refused() {
	hostile_start "$CTNR_TEST_TMP/small" --fault "$4"
	run timeout 20 ctnr-fetch --layout refused --retries 0 "docker://$hostile/x:1"
	is_status "$1" "$3"
	like_stderr "$2" "... and says so"
	hostile_stop
}

refused 1 "*manifest: *" "a content coding that was not asked for is not undone" gzip
refused 4 "*larger than*" "a transfer coding that expands is limited like the rest" bomb
refused 1 "*HTTP/0.9*" "an answer without headers is refused" ancient
refused 5 "*HTTP status 429*" "a registry that wants to be left alone is" patient

for fault in nodigest junkdigest; do
	hostile_start "$CTNR_TEST_TMP/small" --fault "$fault"
	run ctnr-fetch --layout "$fault" "docker://$hostile/x:1"
	is_status 0 "a Docker-Content-Digest that is none announces nothing ($fault)"
	hostile_stop
done
done_testing
