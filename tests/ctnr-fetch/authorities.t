#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The authorities that this machine trusts, in a /etc/ssl/certs of the test's own.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/hostile.sh"
needs USERNS PEER:openssl PEER:strace

small_layout
cert server
hostile_start "$CTNR_TEST_TMP/small" --tls "$CTNR_TEST_TMP/server.pem"
hash=$(openssl x509 -hash -noout -in server.crt)

# fetch_with SCRIPT LAYOUT: fetch where SCRIPT has filled an empty /etc/ssl/certs; the files that were
# opened there are in the file "opens".
fetch_with() {
	run in_namespace sh -euc 'mount -t tmpfs none /etc/ssl/certs
		eval "$1"
		ASAN_OPTIONS=detect_leaks=0 exec strace -f -e trace=openat -o opens \
			ctnr-fetch --layout "$2" --jobs 1 "docker://$3/x:1"' sh "$1" "$2" "$hostile"
}

fetch_with "cp server.crt /etc/ssl/certs/$hash.0; cp server.crt /etc/ssl/certs/ca-certificates.crt" both
is_status 0 "an authority in the directory is trusted"
is "$(grep -c "/etc/ssl/certs/$hash.0" opens)" 1 "... looked up there"
is "$(grep -c ca-certificates.crt opens)" 0 "... without parsing the bundle of all"
fetch_with "cp server.crt /etc/ssl/certs/ca-certificates.crt" bundle
is_status 0 "an authority that is in the bundle alone is trusted too"
fetch_with "cp server.crt /etc/ssl/certs/$hash.0" directory
is_status 0 "a bundle that is not there does not matter to what the directory has"
fetch_with "echo damaged >/etc/ssl/certs/$hash.0; cp server.crt /etc/ssl/certs/ca-certificates.crt" damaged
is_status 0 "a damaged file in the directory does not matter to what the bundle has"
fetch_with : empty
is_status 1 "a machine without any authorities verifies nothing"
like_stderr "*certificate*hint:*--ca-file*" "... and the message says what to name"
cert other
run in_namespace sh -euc 'mount -t tmpfs none /etc/ssl/certs; cp server.crt /etc/ssl/certs/ca-certificates.crt
	exec ctnr-fetch --layout beside --ca-file other.crt "docker://$1/x:1"' sh "$hostile"
is_status 0 "--ca-file trusts others beside those of the bundle"
fetch_with "cp other.crt /etc/ssl/certs/$hash.0; cp other.crt /etc/ssl/certs/ca-certificates.crt" none
is_status 4 "a certificate of nobody's is refused with both"
like_stderr "*certificate*hint:*--ca-file*" "... and the message says why"
done_testing
