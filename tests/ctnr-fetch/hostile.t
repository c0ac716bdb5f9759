#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# A registry that does each thing that a registry can do wrong. What is refused ends soon, with the exit
# status that ctnr(7) states, in one message; nothing that is wrong or half-made is left, and nobody else
# hears of the credentials. (Who may ask: hostile-login.t. What comes slowly: slow.t.)
#
# skopeo 1.9.3 on the same registry ends with status 1 for nearly all that is refused here, and hears no more of
# credentials and cookies than is right. It never ended with (15 seconds): blob/endless, manifest/error,
# manifest/layers, manifest/patient. It took: of headers manifest/header, digests, types and gzip; of documents
# twice, version, negative, sizes, size and oddlayer; of indexes entry and confused. It refused: blob/lengths,
# where it believed the wrong one.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/hostile.sh"

small_layout
hostile_elsewhere "$CTNR_TEST_TMP/small"

hostile_start "$CTNR_TEST_TMP/small" --named-faults --basic user:secret --elsewhere "http://$elsewhere" --cookie

# refused STATUS PATTERN TITLE FAULT
refused() {
	hostile_fetch "$4"
	hostile_refused "$1" "$2" "$3 ($4)"
}

# accepted TITLE FAULT: oddities that do no harm.
accepted() {
	hostile_fetch "$2"
	is_status 0 "$1 ($2)"
	test_of_run is "$(hostile_wrong)" "" "... and nothing is wrong"
}

# Blobs.
refused 4 "*has the content of*" "a blob with a flipped byte is refused" blob/flip
refused 4 "*ended after*" "a blob that is too short is refused" blob/short
refused 4 "*ended after*" "a blob of nothing is refused" blob/empty
refused 1 "*HTTP status 204*" "an answer without content is no blob" blob/nothing
refused 4 "*were expected*" "a blob that is announced as too long is refused" blob/long
refused 4 "*larger than*" "a blob that turns out too long is refused" blob/longer
refused 4 "*4611686018427387904 bytes*" "a blob that is announced as endless is refused" blob/huge
refused 5 "*blob*" "a blob of a negative length is refused" blob/negative
refused 4 "*larger than*" "a blob without end is refused" blob/endless
refused 5 "*blob*" "a blob that always breaks off is a temporary failure" blob/truncate
refused 5 "*blob*" "so is a connection that is reset in it" blob/reset
refused 5 "*range*" "a range that nobody asked for is refused" blob/piece
refused 3 "*\\\\x1b*" "a blob that is not there is not found" blob/missing
refused 5 "*HTTP status 500*" "a registry that is broken is a temporary failure" blob/broken
refused 5 "*HTTP status 429*" "so is one that wants to be left alone" blob/many
refused 1 "*redirected more than*" "redirects have an end" blob/loop
refused 1 "*HTTP status 307*" "a redirect that leads nowhere is refused" blob/nowhere
refused 1 "*no URL*" "a redirect to what is no URL is refused" blob/junk
refused 4 "*neither https nor http*" "a redirect to a file is refused" blob/file
refused 4 "*neither https nor http*" "a redirect to another protocol is refused" blob/gopher
refused 4 "*plain HTTP*" "a redirect to another host without TLS is refused" blob/plain
accepted "blobs may be elsewhere" blob/away
refused 4 "*two lengths*" "a blob of two lengths is refused" blob/lengths

# Documents: what is around them.
refused 4 "*not that of a manifest*" "a manifest that comes as text is refused" manifest/text
refused 4 "*not that of a manifest*" "so is one that comes as nothing" manifest/notype
refused 4 "*not that of a manifest*" "... or as something for a terminal" manifest/oddtype
refused 4 "*media type*" "a manifest that comes as an index is refused" manifest/type
refused 4 "*Content-Type*" "a manifest of two types is refused" manifest/types
refused 4 "*Docker schema 1 is not supported*" "Docker's first manifests are refused by name" manifest/schema1
refused 4 "*digest should be*" "a manifest that is not what its header says is refused" manifest/header
refused 4 "*digest should be*" "... nor what one of its headers says" manifest/digests
refused 4 "*content coding 'gzip'*" "a content coding that was not asked for is refused" manifest/gzip
refused 4 "*larger than*" "a transfer coding that expands is limited like the rest" manifest/bomb
refused 4 "*larger than*" "a manifest without end is refused" manifest/endless
refused 4 "*bytes of headers*" "headers without end are refused" manifest/headers
refused 4 "*bytes of headers*" "informational answers have an end too" manifest/continue
refused 1 "*HTTP status 400" "a refusal without end ends" manifest/error
refused 1 "*HTTP/0.9*" "an answer without headers is refused" manifest/ancient
refused 5 "*closed*" "a manifest that breaks off is a temporary failure" manifest/cut
refused 1 "*HTTP status 204*" "an answer without content is no manifest" manifest/nothing
refused 1 "*HTTP status 206*" "nor is a piece of one" manifest/piece
refused 5 "*HTTP status 429*" "a registry that wants to be left alone is" manifest/patient
refused 5 "*asked again in 1000000000 seconds*" "... and when it may be asked again" manifest/patient
refused 5 "*pull rate ?x1b?31mlimit; 0 of 100 requests in 6 hours are left; *" \
	"a registry that limits requests is quoted with what is left" manifest/limited
