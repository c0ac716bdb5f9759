#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# certs.d and --cert-dir: authorities, and client certificates.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/hostile.sh"
. "$test_lib/authority.sh"
needs USERNS PEER:openssl PEER:strace PEER:skopeo

unset XDG_CONFIG_HOME
small_layout
small=$CTNR_TEST_TMP/small
authority ca
authority clients
issue ca server
issue clients client
issue clients other

# fetch LAYOUT [OPTION...]: fetch from the registry that was started last.
fetch() {
	fetch_layout=$1
	shift
	run ctnr-fetch --layout "$fetch_layout" "$@" "docker://$hostile/x:1"
}

hostile_start "$small" --tls "$CTNR_TEST_TMP/server.pem"
mine=$HOME/.config/containers/certs.d/$hostile
fetch out1
is_status 4 "an authority that nothing names is not trusted"
mkdir -p "$mine"
cp ca.crt "$mine/any.crt"
echo rubbish >"$mine/README"
fetch out1
is_status 0 "an authority in the user's certs.d is trusted"
plain_config "$CTNR_TEST_TMP/elsewhere"
run env XDG_CONFIG_HOME="$CTNR_TEST_TMP/elsewhere" ctnr-fetch --layout out2 "docker://$hostile/x:1"
is_status 4 "... which \$XDG_CONFIG_HOME moves elsewhere"
cp -r "$HOME/.config/containers/certs.d" "$CTNR_TEST_TMP/elsewhere/containers"
run env XDG_CONFIG_HOME="$CTNR_TEST_TMP/elsewhere" ctnr-fetch --layout out2 "docker://$hostile/x:1"
is_status 0 "... and there it counts"
mv "$mine" "${mine%:*}"
fetch out3
is_status 4 "the directory's name has the port, as the reference has it"
mv "${mine%:*}" "$mine"
ln -sf "$CTNR_TEST_TMP/ca.crt" "$mine/any.crt"
fetch out3
is_status 0 "an authority may be a symlink"
ln -sf nosuch "$mine/any.crt"
fetch out4
is_status 1 "... and one that leads nowhere is an error"
like_stderr "*certs.d/$hostile'*any.crt*No such file*" "... that is named"
echo rubbish >"$CTNR_TEST_TMP/rubbish"
ln -sf "$CTNR_TEST_TMP/rubbish" "$mine/any.crt"
fetch out4
is_status 1 "a file without a certificate is an error"
like_stderr "*any.crt' has no certificate in PEM*" "... and says so"
rm "$mine/any.crt"
mkfifo "$mine/any.crt"
run timeout 20 ctnr-fetch --layout out4 "docker://$hostile/x:1"
is_status 1 "a FIFO is not waited for, which would be deaf to signals"
like_stderr "*any.crt' is not a regular file*" "... and says so"
rm -r "$mine"

mkdir given empty
cp ca.crt given
fetch out4 --cert-dir given
is_status 0 "--cert-dir names another directory"
fetch out5 --cert-dir empty --ca-file ca.crt
is_status 0 "... beside --ca-file"
fetch out6 --cert-dir nosuch
is_status 1 "... which must be there"
like_stderr "*--cert-dir: cannot open 'nosuch': No such file*" "... and is named"
mkdir -p "$mine"
cp ca.crt "$mine"
fetch out6 --cert-dir empty
is_status 4 "... and stands in for certs.d"
rm -r "$mine"

hostile_start "$small" --tls "$CTNR_TEST_TMP/server.pem" --client-ca "$CTNR_TEST_TMP/clients.crt"
fetch out7 --cert-dir given
is_status 5 "a registry that wants a client certificate refuses without one"
is_stdout "" "... and nothing is there"
cp client.crt given/client.cert
fetch out7 --cert-dir given
is_status 1 "a client certificate without its key is an error"
like_stderr "*'given': 'client.cert' is there without 'client.key'*" "... which names both"
mv given/client.cert given/my.crt.bak
cp client.key given/client.key
fetch out7 --cert-dir given
is_status 1 "a key without its certificate too"
like_stderr "*'client.key' is there without 'client.cert'*" "... which names both"
cp client.crt given/client.cert
fetch out7 --cert-dir given
is_status 0 "a client certificate with its key is shown to the registry"
run skopeo inspect --no-tags --cert-dir given "docker://$hostile/x:1"
is_status 0 "... as skopeo does with the same directory"
cp other.key given/client.key
fetch out8 --cert-dir given
is_status 1 "a key that belongs to another certificate is an error"
like_stderr "*'client.key' is not the key of 'client.cert'*" "... and says so"
openssl ec -aes128 -passout pass:secret -in client.key -out given/client.key 2>/dev/null
fetch out8 --cert-dir given
is_status 1 "a key with a passphrase is refused"
like_stderr "*'client.key' has a passphrase*" "... and nothing asks for it"
cp client.key given
cp other.crt given/other.cert
cp other.key given
fetch out8 --cert-dir given
is_status 1 "two client certificates are an error"
like_stderr "*two client certificates, 'client.cert' and 'other.cert'*" "... which names them"
rm given/other.*
wants_client=$hostile

