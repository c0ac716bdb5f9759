#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/hostile.sh"
. "$test_lib/authority.sh"
needs USERNS PEER:openssl

small_layout
small=$CTNR_TEST_TMP/small
authority ca
printf '127.0.0.1\tlocalhost registry.example\n' >hosts
issue ca server DNS:registry.example,IP:127.0.0.1

# proxy_start NAME [OPTION...]: $proxy is its HOST:PORT, NAME.log what it was asked.
proxy_start() {
	proxy_name=$1
	shift
	"$test_lib/proxy.py" "$@" "$proxy_name.port" "$proxy_name.log" >"$proxy_name.out" 2>&1 &
	at_end "kill $! 2>/dev/null"
	hostile_wait test -f "$proxy_name.port" || note "$(cat "$proxy_name.out")"
	proxy=127.0.0.1:$(cat "$proxy_name.port")
}

# fetch LAYOUT VARIABLE=VALUE...: fetch from registry.example.
fetch() {
	fetch_layout=$1
	shift
	run in_namespace sh -euc 'mount --bind hosts /etc/hosts; exec env "$@"' sh \
		"$@" ctnr-fetch --layout "$fetch_layout" --ca-file ca.crt --retries 0 --timeout 5 \
		"docker://$registry/x:1"
}

hostile_start "$small" --tls "$CTNR_TEST_TMP/server.pem" --basic me:secret
registry=registry.example:${hostile##*:}
proxy_start open
run env https_proxy="http://$proxy" ctnr-fetch --layout out1 --ca-file ca.crt --creds me:secret \
	"docker://$registry/x:1"
is_status 0 "a registry is reached through the proxy that https_proxy names"
is "$(sort -u open.log)" "CONNECT $registry -" "... by a tunnel, in which TLS is spoken with the registry"
run env https_proxy="http://$proxy" ctnr-fetch --layout out1 --ca-file ca.crt --creds me:secret \
	--tag loop "docker://$hostile/x:1"
is_status 0 "a loopback host is reached directly"
is "$(grep -c 127.0.0.1 open.log)" 0 "... of which the proxy hears nothing"

hostile_start "$small" --tls "$CTNR_TEST_TMP/server.pem"
registry=registry.example:${hostile##*:}
fetch out2 HTTPS_PROXY="$proxy"
is_status 0 "the variable may be in upper case, and the proxy without a scheme"
fetch out3 ALL_PROXY="http://$proxy"
is_status 0 "... or the one for all schemes"
lines=$(wc -l <open.log)
fetch direct1 http_proxy="http://$proxy"
is_status 0 "that of plain HTTP is for plain HTTP"
fetch direct2 https_proxy="http://$proxy" no_proxy="other.example,registry.example"
is_status 0 "a host that no_proxy names is asked directly"
fetch direct3 https_proxy="http://$proxy" NO_PROXY=".example:${hostile##*:}"
is_status 0 "... so is one whose domain it names, with the port"
is "$(wc -l <open.log)" "$lines" "... and the proxy hears nothing of them"
registry=192.0.2.77:${hostile##*:}
fetch out4 https_proxy="http://$proxy" NO_PROXY="192.0.2.0/26"
is_status 4 "a network that has not the host in it is for others"
is "$(tail -n 1 open.log)" "CONNECT $registry -" "... and the proxy was asked"
registry=registry.example:${hostile##*:}

proxy_start login --login "user:pass@word"
fetch out4 https_proxy="http://user:pass%40word@$proxy"
is_status 0 "a proxy may want a login"
fetch out5 https_proxy="http://user:wrong@$proxy"
is_status 1 "a wrong one is refused"
like_stderr "*through the proxy http://$proxy: *HTTP status 407*hint:*USER:PASSWORD@*" "... by the proxy, which is named"
unlike_stderr "*wrong*" "... without the password"
fetch out5 https_proxy="htp://user:wrong@$proxy"
is_status 1 "a proxy of a protocol that nobody knows is an error"
unlike_stderr "*wrong*" "... that does not show the password either"
fetch out5 https_proxy="http://user:wrong@127.0.0.1:1"
is_status 5 "a proxy that is not there is a temporary failure"
like_stderr "*through the proxy http://127.0.0.1:1: *" "... which names it"
unlike_stderr "*wrong*" "... without the password"
proxy_start closed --refuse 403
fetch out5 https_proxy="http://$proxy"
is_status 1 "a proxy may refuse the host"
like_stderr "*through the proxy http://$proxy: *HTTP status 403*" "... and the message says that it was the proxy"
proxy_start broken --refuse 502
fetch out5 https_proxy="http://$proxy"
is_status 5 "... or fail to reach it for a moment"

hostile_start "$small"
registry=registry.example:${hostile##*:}
proxy_start plain --login user:secret
run env http_proxy="http://user:secret@$proxy" ctnr-fetch --layout out6 --tls-verify=false --retries 0 \
	--timeout 5 "docker://$registry/x:1"
is_status 0 "plain HTTP with an insecure registry goes through http_proxy"
like "$(cat plain.log)" "*GET http://$registry/v2/x/manifests/1 Basic *" "... as a request to the proxy"
is "$(grep -c Basic "$hostile_log")" 0 "... whose login the registry does not get"
done_testing
