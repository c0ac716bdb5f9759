#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub one root
# differs: who may write where: read-only homes and runtime directories
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/registry.sh"
. "$test_lib/hostile.sh"
. "$test_lib/../ctnr-login/table.sh"
unset REGISTRY_AUTH_FILE DOCKER_CONFIG
auth=$XDG_RUNTIME_DIR/containers/auth.json

registry_start me:secret
# login PASSWORD [OPTIONS] [REGISTRY]
login() {
	printf '%s\n' "$1" >password
	shift
	run ctnr-login login -u me --password-stdin "$@" <password
}
mode() {
	stat -c %a "$1"
}

login secret "$registry"
is_status 0 "a login that the registry takes is kept"
is_stdout "{\"registry\":\"$registry\",\"user\":\"me\",\"file\":\"$auth\"}" "... and a record says where"
is_stderr "" "... without a word"
is "$(jq -c . "$auth")" "{\"auths\":{\"$registry\":{\"auth\":\"$(printf me:secret | base64)\"}}}" \
	"... in the runtime directory"
is "$(mode "$auth")" 600 "... readable by its user alone"
is "$(mode "${auth%/*}")" 700 "... and so is the folder"
is "$(ls -A "${auth%/*}")" auth.json "... with nothing beside"
run ctnr-login login --get-login "$registry"
is_stdout me "it can be asked for"
cp "$auth" before
login wrong "$registry"
is_status 1 "a login that the registry does not take is not kept"
is_stderr "ctnr-login: error: '$registry' takes no such user and password (HTTP status 401)" "... and it is said"
is_file "$auth" before "... and the one before stays"
login '' "$registry"
is_status 1 "a password is not empty"
run ctnr-login login -u me -p secret --authfile new/folder/f.json "$registry"
is_status 0 "a file that is named is made"
is "$(mode new/folder/f.json)" 600 "... for its user alone"
is "$(umask 0 && ctnr-login login -u me -p secret --authfile open.json "$registry" >record && mode open.json)" \
	600 "... whatever the umask"
login secret "https://$registry/v1/"
is_status 0 "docker's spelling of a registry is understood"
is "$(jq -r '.auths | keys[]' "$auth")" "$registry" "... and is the same"
login secret "$registry/team"
is "$(jq -c '.auths | keys' "$auth")" "[\"$registry\",\"$registry/team\"]" "a namespace has a login of its own"

# What else is in the file stays.
cat >config.json <<END
{"HttpHeaders": {"X": "y"}, "detachKeys": "ctrl-x", "n": 1.50,
 "auths": {"other.test": {"auth": "eA==", "x": 1}, "https://$registry/v1/": {"auth": "old", "email": "e"}}}
END
chmod 644 config.json
login secret --authfile config.json "$registry"
is "$(jq -cS . config.json)" "$(jq -cSn --arg r "https://$registry/v1/" --arg a "$(printf me:secret | base64)" '
	{HttpHeaders: {X: "y"}, detachKeys: "ctrl-x", n: 1.5, auths: {"other.test": {auth: "eA==", x: 1},
	($r): {auth: $a, email: "e"}}}')" "what else is in the file stays, and the key as it is written"
ok "... also a number as it stood" grep -q '1\.50' config.json
is "$(mode config.json)" 600 "... and nobody else can read it any more"
ln -s config.json link.json
login secret --authfile link.json "$registry/n"
ok "a symlink stays one" test -L link.json
ok "... and what it leads to is changed" jq -e --arg k "$registry/n" '.auths[$k]' config.json
echo '{"auths": {' >cut.json
cp cut.json before
login secret --authfile cut.json "$registry"
is_status 1 "a file that cannot be read"
is_file cut.json before "... is not written over"

# Two at once.
for i in 1 2 3 4 5 6 7 8; do
	ctnr-login login -u me -p secret --authfile many.json "$registry/n$i" >/dev/null &
	pids="${pids-} $!"
done
for pid in $pids; do
	wait "$pid"
done
is "$(jq '.auths | length' many.json)" 8 "of several at once none undoes what another did"

# Helpers.
helper keeper <<'END'
case $1 in
store) cat >kept ;;
erase) cat >erased ;;
get) printf '{"Username":"me","Secret":"secret"}' ;;
esac
END
echo "{\"credHelpers\":{\"$registry\":\"keeper\"},\"auths\":{\"$registry\":{\"auth\":\"old\"}}}" >helped.json
login secret --authfile helped.json "$registry"
is_status 0 "a login is given to the helper that the file names"
is "$(cat kept)" "{\"ServerURL\":\"$registry\",\"Username\":\"me\",\"Secret\":\"secret\"}" "... as helpers want it"
like_stdout '*"helper":"docker-credential-keeper"}' "... which the record says"
is "$(jq -c .auths helped.json)" "{\"$registry\":{}}" "... and the file has none any more"
login secret --authfile helped.json "$registry/n"
is_status 1 "a helper knows no namespaces"
echo '{"credsStore":"broken"}' >broken.json
cp broken.json before
login secret --authfile broken.json "$registry"
like_stderr "*'docker-credential-broken' failed (status 1): the key ring is locked" "a helper that fails is named"
is_file broken.json before "... and nothing is kept"

# The command line.
for words in "-p x $registry" "--password-stdin $registry" "-u me -p x --password-stdin $registry" \
	"-u a:b -p x $registry" "--get-login -u me $registry" "$registry other.test" "-u me -p x no/registry" \
	"-u me -p x nohost" "-u me -p x a.test/UPPER" "-u me -p x a.test?x"; do
	# shellcheck disable=SC2086 # words
	run ctnr-login login $words
	is_status 2 "the command line is refused: $words"
done
run setsid ctnr-login login -u me "$registry"
is_status 2 "nobody can be asked without a terminal"
like_stderr "*no password given, and no terminal*hint: write --password-stdin*" "... which is said, with a way out"
run "$test_lib/terminal.py" ctnr login "$registry" <<'END'
expect 'User at 127.0.0.1'
send 'me\n'
expect 'Password for me at 127.0.0.1'
pause 0.1
send 'secret\n'
END
is_status 0 "at a terminal user and password are asked for"
unlike_stdout "*secret*" "... and no password is echoed"
run "$test_lib/terminal.py" ctnr login -u me "$registry" <<'END'
expect 'Password for me at 127.0.0.1'
pause 0.1
send '\x03'
END
is_status 130 "Ctrl-C ends the question"

# Places.
rm -rf "${auth%/*}"
mkdir -p nowhere
if identity root; then
	run unshare --mount --propagation private sh -c 'mount -t tmpfs none /run && unset XDG_RUNTIME_DIR &&
		ctnr-login login -u me -p secret "$1" && stat -c %a /run/containers/0/auth.json' sh "$registry"
	like_stdout "*/run/containers/0/auth.json*600" "without a runtime directory root has one"
else
	run env -u XDG_RUNTIME_DIR ctnr-login login -u me -p secret "$registry"
	like_stdout "*\"file\":\"$HOME/.config/containers/auth.json\"*" \
		"without a runtime directory it is the configuration's"
	run env -u XDG_RUNTIME_DIR ctnr-login login --get-login "$registry"
	is_stdout me "... where it is found"
	rm -r "$HOME/.config"
	chmod 500 "$HOME" "$XDG_RUNTIME_DIR"
	run ctnr-login login -u me -p secret "$registry"
	is_status 1 "where nothing can be written nothing is kept"
	like_stderr "*'$XDG_RUNTIME_DIR/containers*': Permission denied" "... and the place is named"
	chmod 700 "$XDG_RUNTIME_DIR"
	run ctnr-login login -u me -p secret "$registry"
	is_status 0 "a home that cannot be written to is not needed"
	chmod 700 "$HOME"
fi
run env -u HOME ctnr-login login -u me -p secret "$registry"
is_status 0 "nor is a home at all"
run env REGISTRY_AUTH_FILE=named.json ctnr-login login -u me -p secret "$registry"
like_stdout '*"file":"named.json"*' "REGISTRY_AUTH_FILE names the file"

# Registries and token servers that are met on the way.
small_layout
cert one
hostile_start "$CTNR_TEST_TMP/small" --basic me:secret --tls "$CTNR_TEST_TMP/one.pem"
login secret "$hostile"
is_status 4 "a registry whose certificate nobody knows gets no password"
like_stderr "*certificate*hint: *--ca-file*" "... and the hint says what to do"
login secret --ca-file one.crt "$hostile"
is_status 0 "... until its authority is named"
login secret --tls-verify=false "$hostile"
is_status 0 "... or nobody asks for one"
hostile_stop
hostile_start "$CTNR_TEST_TMP/small" --bearer --token-user me:secret
login secret "$hostile"
is_status 0 "a token server says whether it takes the login"
is "$(grep -o '/token?[^ ]*' "$hostile_log")" "/token?service=a%20%22b%22&account=me" "... for no repository"
login wrong "$hostile"
is_status 1 "... or does not"
like_stderr "*access denied (HTTP status 401), with the password given*hint: check user and password*" \
	"... which is said"
hostile_stop
hostile_start "$CTNR_TEST_TMP/small" --bearer --realm http://localhost:1/token
login secret "$hostile"
is_status 4 "a token server elsewhere gets no password"
hostile_stop
hostile_start "$CTNR_TEST_TMP/small"
login secret "$hostile"
is_status 0 "a registry that asks nobody takes any password"
like_stderr "*warning: '$hostile' asks nobody for a password, so that it was not checked, keeping it" \
	"... which is told"
hostile_stop
hostile_start "$CTNR_TEST_TMP/small" --fault web
login secret "$hostile"
is_status 1 "a web server is no registry that asks nobody"
like_stderr "*'$hostile' is no registry: *web page*" "... which is said"
run ctnr-fetch --list-tags "docker://$hostile/x"
like_stderr "*list of tags: the answer is a web page*" "... of a list of tags too"
hostile_stop

registry_stop
run ctnr-login login -u me -p secret "$registry"
is_status 5 "a registry that is not there is a failure of the moment"
done_testing
