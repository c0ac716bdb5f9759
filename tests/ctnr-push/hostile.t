#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# An image goes to registries that do each thing wrong while they take it: it is there whole under its name, or
# nothing is under the name and one message says why. (Blob by blob, and more of it: hostile-upload.t.)
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/hostile.sh"

needs PEER:jq
small_layout
pushed=$CTNR_TEST_TMP/pushed
mkdir "$pushed"
ctnr-fetch --tag small:1 "oci:$CTNR_TEST_TMP/small:1" >/dev/null
manifest=$(jq -r '.manifests[0].digest' small/index.json)
blobs=$(jq -r '.config.digest, .layers[].digest' "small/blobs/sha256/${manifest#*:}")

hostile_elsewhere "$CTNR_TEST_TMP/small" --pushed "$pushed"
hostile_start "$CTNR_TEST_TMP/small" --pushed "$pushed" --named-faults --basic user:secret --cookie \
	--elsewhere "http://$elsewhere"

# What is missing in a repository, or is not what its name says.
lacks() {
	for lacks_digest in $blobs $manifest; do
		hostile_pushed "$1" "$lacks_digest" || echo "no $lacks_digest"
	done
	cmp "$pushed/$1/1" "small/blobs/sha256/${manifest#*:}" 2>&1
	hostile_wrong_pushed
}

# accepted TITLE FAULT [OPTIONS]
accepted() {
	accepted_title="$1 ($2)"
	accepted_name=$2
	shift 2
	hostile_push_image small:1 "$accepted_name" "$@"
	is_status 0 "$accepted_title"
	test_of_run is "$(lacks "$accepted_name")" "" "... and the image is there whole"
	test_of_run is "$(hostile_wrong_requests)" "" "... and nothing went where it should not"
}

# refused STATUS PATTERN TITLE FAULT [OPTIONS]
refused() {
	refused_status=$1
	refused_pattern=$2
	refused_title="$3 ($4)"
	refused_name=$4
	shift 4
	hostile_push_image small:1 "$refused_name" "$@"
	is_status "$refused_status" "$refused_title"
	like_stderr "ctnr-push: error: $refused_pattern" "... and says so"
	test_of_run is "$({
		[ ! -e "$pushed/$refused_name/1" ] || echo "a name"
		hostile_wrong_messages
		hostile_wrong_requests
		hostile_wrong_pushed
	})" "" "... and there is no name, nor anything wrong"
}

accepted "an image is pushed" right
is "$(sed -n 's/^PUT [^ ]*manifests\/\([^ ]*\) .*/\1/p' "$hostile_log")" 1 "... its name last, and once"
accepted "... once" right
is "$(grep -c '^PUT' "$hostile_log")" 0 "... what is there is not sent again"

accepted "uploads may go on at a relative URL" relative
accepted "... at a path" path
accepted "... at another server, which hears of no login" foreign
ok "... and gets the bytes" grep -q '^PUT [^ ]* -$' "$elsewhere_log"
accepted "... or behind a redirect" moved
for fault in ecr patch/quiet zot unranged once416; do
	accepted "pieces may get lost" $fault --chunk-size 20k
done
for fault in cut late stale ahead junkrange noask put/broken busy forgotten busydocument; do
	accepted "what fails for a moment is tried again" $fault --retries 1
done
for fault in early201 sha512 subject silent large larger; do
	accepted "an oddity does no harm" $fault
done

refused 1 "*does not say where the upload goes on*" "an upload that goes on nowhere is refused" nolocation
refused 4 "*plain HTTP*" "... or elsewhere without TLS" away
refused 4 "*neither https nor http*" "... or in a file" file
refused 4 "*a login in it*" "... or with a login of its own" login
refused 1 "*no URL*" "... or at what is no URL" junk
refused 1 "*redirected more than*" "redirects have an end" begin/loop
refused 1 "*redirected more than*" "... of bodies too" put/loop
refused 1 "*HTTP status 302*" "a redirect that makes a GET of it is none" put/other
refused 5 "*" "what breaks off each time is a temporary failure" cuts
refused 5 "*HTTP status 500*" "so is a registry that is broken" brokenall
refused 5 "*HTTP status 429*" "... or busy" busyall
refused 3 "*not found*" "an upload that is forgotten each time is given up" forgottenall
refused 1 "*HTTP status 413*hint: *--chunk-size*" "a registry that takes no body so large is refused" early
refused 1 "*denies access (HTTP status 403)*" "... and one that denies access" denied
refused 3 "*not found*" "... and one that has no such repository" unknown
refused 1 "*did not match*" "... and one that says that the bytes are others" mismatch
refused 4 "*has stored sha256:000*" "... and one that has stored others" other201
refused 1 "*HTTP status 202*" "... and one that has not stored them yet" accepted
refused 4 "*has stored sha256:000*" "... and one that has stored another manifest" otherdocument
refused 3 "*blob unknown*" "... and one that does not find what was pushed" incomplete
accepted "blobs that are said to be there, and are not, are sent all the same" orphan
refused 1 "*HTTP status 400*blob unknown*" "... once" orphanall
refused 5 "*no answer in 1 seconds*" "... and one that does not answer" deaf --timeout 1
done_testing
