#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Registries that do each thing that a registry can do wrong while it takes a blob, or a document: all of it is
# there in the end, or the failure is clear and has its exit status; nobody else hears of the credentials, and
# no try is without end. (A whole image: hostile.t.)
#
# skopeo 1.9.3, which pushes an image to the same registry, sends the login to the other server with foreign and
# begin/shifted. It took other201 and otherdocument. It failed, trying once as we do, where a blob or document gets
# there all the same: forgotten, resumed416, put/shifted, unranged; and, as its next try begins anew, with cut, late,
# stale, noask, put/broken and busydocument.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/hostile.sh"

noise_layout noise 100000
noise_layout much 3000000
noise_layout nothing 0
pushed=$CTNR_TEST_TMP/pushed
mkdir "$pushed"

hostile_elsewhere "$CTNR_TEST_TMP/blobs" --pushed "$pushed"
hostile_start "$CTNR_TEST_TMP/blobs" --pushed "$pushed" --named-faults --basic user:secret --cookie \
	--elsewhere "http://$elsewhere"

# Nothing wrong beside what was asked for.
no_more() {
	test_of_run is "$({
		[ "$status" = 0 ] || hostile_wrong_messages
		hostile_wrong_requests
		hostile_wrong_pushed
	})" "" "... and nothing else is wrong"
}

# sent TITLE FAULT [OPTIONS]
sent() {
	sent_title=$1
	sent_name=$2
	shift 2
	hostile_push "$sent_name" "${blob:-$noise}" "$@"
	is_status 0 "$sent_title ($sent_name)"
	is_stdout "${result:-sent}" "... as it is told"
	test_of_run ok "... and the registry has it" hostile_pushed "$sent_name" "${blob:-$noise}"
	no_more
}

# refused STATUS PATTERN TITLE FAULT [OPTIONS]
refused() {
	refused_status=$1
	refused_pattern=$2
	refused_title="$3 ($4)"
	refused_name=$4
	shift 4
	hostile_push "$refused_name" "${blob:-$noise}" "$@"
	is_status "$refused_status" "$refused_title"
	like_stderr "push-blob: error: $refused_pattern" "... and says so"
	no_more
}

# Nothing goes wrong.
sent "a blob is pushed" right
result=present sent "... once" right
blob=$nothing sent "one without a byte is pushed too" right
sent "a blob is pushed in pieces" pieces1 --chunk 30000
is "$(grep -c '^PATCH' "$hostile_log")" 4 "... of that size"
result=mounted sent "a blob is mounted" mounted --mount right
is "$(grep -c '^PUT\|^PATCH' "$hostile_log")" 0 "... and not sent"
sent "what another repository has not is sent" unmounted --mount none
is "$(grep -c '^POST' "$hostile_log")" 1 "... by the upload that the mount has begun"
result=mounted sent "several may be asked" mounted2 --mount none --mount right
is "$(grep -c '^DELETE' "$hostile_log")" 1 "... and an upload that nobody goes on with is cancelled"

sent "... but no more than four" unmounted6 --mount a --mount b --mount c --mount d --mount e --mount f
is "$(grep -c '^POST [^ ]*mount=' "$hostile_log")" 4 "... repositories"
sent "what is there with another size is sent" headother

# Where an upload goes on.
sent "it may go on at a relative URL" relative
sent "... or at a path without a query" path
ok "... which the digest is" grep -q '^PUT /v2/path/blobs/uploads/[0-9]*?digest=sha256%3A[0-9a-f]* ' "$hostile_log"
sent "a query that is there stays" right2
ok "... as it is" grep -q '^PUT /v2/right2/blobs/uploads/[0-9]*?_state=a%2Fb%3D&digest=sha256%3A[0-9a-f]* ' "$hostile_log"
sent "it may go on at another server" foreign
ok "... which gets the bytes, and no login" grep -q '^PUT [^ ]* -$' "$elsewhere_log"
refused 1 "*denies access (HTTP status 401)*" "that one cannot lead back to where the login is" back --chunk 50000
ok "... though it was asked" grep -q '^PATCH [^ ]* -$' "$elsewhere_log"
ok "... and the registry too, without" grep -q '^PATCH [^ ]*any-[^ ]* -$' "$hostile_log"
refused 1 "*does not say where the upload goes on*" "a registry that does not say is refused" nolocation
refused 4 "*plain HTTP*" "nor does it go on without TLS elsewhere" away
refused 4 "*neither https nor http*" "... or in a file" file
refused 4 "*a login in it*" "... or with a login of its own" login
refused 1 "*no URL*" "... or at what is no URL" junk
refused 1 "*redirected more than*" "redirects have an end" begin/loop
refused 1 "*redirected more than*" "... of a body too" put/loop
sent "a redirect is followed with what is sent" moved
for fault in begin/shifted put/shifted; do
	sent "... to another server too" $fault
	ok "... which gets the bytes, and no login" grep -q '^PUT [^ ]* -$' "$elsewhere_log"
