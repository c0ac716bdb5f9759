#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/hostile.sh"

small_layout
small=$CTNR_TEST_TMP/small
basic="Basic $(printf user:secret | base64)"

hostile_start "$small" --bearer
run ctnr-fetch --layout anonymous "docker://$hostile/x:1"
is_status 0 "a token is fetched without a login"
ok "... for the scope and service that were asked for, encoded" \
	grep -qF '/token?service=a%20%22b%22&scope=repository:x:pull -' "$hostile_log"
hostile_stop

hostile_start "$small" --bearer --challenge 'Digest realm="x" nonce=abc junk'
run ctnr-fetch --layout two "docker://$hostile/x:1"
is_status 0 "a challenge that cannot be read hinders no other"
hostile_stop
hostile_start "$small" --basic user:secret --challenge 'Bearer realm="x'
run ctnr-fetch --layout three "docker://$hostile/x:1"
is_status 1 "... and is said where no other helps"
like_stderr "*malformed WWW-Authenticate 'Bearer realm=*" "... as it stands"
hostile_stop

hostile_start "$small" --bearer --token-answer '{"token":"","access_token":"good-token"}'
run ctnr-fetch --layout answer "docker://$hostile/x:1"
is_status 0 "an empty token beside the right one is passed over"
hostile_stop

hostile_start "$small" --bearer --token-uses 1
run ctnr-fetch --jobs 1 --layout expired "docker://$hostile/x:1"
is_status 0 "a token that has expired meanwhile is replaced"
is "$(grep -c '^GET /token' "$hostile_log")" 3 "... whenever the registry says so"
hostile_stop
hostile_start "$small" --bearer --token-uses 1 --terse
run ctnr-fetch --jobs 1 --layout terse "docker://$hostile/x:1"
is_status 0 "... also when it does not say again where tokens are"
hostile_stop
hostile_start "$small" --bearer --token-uses 0 --terse
run timeout 20 ctnr-fetch --layout terse2 "docker://$hostile/x:1"
is_status 1 "... but not for ever"
hostile_stop
hostile_start "$small" --bearer --token-uses 0
run timeout 20 ctnr-fetch --layout expired2 "docker://$hostile/x:1"
is_status 1 "tokens that are never good enough are given up"
hostile_stop

# Challenges as registries write them.
hostile_start "$small" --bearer --challenge 'Bearer'
run ctnr-fetch --layout challenge "docker://$hostile/x:1"
is_status 0 "a Bearer challenge without a realm hinders no other"
hostile_stop
hostile_start "$small" --bearer
token_server=$hostile
hostile_start "$small" --bearer --challenge \
	"Basic realm=x, Bearer realm=http://$token_server/token,service=,scope=repository:x:pull,push"
run ctnr-fetch --layout challenge2 "docker://$hostile/x:1"
is_status 0 "a challenge without quotes is answered"
fails "... at its own realm" grep -q '^GET /token' "$hostile_log"
hostile_stop

hostile_start "$small" --bearer --token-user user:secret
run ctnr-fetch --layout bearer --creds user:secret "docker://$hostile/x:1"
is_status 0 "a token is fetched with a login"
is "$(grep -v '^GET /token' "$hostile_log" | grep -cF "$basic")" 0 \
	"... and the password goes to the token server alone"
run ctnr-fetch --layout bearer2 --creds user:wrong "docker://$hostile/x:1"
is_status 1 "a wrong password is refused"
unlike_stderr "*wrong*" "... and not repeated in the message"
hostile_stop

# A token server elsewhere: "localhost" is another host than 127.0.0.1.
hostile_start "$small" --bearer
token_log=$hostile_log
token_server=localhost:${hostile##*:}
hostile_start "$small" --bearer --realm "http://$token_server/token"
run ctnr-fetch --layout foreign --creds user:secret "docker://$hostile/x:1"
is_status 4 "credentials are not sent to another host that the registry names"
like_stderr "*another host*hint:*--token-host $token_server*" "... and the hint says how to allow it"
is "$(cat "$token_log")" "" "... and that host heard nothing"
run ctnr-fetch --layout foreign --creds user:secret --token-host localhost "docker://$hostile/x:1"
is_status 2 "a host of this machine is no owner without a port"
run ctnr-fetch --layout foreign --creds user:secret --token-host "$token_server" \
	"docker://$hostile/x:1"
is_status 0 "... unless it was allowed"
run ctnr-fetch --layout foreign2 "docker://$hostile/x:1"
is_status 0 "without credentials another host is fine"
hostile_stop
# Another port of this machine: any user may listen there.
: >"$token_log"
token_server=127.0.0.1:${token_server#*:}
hostile_start "$small" --bearer --realm "http://$token_server/token"
run ctnr-fetch --layout port --creds user:secret "docker://$hostile/x:1"
is_status 4 "credentials are not sent to another port of this machine"
like_stderr "*another port of this machine*hint:*--token-host $token_server*" "... and the hint says how"
is "$(cat "$token_log")" "" "... and nothing was sent there"
run ctnr-fetch --layout port --creds user:secret --token-host "$token_server" \
	"docker://$hostile/x:1"
is_status 0 "... unless that port was allowed"
hostile_stop
run ctnr-fetch --layout port --creds user:secret --token-host "a b" "docker://$hostile/x:1"
is_status 2 "a token server is HOST[:PORT]"
hostile_start "$small" --bearer --realm "http://192.0.2.1/token"
run timeout 20 ctnr-fetch --layout plain --creds user:secret --token-host 192.0.2.1 \
	"docker://$hostile/x:1"
is_status 4 "a token server without TLS is refused"
like_stderr "*plain HTTP is for loopback hosts only*" "... and the message says why"
hostile_stop

hostile_start "$small"
elsewhere=$hostile
elsewhere_log=$hostile_log
hostile_start "$small" --basic user:secret --redirect "http://$elsewhere"
run ctnr-fetch --layout redirected --creds user:secret "docker://$hostile/x:1"
is_status 0 "blobs are fetched from where the registry redirects to"
ok "... the registry got the credentials" grep -qF "$basic" "$hostile_log"
ok "... the other host was asked" grep -q /blobs/ "$elsewhere_log"
fails "... without them, though only the port is another" grep -q Basic "$elsewhere_log"
hostile_stop
hostile_start "$small" --basic user:secret --elsewhere "http://$elsewhere" --fault back
run ctnr-fetch --jobs 1 --layout back --creds user:secret "docker://$hostile/x:1"
is_status 1 "where the other host redirects back to the registry"
ok "... that is asked" grep -q '/blobs/.*?back -$' "$hostile_log"
fails "... without the credentials, which went away before" grep -q '?back Basic' "$hostile_log"
hostile_stop
hostile_start "$small" --basic user:secret --redirect "http://user:secret@$elsewhere"
run ctnr-fetch --layout userinfo --creds user:secret "docker://$hostile/x:1"
is_status 4 "a redirect with a login in it is refused"
like_stderr "*redirected to a URL with a login in it" "... and says so"
hostile_stop

# Whoever the registry redirects to is not a registry.
hostile_start "$small" --basic user:secret
elsewhere=$hostile
elsewhere_log=$hostile_log
hostile_start "$small" --redirect "http://$elsewhere"
registry_log=$hostile_log
run ctnr-fetch --layout asked --creds user:secret "docker://$hostile/x:1"
is_status 1 "another host that asks for the credentials gets none"
ok "... though it was asked" grep -q /blobs/ "$elsewhere_log"
fails "... it heard nothing of them" grep -q Basic "$elsewhere_log"
fails "... and neither did the registry, which never asked" grep -q Basic "$registry_log"
done_testing
