#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Blobs go to registries that ask who is there: by password, by tokens for what is wanted and no more, by TLS. A
# token that is good no more amid an upload is replaced; an upload that is interrupted is cancelled. (What goes
# wrong: hostile-upload.t.)
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/authority.sh"
. "$test_lib/hostile.sh"
. "$test_lib/registry.sh"

noise_layout noise 100000
noise_layout much 3000000
noise_layout nothing 0
pushed=$CTNR_TEST_TMP/pushed
mkdir "$pushed"

# sent TITLE RESULT of the last hostile_push
sent() {
	is_status 0 "$1"
	is_stdout "$2" "... as it is told"
	[ "$2" != sent ] ||
		test_of_run ok "... and the registry has it" hostile_pushed "$hostile_push_name" "$hostile_push_digest"
}

# A token is for the repository, and for those that may be mounted from.
hostile_start "$CTNR_TEST_TMP/blobs" --pushed "$pushed" --bearer --token-user user:secret
hostile_push me/app "$noise"
sent "a blob is pushed with a token" sent
ok "... for pulling and pushing" grep -q '^GET /token?[^ ]*scope=repository:me/app:pull,push&account=user Basic' "$hostile_log"
is "$(grep -c '^GET /token' "$hostile_log")" 1 "... which is one"
hostile_push me/other "$noise" --mount me/app
sent "a blob is mounted with a token" mounted
ok "... that is for both repositories" \
	grep -q '^GET /token?[^ ]*scope=repository:me/other:pull,push&scope=repository:me/app:pull&' "$hostile_log"

hostile_start "$CTNR_TEST_TMP/blobs" --pushed "$pushed" --bearer --token-user user:secret --fault token:scopes
hostile_push me/alone "$noise" --mount me/hidden
sent "a token server that refuses one repository is asked for the other alone" sent
is "$(grep -c '^GET /token' "$hostile_log")" 2 "... once more"

# The head, the beginning, and one piece: then another token is needed, and then another.
hostile_start "$CTNR_TEST_TMP/blobs" --pushed "$pushed" --bearer --token-user user:secret --token-uses 3
hostile_push expires/pieces "$noise" --chunk 30000
sent "a token that is good no more amid an upload is replaced" sent
is "$(grep -c '^GET /token' "$hostile_log")" 3 "... as often as that happens"
is "$(grep -c '^POST' "$hostile_log")" 1 "... while the upload goes on"
hostile_start "$CTNR_TEST_TMP/blobs" --pushed "$pushed" --bearer --token-user user:secret --token-uses 2 --terse
hostile_push expires/whole "$noise"
sent "... also before the one request with all of it" sent
is "$(grep -c '^PUT' "$hostile_log")" 2 "... which is sent again"

# Who may be hidden.
hostile_start "$CTNR_TEST_TMP/blobs" --pushed "$pushed" --basic user:secret --hidden 404
hostile_push hidden "$noise"
sent "a repository that is hidden from strangers is shown a login" sent
hostile_start "$CTNR_TEST_TMP/blobs" --pushed "$pushed" --basic user:other
hostile_push wrong "$noise"
is_status 1 "a password that is wrong is refused"
like_stderr "push-blob: error: $hostile denies access (HTTP status 401), with --creds*" "... and told, but for itself"

# Progress.
hostile_start "$CTNR_TEST_TMP/blobs" --pushed "$pushed" --basic user:secret
hostile_push progress "$much" --progress --chunk 1000000
is_status 0 "progress is told"
like_stderr '*"event":"start"*"total":3000000*"event":"progress"*"current":*"event":"done"*' "... as it goes"

# Signals.
hostile_start "$CTNR_TEST_TMP/blobs" --pushed "$pushed" --fault put:slow --basic user:secret
"$CTNR_TEST_BUILD/tests/lib/push-blob" --creds user:secret "$CTNR_TEST_TMP/blobs" "$much" "$hostile/slow" \
	>"$CTNR_TEST_TMP/out" 2>&1 &
push_pid=$!
hostile_wait grep -q '^PUT' "$hostile_log"
kill -TERM "$push_pid"
push_status=0
wait "$push_pid" 2>/dev/null || push_status=$?
is "$push_status" 143 "an upload is interrupted"
ok "... and cancelled" grep -q '^DELETE /v2/slow/blobs/uploads/' "$hostile_log"

