#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A server that speaks HTTP/2 and nothing else: nghttpd, with a registry's files.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/hostile.sh"
. "$test_lib/authority.sh"
PATH=$PATH:/usr/sbin
needs PEER:openssl PEER:nghttpd PEER:python3

small_layout
authority ca
issue ca server

# The type of a file is told by its suffix, so the tag has one.
manifest=$(jq -r '.manifests[0].digest' small/index.json)
mkdir -p files/v2/x/manifests files/v2/x/blobs
cp "small/blobs/sha256/${manifest#*:}" files/v2/x/manifests/1.manifest
for blob in small/blobs/sha256/*; do
	cp "$blob" "files/v2/x/blobs/sha256:${blob##*/}"
done
echo "application/vnd.oci.image.manifest.v1+json manifest" >types

# A port is free when nothing answers there; another one may take it, so several are tried.
start_server() {
	port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	nghttpd --address 127.0.0.1 --htdocs files --mime-types-file types --verbose "$port" server.key \
		server.crt >server.log 2>&1 &
	server=$!
	hostile_wait sh -c "grep -q 'listen' server.log || ! kill -0 $server"
	kill -0 "$server"
}
start_server || start_server || start_server || note "$(cat server.log)"
at_end "kill $server 2>/dev/null"

run ctnr-fetch --layout out --ca-file ca.crt --retries 0 "docker://127.0.0.1:$port/x:1.manifest"
is_status 0 "an image comes from a server that speaks HTTP/2 alone"
is "$(jq -r .descriptor.digest "$stdout_file")" "$manifest" "... the one that it has"
ok "... by HTTP/2" grep -q "The negotiated protocol: h2" server.log
run ctnr-fetch --layout out --ca-file ca.crt --retries 0 "docker://127.0.0.1:$port/x:nosuch"
is_status 3 "an answer of HTTP/2 may be an error"
run ctnr-fetch --layout out2 --retries 0 "docker://127.0.0.1:$port/x:1.manifest"
is_status 4 "its certificate is verified too"
done_testing
