#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Credential helpers as they are, in shell.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/hostile.sh"
. "$test_lib/../ctnr-login/table.sh"
unset REGISTRY_AUTH_FILE DOCKER_CONFIG

small_layout
hostile_start "$CTNR_TEST_TMP/small" --basic user:secret
mkdir -p "$HOME/.docker"
use() {
	echo "{\"credHelpers\":{\"$hostile\":\"$1\"}}" >"$HOME/.docker/config.json"
}
fetch() {
	rm -rf out
	run timeout 20 ctnr-fetch --layout out "$@" "docker://$hostile/x:1"
}

helper good <<'END'
read -r server
printf '%s %s\n' "$1" "$server" >>asked
printf '{"ServerURL":"%s","Username":"user","Secret":"secret"}' "$server"
END
use good
fetch
is_status 0 "a helper's login is used"
is "$(cat asked)" "get $hostile" "... which is asked once, for the host"
rm asked
fetch --creds user:secret
fails "--creds goes before it" test -e asked
echo '{"credsStore":"good"}' >"$HOME/.docker/config.json"
fetch
is_status 0 "so is that of a helper for all hosts"

use empty
fetch
is_status 1 "a helper that knows no login"
like_stderr "*denies access*" "... is no error itself"
unlike_stderr "*docker-credential*" "... and not spoken of"
use broken
fetch
is_status 1 "a helper that fails is an error"
like_stderr "*login at '$hostile': '$HOME/.docker/config.json': credential helper 'docker-credential-broken' failed (status 1): the key ring is locked" \
	"... named with what it says, and the file that wants it"
use missing-one
fetch
like_stderr "*the credential helper 'docker-credential-missing-one' is not in PATH" "so is one that is not there"
for name in ../x a/b 'a b' -x; do
	use "$name"
	fetch
	like_stderr "*'$name' is no name of a credential helper" "a helper's name is no path: $name"
done
mkdir -p here
cp helpers/docker-credential-good here/docker-credential-local
use local
cd here || exit 1
run env "PATH=:.:$PATH" ctnr-fetch --layout out "docker://$hostile/x:1"
cd ..
like_stderr "*is not in PATH" "... nor is it looked for in the present directory"

helper garbage <<'END'
echo 'Username: user Secret: s3cret'
END
use garbage
fetch
like_stderr "*'docker-credential-garbage': answer: line 1*" "a helper that writes something else is an error"
unlike_stderr "*s3cret*" "... which repeats none of it"
helper endless <<'END'
exec cat /dev/zero
END
use endless
fetch
is_status 1 "a helper that never ends to write is ended"
like_stderr "*docker-credential-endless: its output is longer than 262144 bytes" "... and named"
helper noisy <<'END'
echo "please touch the key" >&2
echo '{"Username":"user","Secret":"secret"}'
END
use noisy
fetch
is_stderr "please touch the key" "what a helper says to the person, the person sees"
helper dying <<'END'
kill -KILL $$
END
use dying
fetch
like_stderr "*'docker-credential-dying' failed (status 137)" "a helper that is killed is an error"

# Waiting.
helper waiting <<'END'
echo $$ >waiting
exec sleep 100
END
use waiting
ctnr-fetch --progress json --layout wait "docker://$hostile/x:1" 2>progress &
pid=$!
ok "a helper is waited for" eventually 10 test -s waiting
like "$(cat progress)" '*"start","action":"wait","id":"docker-credential-waiting"*' "... and progress says so"
kill -TERM "$pid"
wait "$pid"
is $? 143 "... until a signal comes"
fails "... which ends the helper" kill -0 "$(cat waiting)"
rm -f waiting
run "$test_lib/terminal.py" ctnr-fetch --layout wait "docker://$hostile/x:1" <<'END'
expect 'docker-credential-waiting'
pause 0.2
send '\x03'
END
is_status 130 "Ctrl-C ends the wait, and the bar says for whom it was"
is "$(find wait -type f -name '*.part' 2>/dev/null)" "" "... and nothing half-made stays"

# docker.io goes by the name that helpers have for it.
helper names <<'END'
cat >>names
echo >>names
echo "credentials not found in native keychain"
exit 1
END
echo '{"credHelpers":{"https://index.docker.io/v1/":"names"}}' >"$HOME/.docker/config.json"
run ctnr-login login --get-login
is_status 3 "a helper for docker.io"
is "$(cat names)" "https://index.docker.io/v1/
docker.io" "... is asked by docker's name, then by podman's"
done_testing