# TLS.
cert tls
hostile_start "$CTNR_TEST_TMP/blobs" --pushed "$pushed" --tls "$CTNR_TEST_TMP/tls.pem" --named-faults
hostile_push tls "$much" --ca-file "$CTNR_TEST_TMP/tls.crt"
sent "a blob is pushed by TLS" sent
hostile_push tls2 "$noise"
is_status 4 "... but not to whom nobody knows"
hostile_push plain "$noise" --ca-file "$CTNR_TEST_TMP/tls.crt"
is_status 4 "a registry that has the upload go on by plain HTTP is refused"
like_stderr "push-blob: error: https://$hostile says where the upload goes on: *not encrypted*hint: *X-Forwarded-Proto*" \
	"... with what to do about it"

# docker-registry, by TLS, with a token server that signs.
registry_start_tokens user:secret --hidden me/hidden --identity id-token
real() {
	run "$CTNR_TEST_BUILD/tests/lib/push-blob" --ca-file "$registry_ca" --token-host "$registry_tokens" "$@"
}
has_blob() {
	[ -f "$registry_dir/storage/docker/registry/v2/blobs/${2%%:*}/$(printf %.2s "${2#*:}")/${2#*:}/data" ] &&
		[ -f "$registry_dir/storage/docker/registry/v2/repositories/$1/_layers/${2%%:*}/${2#*:}/link" ]
}
real --creds user:secret "$CTNR_TEST_TMP/blobs" "$much" "$registry/me/app"
is_status 0 "docker-registry takes a blob, with tokens and TLS"
is_stdout sent "... that it has not"
ok "... and has it" has_blob me/app "$much"
is "$(cat "$registry_tokens_log")" "user repository:me/app:pull,push" "... for one token"
real --creds user:secret --mount me/app "$CTNR_TEST_TMP/blobs" "$much" "$registry/me/other"
is_stdout mounted "it mounts a blob from another repository"
ok "... which has it then" has_blob me/other "$much"
is "$(tail -n 1 "$registry_tokens_log")" "user repository:me/other:pull,push repository:me/app:pull" \
	"... for one token again"
real --creds user:secret --mount me/hidden "$CTNR_TEST_TMP/blobs" "$much" "$registry/me/third"
is_stdout sent "where it may not mount, the blob is sent"
ok "... and there" has_blob me/third "$much"
real --creds user:secret --chunk 1000000 "$CTNR_TEST_TMP/blobs" "$much" "$registry/me/pieces"
is_stdout sent "it takes pieces"
ok "... and makes one blob of them" has_blob me/pieces "$much"
real --creds user:secret "$CTNR_TEST_TMP/blobs" "$nothing" "$registry/me/app"
is_status 0 "it takes a blob without a byte"
real "$CTNR_TEST_TMP/blobs" "$noise" "$registry/me/app"
is_status 1 "who is nobody may not push"
like_stderr "push-blob: error: $registry denies access*hint: *log in*" "... and is told what helps"
printf '{"auths":{"%s":{"auth":"%s","identitytoken":"id-token"}}}\n' "$registry" \
	"$(printf user: | base64)" >"$CTNR_TEST_TMP/auth.json"
real --authfile "$CTNR_TEST_TMP/auth.json" "$CTNR_TEST_TMP/blobs" "$noise" "$registry/me/identity"
is_status 0 "an identity token is a login too"
ok "... to push" has_blob me/identity "$noise"

# A connection that breaks on the way there, and another one.
"$test_lib/cut-connection.py" "$registry" 1000000 2 "$CTNR_TEST_TMP/cut.port" &
at_end "kill $! 2>/dev/null"
hostile_wait test -f "$CTNR_TEST_TMP/cut.port"
real --creds user:secret --retries 2 "$CTNR_TEST_TMP/blobs" "$much" "127.0.0.1:$(cat "$CTNR_TEST_TMP/cut.port")/me/cut"
is_status 0 "what breaks off goes on, or begins anew"
ok "... and the blob is whole" has_blob me/cut "$much"
ok "... though it broke off" grep -aq 'client disconnected during blob PUT' "$registry_dir/log"

sha512=$(sha512sum <"$CTNR_TEST_TMP/blobs/blobs/sha256/${noise#*:}")
sha512=${sha512%% *}
cp "$CTNR_TEST_TMP/blobs/blobs/sha256/${noise#*:}" "$CTNR_TEST_TMP/blobs/blobs/sha512/$sha512"
hostile_start "$CTNR_TEST_TMP/blobs" --pushed "$pushed" --basic user:secret
hostile_push other "sha512:$sha512"
sent "a digest may be of another kind" sent
ok "... which the registry hears first" grep -q '^POST /v2/other/blobs/uploads/?digest-algorithm=sha512 ' "$hostile_log"
done_testing
