#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/../ctnr-login/table.sh"
unset REGISTRY_AUTH_FILE DOCKER_CONFIG
auth=$XDG_RUNTIME_DIR/containers/auth.json

mkdir -p "${auth%/*}" "$HOME/.docker"
whole() {
	cat >"$auth" <<-END
		{"x": 1, "auths": {"a.test": {"auth": "YTpw"}, "https://a.test/v1/": {"auth": "YTpw"},
		 "a.test/n": {"auth": "YTpw"}, "b.test": {"auth": "YTpw"}}, "credHelpers": {"c.test": "eraser"}}
	END
}
helper eraser <<'END'
printf '%s ' "$1" >>asked
cat >>asked
echo >>asked
END

run ctnr-login logout a.test
is_status 3 "nobody can log out where there is no file"
fails "... and none is made" test -e "$auth"
whole
run ctnr logout a.test
is_status 0 "a login can be forgotten"
is_stdout "{\"registry\":\"a.test\",\"file\":\"$auth\"}" "... which a record says"
is "$(jq -c . "$auth")" \
	'{"x":1,"auths":{"a.test/n":{"auth":"YTpw"},"b.test":{"auth":"YTpw"}},"credHelpers":{"c.test":"eraser"}}' \
	"... however its key is written, and everything else stays"
is "$(stat -c %a "$auth")" 600 "... for its user alone"
run ctnr logout a.test
is_status 3 "nobody can log out twice"
like_stderr "ctnr logout: error: '$auth' has no login at 'a.test'" "... and it is said"
run ctnr logout a.test/n
is_status 0 "so can one for a namespace"
cp "$auth" "$HOME/.docker/config.json"
run ctnr-login logout b.test
is_status 0 "a login that docker has too"
is_stderr "ctnr-login: warning: entry 'b.test' of '$HOME/.docker/config.json' is another login at 'b.test', leaving it" \
	"... stays there, and that is told"
run ctnr-login login --get-login b.test
is_stdout a "... because it is used now"
run ctnr-login logout --authfile "$HOME/.docker/config.json" b.test
is_status 0 "... and can be forgotten by name"
run ctnr-login logout c.test
is_status 0 "a helper's login is forgotten by the helper"
is "$(cat asked)" "erase c.test" "... which is told"
rm asked
whole
run ctnr logout --all
is_status 0 "all can be forgotten at once"
is "$(cat asked)" "erase c.test" "... also those of helpers"
is "$(jq -c . "$auth")" '{"x":1,"auths":{},"credHelpers":{"c.test":"eraser"}}' "... and everything else stays"
is "$(printf '%s\n' "$stdout" | jq -r .registry | sort | tr '\n' ' ')" "a.test a.test/n b.test c.test " \
	"... and each is told"
echo '{"credHelpers":{"c.test":"broken"},"auths":{"b.test":{"auth":"YTpw"}}}' >"$auth"
cp "$auth" before
run ctnr logout --all
is_status 1 "a helper that fails is an error"
is_file "$auth" before "... and nothing was forgotten"
: >"$auth"
run ctnr-login login --get-login a.test
is_status 3 "a file of no bytes, as a cut write leaves it, has no logins"
run ctnr-login logout a.test
is_status 3 "... to forget either"
run ctnr logout --all a.test
is_status 2 "--all takes no registry"
run ctnr logout a.test b.test
is_status 2 "one registry at a time"
done_testing
