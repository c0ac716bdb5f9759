#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Plain HTTP with a host that is not this one: names of /etc/hosts stand for other machines.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/hostile.sh"
needs USERNS PEER:openssl

small_layout
small=$CTNR_TEST_TMP/small
cert server
printf '127.0.0.1\tlocalhost registry.example other.example\n' >hosts

# fetch LAYOUT [OPTION...]: fetch from the registry that was started last, as registry.example.
fetch() {
	fetch_layout=$1
	shift
	run in_namespace sh -euc 'mount --bind hosts /etc/hosts; exec "$@"' sh \
		ctnr-fetch --layout "$fetch_layout" "$@" "docker://registry.example:${hostile##*:}/x:1"
}

hostile_start "$small" --basic me:secret
fetch out1 --creds me:secret
is_status 4 "plain HTTP is not spoken with another machine"
is "$(grep -c v2 "$hostile_log")" 0 "... which hears nothing"
fetch out1 --tls-verify=false --creds me:secret
is_status 0 "... unless verification was given up for it"
is "$(head -n 1 "$hostile_log")" "GET /v2/ -" "... which it is first asked about without credentials"
is "$(grep -c "manifests.* Basic" "$hostile_log")" 1 "... but they go there"

hostile_start "$small" --tls "$CTNR_TEST_TMP/server.pem"
fetch out2 --tls-verify=false
is_status 0 "a registry that speaks TLS is asked by https"
hostile_start "$small" --bearer --token-user me:secret
fetch out3 --tls-verify=false --creds me:secret
is_status 0 "a token server may be on the same host, by plain HTTP"
hostile_start "$small" --bearer --token-user me:secret --realm "http://other.example:${hostile##*:}/token"
fetch out4 --tls-verify=false --creds me:secret
is_status 4 "... but on no other"
like_stderr "*plain HTTP is for loopback hosts only*" "... and the message says why"

other=$hostile
hostile_start "$small" --redirect "http://registry.example:${other##*:}"
fetch out5 --tls-verify=false
is_status 1 "a redirect to plain HTTP on the same host is followed"
like_stderr "*denies access*" "... to its answer"
hostile_start "$small" --redirect "http://other.example:${other##*:}"
fetch out5 --tls-verify=false
is_status 4 "... one to another host is not"
hostile_start "$small" --tls "$CTNR_TEST_TMP/server.pem" --redirect "http://registry.example:${other##*:}"
fetch out5 --tls-verify=false
is_status 4 "... and none from https to plain HTTP"
like_stderr "*not encrypted*" "... for that reason"
done_testing
