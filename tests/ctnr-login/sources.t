#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub one root
# differs: without a runtime directory root has one in /run, which others cannot make
#
# Where logins are looked for, and in which order.
. "$(dirname "$0")/../lib/test.sh"
unset REGISTRY_AUTH_FILE DOCKER_CONFIG

# entry USER: a file in which that user is logged in at a.test
entry() {
	printf '{"auths":{"a.test":{"auth":"%s"}}}' "$(printf '%s:p' "$1" | base64)"
}
# user WANTED TITLE [COMMAND BEFORE]: who is logged in?
user() {
	wanted=$1
	title=$2
	shift 2
	run "$@" ctnr-login login --get-login ${authfile:+--authfile "$authfile"} a.test
	is_stdout "$wanted" "$title"
}
authfile=
nothing=$CTNR_TEST_TMP/nothing.json
echo '{}' >"$nothing"

mkdir -p "$HOME/.docker" "$HOME/.config/containers" "$XDG_RUNTIME_DIR/containers" docker config/containers
user "" "nobody is logged in where there is no file"
is_status 3 "... which has a status of its own"
is_stderr "ctnr-login: error: nobody is logged in at 'a.test'" "... and a message"
entry home-docker >"$HOME/.docker/config.json"
user home-docker "docker's file in the home"
entry docker >docker/config.json
export DOCKER_CONFIG="$CTNR_TEST_TMP/docker"
user docker "... DOCKER_CONFIG names another"
entry home-config >"$HOME/.config/containers/auth.json"
user home-config "the configuration directory goes before"
entry config >config/containers/auth.json
user config "... XDG_CONFIG_HOME names another" env XDG_CONFIG_HOME="$CTNR_TEST_TMP/config"
user home-config "... not a relative one" env XDG_CONFIG_HOME=config
user home-config "... and not an empty one" env XDG_CONFIG_HOME=
entry runtime >"$XDG_RUNTIME_DIR/containers/auth.json"
user runtime "the runtime directory goes before"
entry variable >variable.json
user runtime "an empty variable names no file" env REGISTRY_AUTH_FILE=
export REGISTRY_AUTH_FILE="$CTNR_TEST_TMP/variable.json"
user variable "REGISTRY_AUTH_FILE goes before"
entry option >option.json
authfile=option.json
user option "--authfile goes before all"
authfile=$nothing
user variable "a file without an entry is passed over"
echo '{}' >variable.json
user runtime "... and so is the next one"
authfile=nosuch.json
user "" "a file that is named and absent"
is_status 1 "... is an error"
like_stderr "*cannot open 'nosuch.json': No such file or directory" "... that names it"
authfile=
user "" "also by REGISTRY_AUTH_FILE" env REGISTRY_AUTH_FILE=nosuch.json
like_stderr "*cannot open 'nosuch.json'*" "... which is an error"
run ctnr-fetch --layout out --authfile nosuch.json docker://127.0.0.1:1/x
is_stderr "ctnr-fetch: error: --authfile: cannot read 'nosuch.json': No such file or directory" \
	"a fetch says so ahead of everything"
run env REGISTRY_AUTH_FILE=nosuch.json ctnr-fetch --layout out docker://127.0.0.1:1/x
like_stderr "*REGISTRY_AUTH_FILE: cannot read 'nosuch.json'*" "... of the variable too"
is "$(ls out 2>/dev/null)" "" "... and nothing was begun"

unset REGISTRY_AUTH_FILE
ln -s "$CTNR_TEST_TMP/option.json" link.json
authfile=link.json
user option "a symlink is followed"
mkfifo fifo
authfile=fifo
user "" "a FIFO is no file of logins" timeout 10
like_stderr "*'fifo' is not a regular file" "... and is not waited for"
authfile=docker
user "" "a directory is none"
like_stderr "*'docker' is not a regular file" "... and it is said"
authfile=large.json
head -c 5000000 /dev/zero >large.json
user "" "a large file is refused"
like_stderr "*'large.json': larger than 4194304 bytes" "... with its limit"
authfile=

echo 'x' >"$XDG_RUNTIME_DIR/containers/auth.json"
user "" "a file that is none hides no other"
like_stderr "*'a.test': $XDG_RUNTIME_DIR/containers/auth.json: line 1*" "... and is named"
if ! identity root; then
	chmod 0 "$XDG_RUNTIME_DIR/containers/auth.json"
	user "" "a file that may not be read hides no other"
	like_stderr "*cannot open '$XDG_RUNTIME_DIR/containers/auth.json': Permission denied" "... and is named"
fi
rm -f "$XDG_RUNTIME_DIR/containers/auth.json"
user docker "without a home there are the other files" env HOME= XDG_CONFIG_HOME="$CTNR_TEST_TMP/none"
authfile=option.json
user option "... and those that are named" env -u HOME
done_testing