refused 1 "*redirected more than*" "redirects of a manifest have an end" manifest/loop
refused 4 "*neither https nor http*" "a redirect of a manifest to a file is refused" manifest/file
accepted "a manifest may be elsewhere" manifest/away
for fault in nodigest junkdigest case; do
	accepted "an odd header is no harm" manifest/$fault
done

# Documents: what is in them.
refused 1 "*manifest: *" "a manifest that is cut is refused" manifest/short
refused 1 "*manifest: is empty*" "a manifest of nothing is refused" manifest/empty
refused 1 "*duplicate*" "a manifest that says a thing twice is refused" manifest/twice
refused 1 "*manifest: *" "a manifest with something behind it is refused" manifest/behind
refused 4 "*manifest: more than 250000 values" "a manifest that nests without end is refused" manifest/deep
refused 4 "*does not belong*" "a document with manifests and layers is refused" manifest/both
refused 4 "*does not belong*" "... also as an index" manifest/foreign
refused 4 "*expected 2*" "a manifest of another version is refused" manifest/version
refused 1 "*expected array*" "layers that are no list are refused" manifest/listed
refused 1 "*too many*" "layers without end are refused" manifest/layers
refused 4 "*invalid digest*" "a digest outside the grammar is refused" manifest/digest
refused 4 "*invalid digest*" "so is one in upper case" manifest/upper
refused 4 "*digest*" "... one of another algorithm" manifest/md5
refused 1 "*manifest: *" "... and one with more behind it" manifest/nul
refused 1 "*layers?0?.size*" "a negative size is refused" manifest/negative
refused 1 "*layers?0?.size*" "so is one that no file has" manifest/huge
refused 4 "*two sizes*" "... and two sizes of one blob" manifest/sizes
refused 4 "*bytes*" "a layer larger than its manifest says is refused" manifest/size
refused 1 "*not a media type*" "a layer of what is no type is refused" manifest/oddlayer
refused 1 "*config: expected object*" "so is a config that is a text" manifest/oddmember
accepted "annotations may say what they like" manifest/oddnotes

# Indexes.
refused 4 "*digest should be*" "an index that names itself is found out" manifest/cycle
refused 4 "*its index says*" "a manifest of another size than its index says is refused" manifest/entry
refused 4 "*its index says*" "so is one of another type" manifest/confused
refused 3 "*no image for linux/*" "platforms are shown as they may be shown" manifest/platform

# Refusals.
refused 1 "*HTTP status 403*\\\\x1b*" "a registry that forbids is heard" any/forbid
refused 5 "*HTTP status 500*\\\\x1b*" "... and one that is broken" any/broken
refused 5 "*HTTP status 429*" "... and one that is busy" any/many
refused 1 "*HTTP status 418*\\\\x1b*" "... and one that is something else" any/teapot
refused 5 "*HTTP status 999" "a status that nobody knows is a failure" any/odd
for fault in text list deep long; do
	refused 1 "*HTTP status 422" "a refusal that says nothing is a failure" any/$fault
done
refused 5 "*reset by peer" "a connection that is reset at once is a temporary failure" any/close
# What comes slowly (and more in slow.t).
slow() {
	hostile_fetch "$4" --timeout 1 --low-speed 100/1
	hostile_refused "$1" "$2" "$3 ($4)"
}
slow 5 "*blob*no answer in 1 seconds*" "headers of a blob that come too slowly are given up" blob/driphead
slow 5 "*blob*only * bytes came*" "so is a refusal" blob/drip404
done_testing