hostile_start "$small" --tls "$CTNR_TEST_TMP/server.pem" --redirect "https://localhost:${wants_client##*:}"
fetch out9 --cert-dir given
is_status 5 "the client certificate is not shown to another host that is redirected to"
hostile_start "$small" --tls "$CTNR_TEST_TMP/server.pem" --redirect "https://$wants_client"
fetch out9 --cert-dir given
is_status 0 "... but to another port of the same"

# A mirror is another server than the one that the command names.
hostile_start "$small" --tls "$CTNR_TEST_TMP/server.pem"
printf '[[registry]]\nlocation = "127.0.0.1:1"\nmirror = [{ location = "%s" }]\n' "$hostile" >mirrors.conf
fetch_mirrored() {
	run ctnr-fetch --layout out12 --retries 0 --registries-conf mirrors.conf "$@" docker://127.0.0.1:1/x:1
}
fetch_mirrored --cert-dir given
isnt "$status" 0 "--cert-dir is not about a mirror"
is "$(wc -l <"$hostile_log")" 0 "... which hears nothing"
like_stderr "*: $hostile/x: *certificate problem*" "... for that reason"
mkdir -p "$mine"
mkdir "${mine%/*}/$hostile" && cp ca.crt "${mine%/*}/$hostile"
fetch_mirrored --cert-dir given
is_status 0 "... but the mirror's own directory is"
rm -r "${mine:?}" "${mine%/*}/${hostile:?}"

# The directories of the system, over an /etc of the test's own.
mkdir -p system/containers/certs.d system/docker/certs.d
cat >in-etc <<'END'
mount -t tmpfs none "$CTNR_TEST_TMP/layer"
mkdir "$CTNR_TEST_TMP/layer/upper" "$CTNR_TEST_TMP/layer/work"
cp -r "$CTNR_TEST_TMP/system/." "$CTNR_TEST_TMP/layer/upper"
mount -t overlay -o "lowerdir=/etc,upperdir=$CTNR_TEST_TMP/layer/upper,workdir=$CTNR_TEST_TMP/layer/work" none /etc
exec "$@"
END
mkdir layer

# fetch_in_etc LAYOUT
fetch_in_etc() {
	run in_namespace sh -eu in-etc env ASAN_OPTIONS=detect_leaks=0 strace -f -e trace=openat -o opens \
		ctnr-fetch --layout "$1" --jobs 1 "docker://$hostile/x:1"
}
hostile_start "$small" --tls "$CTNR_TEST_TMP/server.pem"
fetch_in_etc out10
is_status 4 "an /etc without a directory for the registry changes nothing"
is "$(grep -c "certs.d/$hostile\".*ENOENT" opens)" 3 "... and costs a failed open for each"
mkdir "system/docker/certs.d/$hostile"
cp ca.crt "system/docker/certs.d/$hostile"
fetch_in_etc out10
is_status 0 "docker's certs.d is read"
mkdir "system/containers/certs.d/$hostile"
cp clients.crt "system/containers/certs.d/$hostile"
fetch_in_etc out11
is_status 4 "... but for what containers' has"
mine=$HOME/.config/containers/certs.d/$hostile
mkdir -p "$mine"
cp ca.crt "$mine"
fetch_in_etc out11
is_status 0 "... and that but for what the user's has"

# What TLS refuses, whoever the authority is.
rm -r "$mine"
issue ca expired IP:127.0.0.1 -1
issue ca elsewhere DNS:elsewhere.example
hostile_start "$small" --tls "$CTNR_TEST_TMP/expired.pem"
fetch out12 --ca-file ca.crt
is_status 4 "an expired certificate is refused"
like_stderr "*certificate has expired*" "... for that reason"
hostile_start "$small" --tls "$CTNR_TEST_TMP/elsewhere.pem"
fetch out12 --ca-file ca.crt
is_status 4 "a certificate of another host is refused"
like_stderr "*127.0.0.1*" "... for that reason"
fetch out12 --tls-verify=false
is_status 0 "... unless that is asked for"
done_testing
