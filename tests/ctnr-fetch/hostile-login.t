#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# A registry, and a token server, that want credentials by each wrong way there is: what is refused ends
# soon, in one message, and nobody else hears of them. (The right ways: credentials.t.)
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/hostile.sh"

small_layout
hostile_elsewhere "$CTNR_TEST_TMP/small"

# refused STATUS PATTERN TITLE [OPTIONS OF THE REGISTRY]
refused() {
	refused_status=$1
	refused_pattern=$2
	refused_title=$3
	shift 3
	hostile_start "$CTNR_TEST_TMP/small" --elsewhere "http://$elsewhere" --cookie "$@"
	hostile_fetch x --timeout 1 --low-speed 100/1
	hostile_refused "$refused_status" "$refused_pattern" "$refused_title"
	hostile_stop
}

# The registry.
refused 1 "*denies access (HTTP status 401)*" "a registry that always asks again is given up" \
	--fault refuse
refused 1 "*denies access*" "... also when it takes no token" --bearer --token-uses 0
refused 1 "*denies access*" "a challenge of nothing is no challenge" --fault quiet
refused 1 "*malformed WWW-Authenticate*\\\\x1b*" "one that cannot be read is shown as it may be" --fault challenge

# Where tokens are.
refused 4 "*another host*hint:*--token-host $elsewhere" "credentials go to no other host" \
	--bearer --realm "http://$elsewhere/token"
is "$(cat "$elsewhere_log")" "" "... which hears nothing"
refused 4 "*neither https nor http*" "a token server is no file" --bearer --realm file:///etc/passwd
refused 4 "*plain HTTP*" "a token server is asked by https" --bearer --realm http://192.0.2.1/token
refused 1 "*no URL*" "a token server is a URL" --bearer --realm token
refused 1 "*no URL*" "a login in the URL of a token server is refused" \
	--bearer --realm "http://user:other@$elsewhere/token"

# Token servers.
refused 4 "*larger than*" "a token without end is refused" --bearer --fault token:endless
refused 1 "*the token is malformed*" "a token that would be a header of its own is refused" \
	--bearer --fault token:evil
refused 5 "*only * bytes came*" "a token that comes too slowly is given up" --bearer --fault token:drip
refused 5 "*no answer in 1 seconds*" "so are its headers" --bearer --fault token:driphead
refused 1 "*redirected more than*" "a token server that leads to itself is given up" \
	--bearer --fault token:loop
refused 4 "*neither https nor http*" "a token server that leads to a file is refused" \
	--bearer --fault token:file
refused 5 "*HTTP status 500*" "a token server that is broken is a temporary failure" \
	--bearer --fault token:broken
refused 5 "*HTTP status 429*" "so is one that wants to be left alone" --bearer --fault token:many
refused 1 "*token answer*" "a token server that says nothing is refused" --bearer --fault token:nothing
refused 1 "*HTTP status 401*" "a token server that does not want the login is believed" \
	--bearer --token-user user:other

for answer in '' '[]' '{}' 'x' '"good-token"' '{"token":1}' '{"token":""}' '{"token":null}' \
	'{"token":"a b"}' '{"token":"\u001b[31m"}' '{"token":"a","token":"good-token"}' '{"token":{"token":"x"}}' \
	'{"token":"good-token"}{"token":"good-token"}'; do
	refused 1 "*token*" "a token that is none is refused: $answer" --bearer --token-answer "$answer "
done

hostile_start "$CTNR_TEST_TMP/small" --bearer --token-user user:secret --fault token:away \
	--elsewhere "http://$elsewhere"
hostile_fetch x
is_status 0 "a token server may lead elsewhere"
is "$(hostile_wrong)" "" "... where it takes no credentials with it"
ok "... though that server was asked" grep -q '^GET /token' "$elsewhere_log"
hostile_stop
done_testing
