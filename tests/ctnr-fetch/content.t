#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What a registry gives that is not what it should be: it is refused, and none of it stays.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/hostile.sh"

small_layout
count=0

# refused STATUS PATTERN TITLE FAULT [OPTIONS OF THE REGISTRY]: fetching fails so, and afterwards
# there is neither a blob that is not what its name says, nor a reference, nor a .part.
refused() {
	refused_status=$1
	refused_pattern=$2
	refused_title=$3
	refused_fault=$4
	shift 4
	count=$((count + 1))
	hostile_start "$CTNR_TEST_TMP/small" --fault "$refused_fault" "$@"
	run timeout 60 ctnr-fetch --layout "out$count" --retries 1 "docker://$hostile/x:1"
	is_status "$refused_status" "$refused_title"
	like_stderr "ctnr-fetch: error: docker://$hostile/x:1: $refused_pattern" "... and says so"
	hostile_stop
	blobs_are_true "out$count" "... and nothing that is wrong is left"
}

blobs_are_true() {
	blobs_bad=$(find "$1/blobs" -type f ! -name .lock | while read -r blobs_file; do
		[ "$(sha256sum <"$blobs_file" | cut -d ' ' -f 1)" = "$(basename "$blobs_file")" ] ||
			echo "$blobs_file"
	done)
	is "$blobs_bad$(jq -c '.manifests[]' "$1/index.json")" "" "$2"
}

refused 4 "*has the content of*" "a blob with a flipped byte is refused" flip
refused 4 "*ended after*" "a blob that is too short is refused" short
refused 4 "*65*bytes*" "a blob that is announced as too long is refused" long
refused 4 "*larger than*" "a blob that turns out too long is refused" longer
refused 4 "*larger than*" "a blob without end is refused" endless
refused 5 "blob*" "a blob that always breaks off is a temporary failure" truncate
refused 3 "*\\\\x1b*" "what a registry says is escaped" missing
refused 1 "*redirected more than*" "redirects have an end" loop
refused 4 "*neither https nor http*" "a redirect to a file is refused" file
refused 4 "*not that of a manifest*" "a manifest that comes as text is refused" text
refused 4 "*Docker schema 1 is not supported" "Docker's first manifests are refused by name" schema1
refused 4 "*media type*" "a manifest that comes as an index is refused" type
refused 4 "*does not belong*" "a document with manifests and layers is refused" both
refused 4 "*digest should be*" "a manifest that is not what its header says is refused" header
refused 4 "*invalid digest*" "a digest outside the grammar is refused" digest

hostile_start "$CTNR_TEST_TMP/small" --fault case
run ctnr-fetch --layout case "docker://$hostile/x:1"
is_status 0 "the case of a Content-Type means nothing"
is "$(jq -r .manifests[0].mediaType case/index.json)" application/vnd.oci.image.manifest.v1+json \
	"... and the layout has it as it is written"
hostile_stop
hostile_start "$CTNR_TEST_TMP/small" --fault size
run ctnr-fetch --layout size "docker://$hostile/x:1"
is_status 4 "a layer larger than its manifest says is refused"
hostile_stop

digest=$(jq -r '.manifests[0].digest' small/index.json)
hostile_start "$CTNR_TEST_TMP/small" --fault other
run ctnr-fetch --layout other "docker://$hostile/x@$digest"
is_status 4 "another manifest than the one asked for by digest is refused"
hostile_stop

for fault in endless headers error; do
	hostile_start "$CTNR_TEST_TMP/small" --fault "$fault"
	run timeout 60 ctnr-fetch --layout endless "docker://$hostile/x:1"
	isnt "$status" 124 "an answer without end ends ($fault)"
	isnt "$status" 0 "... as a failure"
	hostile_stop
done
hostile_start "$CTNR_TEST_TMP/small" --bearer --fault endless
run timeout 60 ctnr-fetch --layout endless "docker://$hostile/x:1"
is_status 4 "a token without end is refused"
hostile_stop
hostile_start "$CTNR_TEST_TMP/small" --bearer --fault evil
run ctnr-fetch --layout endless "docker://$hostile/x:1"
is_status 1 "a token that would be a header of its own is refused"
hostile_stop

for text in 'sha256:../../x' sha256:abc "sha256:$(printf '%064d' 0 | tr 0 A)" md5:d41d8cd98f00b204e9800998ecf8427e; do
	run ctnr-fetch --layout none "docker://127.0.0.1:1/x@$text"
	is_status 2 "a digest outside the grammar is a usage mistake ($text)"
done
fails "... and nothing was made" test -e none
done_testing
