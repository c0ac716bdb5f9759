#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/hostile.sh"
needs PEER:openssl

small_layout
small=$CTNR_TEST_TMP/small
cert server

hostile_start "$small" --tls "$CTNR_TEST_TMP/server.pem"
run ctnr-fetch --layout out "docker://$hostile/x:1"
is_status 4 "a certificate of nobody's is refused"
like_stderr "*certificate*hint:*--ca-file*--tls-verify=false*" "... and the hint says what to do"
is "$(grep -c manifests "$hostile_log")" 0 "... before anything was asked"
run ctnr-fetch --layout out --ca-file server.crt "docker://$hostile/x:1"
is_status 0 "--ca-file trusts it"
run ctnr-fetch --layout out2 --tls-verify=false "docker://$hostile/x:1"
is_status 0 "--tls-verify=false does without verification"
run ctnr-fetch --layout out3 --ca-file nosuch.crt "docker://$hostile/x:1"
is_status 1 "authorities that are not there are an error"
run env SSLKEYLOGFILE="$CTNR_TEST_TMP/keys" ctnr-fetch --layout keys-out --ca-file server.crt \
	"docker://$hostile/x:1"
is_status 0 "SSLKEYLOGFILE is no hindrance"
fails "... and gets no TLS secrets" test -e keys
mkfifo authority
(cat server.crt >authority) &
run timeout 20 ctnr-fetch --layout out3 --jobs 3 --ca-file authority "docker://$hostile/x:1"
is_status 0 "authorities come from a FIFO too, for all connections"
run ctnr-fetch --layout out4 --ca-file "$0" "docker://$hostile/x:1"
is_status 1 "a file without a certificate is an error"
like_stderr "*--ca-file: *no certificate in PEM*" "... and says so"
tls_server=$hostile

hostile_start "$small" --tls "$CTNR_TEST_TMP/server.pem" \
	--redirect "https://localhost:${tls_server##*:}"
run ctnr-fetch --layout out4 --tls-verify=false "docker://$hostile/x:1"
is_status 4 "verification is given up for the registry's host, not for where it redirects to"
run ctnr-fetch --layout out5 --ca-file server.crt "docker://$hostile/x:1"
is_status 0 "... a trusted authority is good for both"

hostile_start "$small" --tls "$CTNR_TEST_TMP/server.pem" --alpn h2
run ctnr-fetch --layout out8 --ca-file server.crt "docker://$hostile/x:1"
is_status 0 "HTTP/2 is not offered: a server that prefers it has to do without"

hostile_start "$small" --tls "$CTNR_TEST_TMP/server.pem" --fault downgrade
run ctnr-fetch --layout out6 --ca-file server.crt "docker://$hostile/x:1"
is_status 4 "a redirect from https to http is refused"
like_stderr "*not encrypted*" "... and the message says why"

run timeout 20 ctnr-fetch --layout out7 --timeout 1 "docker://192.0.2.1:5000/x:1"
is_status 5 "a host that is not this one is asked by https, and temporarily out of reach"
like_stderr "*https://192.0.2.1:5000*" "... and by https alone"
unlike_stderr "*http://*" "... never plain"
done_testing
