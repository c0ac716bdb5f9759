#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# How a registry is told who asks: by logins of files, identity tokens, tokens that end, and where it asks
# nobody. (Where logins are looked for: tests/ctnr-login/sources.t. Where they may go: credentials.t.)
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/hostile.sh"
unset REGISTRY_AUTH_FILE DOCKER_CONFIG CONTAINERS_REGISTRIES_CONF

small_layout
small=$CTNR_TEST_TMP/small
basic="Basic $(printf user:secret | base64)"
auth=$XDG_RUNTIME_DIR/containers/auth.json
mkdir -p "${auth%/*}"

# logged_in KEY USER:PASSWORD [MEMBERS]: a file with one login
logged_in() {
	printf '{"auths":{"%s":{"auth":"%s"%s}}}' "$1" "$(printf '%s' "$2" | base64)" "${3-}" >"$auth"
}
# begin OPTIONS: another registry
begin() {
	[ -z "${hostile-}" ] || hostile_stop
	hostile_start "$small" "$@"
	rm -f "$auth"
}
# fetch [OPTIONS]
fetch() {
	rm -rf out
	run timeout 20 ctnr-fetch --jobs 1 --layout out "$@" "docker://$hostile/x:1"
}
# asked PATTERN: how many requests match
asked() {
	grep -c -e "$1" "$hostile_log"
}

begin --basic user:secret
logged_in "$hostile" user:secret
fetch
is_status 0 "a login that is kept is used"
is "$(head -n 1 "$hostile_log")" "GET /v2/ -" "... when the registry asks"
logged_in "$hostile/x" user:secret
fetch
is_status 0 "a login for a namespace is used in it"
logged_in "$hostile/y" user:secret
fetch
is_status 1 "... and not in another"
unlike_stderr "*auth.json*" "... which no message is about"
logged_in "127.0.0.1" user:secret
fetch
is_status 1 "a login for this machine is not one for its every port"
logged_in "$hostile" user:wrong
: >"$hostile_log"
fetch
is_status 1 "a login that is not taken"
like_stderr "*$hostile denies access (HTTP status 401), with entry '$hostile' of '$auth'*" \
	"... is named by its entry and file"
unlike_stderr "*wrong*" "... not by its password"
is "$(asked Basic)" 1 "... and was sent once"
fetch --creds user:secret
is_status 0 "--creds goes before what is kept"
echo x >"$auth"
fetch
is_status 1 "a file that is none is an error"
like_stderr "*login at '$hostile': $auth: line 1*" "... that names it"
fetch --creds user:secret
is_status 0 "... unless nobody needs it"
hostile_stop
hostile_start "$small"
fetch
is_status 0 "... as where nobody is asked"

# Identity tokens.
begin --bearer --identity-token 't/o=k+e&n'
logged_in "$hostile" "0000:" ',"identitytoken":"t/o=k+e&n"'
fetch
is_status 0 "an identity token is exchanged"
is "$(asked '^POST /token -$')" 1 "... by a form"
is "$(grep FORM "$hostile_log")" "FORM client_id grant_type refresh_token scope service" "... with what it needs"
fails "... and stands in no URL" grep -q 'o=k\|o%3Dk' "$hostile_log"
logged_in "$hostile" "0000:" ',"identitytoken":"other"'
fetch
is_status 1 "one that is not good enough is refused"
like_stderr "*token server '127.0.0.1': access denied (HTTP status 400), with entry '$hostile' of '$auth'*" \
	"... and named by its entry and file"
begin --bearer --realm "http://localhost:1/token"
logged_in "$hostile" "0000:" ',"identitytoken":"token"'
fetch
is_status 4 "an identity token is not sent to another host"
begin --basic 'user:'
logged_in "$hostile" "user:" ',"identitytoken":"token"'
fetch
is_status 1 "an identity token is no password"
is "$(asked Basic)" 0 "... and an empty one is not sent in its place"

# Tokens.
begin --bearer --scope repository:user/image:pull
fetch
is_status 0 "a placeholder for the scope"
is "$(grep -o 'scope=[^ ]*' "$hostile_log")" "scope=repository:x:pull" "... is not asked for, but what is needed"
begin --bearer --scope "repository:x:pull,push repository:y:pull"
fetch
is "$(grep -o 'scope=[^ ]*' "$hostile_log")" "scope=repository:x:pull" "no more is asked for than what is needed"
begin --bearer --fault blob:pause --times 1 --token-answer '{"token":"good-token","expires_in":1}'
fetch
is_status 0 "a token that has ended"
is "$(asked '^GET /token')" 2 "... is replaced"
is "$(asked '^GET /v2/.* -$')" 2 "... before it is used: nobody asked for that"
begin --bearer --fault blob:pause --times 1
fetch
is "$(asked '^GET /token')" 1 "a token that says nothing lives longer"
begin --bearer --fault blob:truncate --times 1 --token-uses 3
fetch
is_status 0 "a token that is refused in the middle of a blob is replaced"
ok "... which goes on from there" grep -q 'good-token range$' "$hostile_log"

# Who is hidden from strangers.
for status in 404 403; do
	begin --basic user:secret --hidden "$status"
	fetch
	is "$(asked '^GET /v2/ -')" 1 "a stranger who gets $status has nothing to offer"
	unlike_stderr "*, with*" "... and the message is about no login"
	logged_in "$hostile" user:secret
	fetch
	is_status 0 "... somebody with a login offers it"
	begin --basic user:other --hidden "$status"
	logged_in "$hostile" user:secret
	fetch
	is "$(asked "$basic")" 1 "... once"
	like_stderr "*with entry '$hostile' of '$auth'*" "... and the message names it"
done
begin --bearer --token-user user:secret --hidden 404
logged_in "$hostile" user:secret
fetch
is_status 0 "what the registry asks for elsewhere is what it is offered"
is "$(grep -v '^GET /token' "$hostile_log" | grep -cF "$basic")" 0 "... and no password where a token is wanted"
begin --basic user:secret --hidden 404 --silent
logged_in "$hostile" user:secret
fetch
is_status 0 "a registry that asks nowhere is offered user and password"
begin --basic user:secret
logged_in "$hostile" user:secret
run timeout 20 ctnr-fetch --layout none "docker://$hostile/x:nosuch"
is_status 3 "what is not there for who has logged in is not there"
like_stderr "*not found on $hostile, with entry '$hostile' of '$auth': *" "... and who that was is said"

# A mirror.
begin --basic user:secret
plain_config "$PWD/config"
printf '[[registry]]\nlocation = "127.0.0.1:1"\n[[registry.mirror]]\nlocation = "%s"\n' "$hostile" \
	>config/containers/registries.conf
mirrored() {
	rm -rf out
	: >"$hostile_log"
	run env XDG_CONFIG_HOME="$CTNR_TEST_TMP/config" ctnr-fetch --layout out "$@" docker://127.0.0.1:1/x:1
}
mirrored --creds user:secret
isnt "$status" 0 "a mirror is not shown the login that was given for its origin"
is "$(asked Basic)" 0 "... not once"
logged_in 127.0.0.1:1 user:secret
mirrored
isnt "$status" 0 "... nor the one that is kept for it"
is "$(asked Basic)" 0 "... not once"
logged_in "$hostile" user:secret
mirrored
is_status 0 "... but the one that is kept for the mirror"
done_testing