done
refused 1 "*HTTP status 303*" "one that would make a GET of it is none" begin/other
refused 1 "*HTTP status 302*" "... nor is it of a body" put/other

# Mounting.
for fault in harbor mountbroken mountlie mountmissing; do
	sent "a mount that is refused is no failure" $fault --mount right
	is "$(grep -c '^POST' "$hostile_log")" 2 "... and not asked for again"
done

# Pieces.
sent "a registry that names a least size gets pieces of that" pieces --chunk 1000
is "$(grep -c '^PATCH' "$hostile_log")" 4 "... and no smaller ones"
sent "... or all, where that is the size of a piece anyway" begin/pieces
is "$(grep -c '^PATCH' "$hostile_log")" 0 "... at once"
sent "a least size that is no number is none" large
sent "... and one above the blob's means all" larger
sent "pieces that a registry loses go in one request" ecr --chunk 30000
sent "... also when it does not say so" patch/quiet --chunk 30000
sent "... or says another range" zot --chunk 30000
sent "... or refuses each piece" refused --chunk 30000
sent "a registry need not say what it has" unranged --chunk 30000
sent "a piece that is refused once comes again" once416 --chunk 30000

# What breaks off.
sent "what breaks off goes on" cut --retries 1
ok "... where it did" grep -q '^PATCH' "$hostile_log"
is "$(grep -c '^PUT' "$hostile_log")" 2 "... and nothing of it was sent again unasked"
sent "... within a piece too" cutpiece --retries 1 --chunk 30000
refused 5 "*" "... but only as often as it was allowed" cuts
is "$(grep -c '^GET /v2/cuts' "$hostile_log")" 0 "... and nobody asks before"
sent "what breaks off behind the last byte is there" late --retries 1
sent "a range that is too short is found out" stale --retries 1
sent "... and one that is too long" ahead --retries 1
sent "... and one that is none" junkrange --retries 1
sent "a registry that does not say what it has gets all again" noask --retries 1
sent "a registry that is broken for a moment is asked again" put/broken --retries 1
refused 5 "*HTTP status 500*" "... but not for ever" brokenall --retries 2
sent "a registry that is busy is asked again" busy --retries 1
refused 5 "*HTTP status 429*" "... but not for ever" busyall --retries 1
refused 5 "*HTTP status 500*" "... nor one that cannot say what it has" headbroken
sent "an upload that is forgotten begins anew" forgotten
refused 3 "*not found*" "... but not for ever" forgottenall
sent "what is refused because a part is there goes on there" resumed416
is "$(grep -c '^PATCH' "$hostile_log")" 1 "... with the rest"

# Refusals and lies.
refused 1 "*HTTP status 413*hint: *pieces*" "a registry that takes no body so large is heard before its end" early
sent "what is there before its end is there" early201
refused 1 "*denies access (HTTP status 403)*hint: *may write*" "a registry that denies access is heard" denied
refused 3 "*not found*repository name not known*" "... and one that has no such repository" unknown
refused 1 "*did not match*" "... and one that says that the bytes are others" mismatch
refused 4 "*has stored sha256:000*" "a registry that has stored something else is found out" other201
sent "a digest of another kind says nothing" sha512
refused 1 "*HTTP status 202*" "a blob that is there later is not there" accepted
refused 1 "*HTTP status 201*" "... nor one that was not sent" begun201

# What goes slowly.
blob=$much refused 5 "*only * bytes went in 1 seconds*" "a registry that takes it too slowly is given up" \
	slow --low-speed 100k/1
refused 5 "*no answer in 1 seconds*" "so is one that does not answer" deaf --timeout 1

# Documents.
document() {
	hostile_push "$1" "$noise" --type application/vnd.oci.image.manifest.v1+json
}
document right
is_status 0 "a document is put"
is_stdout put "... as it is told"
test_of_run ok "... and the registry has it" hostile_pushed right "$noise"
for fault in subject silent; do
	document $fault
	is_status 0 "a registry may say this or that about it ($fault)"
done
document subject
is_stdout "put, with its subject" "a registry that lists referrers says so"
document otherdocument
is_status 4 "a registry that has stored another document is found out"
like_stderr "push-blob: error: *has stored sha256:000*" "... and told"
document incomplete
is_status 3 "a document whose blobs are not there is refused"
like_stderr "push-blob: error: *blob unknown*" "... with what the registry says"
hostile_push busydocument "$noise" --type x/y --retries 1
is_status 0 "a registry that is busy is asked again"
done_testing
