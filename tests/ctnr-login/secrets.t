#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# No secret is on a command line, in an environment, in a message, in a log, or in what is kept of an image:
# passwords, identity tokens and tokens, on every way in, whether it works or not.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/hostile.sh"
. "$test_lib/../ctnr-login/table.sh"
unset REGISTRY_AUTH_FILE DOCKER_CONFIG
auth=$XDG_RUNTIME_DIR/containers/auth.json

small_layout
mkdir -p "${auth%/*}" seen
encoded=$(printf 'user:s3cret' | base64)
count=0

# seen COMMAND...: what it shows to others goes into the folder seen
seen() {
	count=$((count + 1))
	timeout 20 env ASAN_OPTIONS=detect_leaks=0 strace -f -qq -s 100000 -v -e trace=execve,write -e write=none -o "seen/$count.calls" \
		"$@" --log "seen/$count.log" --progress json >"seen/$count.out" 2>"seen/$count.err"
	# Of what is written, messages alone: files and sockets are looked at by themselves.
	grep -a 'execve(' "seen/$count.calls" >"seen/$count.execve"
	rm "seen/$count.calls"
}
fetch() {
	rm -rf out
	seen ctnr-fetch --layout out "$@" "docker://$hostile/x:1"
	cp -r out "seen/out.$count" 2>/dev/null
}
login() {
	seen ctnr-login login -u user --password-stdin "$@" "$hostile"
}
helper secret <<'END'
tr '\0' '\n' </proc/$$/cmdline >>seen/helper.cmdline
tr '\0' '\n' </proc/$$/environ >>seen/helper.environ
tr '\0' '\n' </proc/$PPID/cmdline >>seen/parent.cmdline
case $1 in get) echo '{"Username":"user","Secret":"s3cret"}' ;; *) cat >/dev/null ;; esac
END
helper liar <<'END'
echo '{"Username":"user","Secret":"s3cret'
END

echo s3cret >password
for wanted in user:s3cret user:other; do
	hostile_start "$CTNR_TEST_TMP/small" --basic "$wanted"
	fetch --creds user:@password
	login <password
	printf '{"auths":{"%s":{"auth":"%s"}}}' "$hostile" "$encoded" >"$auth"
	fetch
	rm "$auth"
	echo '{"credsStore":"secret"}' >helped.json
	fetch --authfile helped.json
	login --authfile helped.json <password
	seen ctnr-login logout --authfile helped.json "$hostile"
	hostile_stop
done
for wanted in s3cret other; do
	hostile_start "$CTNR_TEST_TMP/small" --bearer --identity-token "$wanted" \
		--token-answer '{"token":"good-token","x":"s3cret"}'
	printf '{"auths":{"%s":{"identitytoken":"s3cret"}}}' "$hostile" >"$auth"
	fetch
	hostile_stop
done
hostile_start "$CTNR_TEST_TMP/small" --bearer --token-answer '{"token":"s3cret"'
fetch
hostile_stop
hostile_start "$CTNR_TEST_TMP/small" --basic user:s3cret
for text in '{"auths":{"%s":{"auth":"'"$encoded"'"' '{"auths":{"%s":{"auth":"'"$encoded"'%%"}}}' \
	'{"auths":{"%s":{"username":"user","password":["s3cret"]}}}'; do
	# shellcheck disable=SC2059 # the format is the text
	printf "$text" "$hostile" >"$auth"
	fetch
	like "$(cat "seen/$count.err")" "*$auth*" "what cannot be read is told"
done
rm "$auth"
echo '{"credsStore":"liar"}' >liar.json
fetch --authfile liar.json
like "$(cat "seen/$count.err")" "*docker-credential-liar*" "a helper that cannot be read is told"

is "$(cat seen/*.err seen/*.log | grep -c error)" "$(($(cat seen/*.err | grep -c error) * 2))" \
	"what was told stands in the log too"
ok "the helper was called, and looked at its caller" grep -q ctnr seen/parent.cmdline
ok "programs were executed" grep -q docker-credential-secret seen/*.execve
is "$(grep -rlaF -e s3cret -e "$encoded" -e good-token seen)" "" "no secret is seen anywhere"
ok "... though registries saw them" sh -c "grep -qF \"\$1\" hostile.*.log" sh "$encoded"
done_testing
