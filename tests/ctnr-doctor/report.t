#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub one root
# differs: each stands on another rung
. "$(dirname "$0")/../lib/test.sh"

needs USERNS

run ctnr-doctor
is_status 0 "where containers can run the status is 0"
like_stdout "*containers can run" "... and it says so"
is_stderr "" "... and nothing else"
case $CTNR_TEST_IDENTITY in
root) like_stdout "rung 1 of 4: *" "root stands on the first rung" ;;
sub) like_stdout "rung 2 of 4: *" "a user with ranges stands on the second rung" ;;
one)
	like_stdout "rung 3 of 4: *" "a user without ranges stands on the third rung"
	like_stdout "*not higher: *" "... and is told why"
	like_stdout "*the administrator can grant it: *" "... and what would grant more"
	;;
esac
like_stdout "*
ok    overlay *" "the overlay was tried"
unlike_stdout "*$(printf '\033')*" "nothing is coloured where there is no terminal"
is "$(ls -A "$HOME")" .config "nothing was made in the home directory"

# The rows of the table line up: state, name, text.
misaligned=$(printf '%s\n' "$stdout" | grep -E '^(ok|warn|fail) ' | grep -vE '^.{6}[a-z].{16} [^ ]' || :)
is "$misaligned" "" "the columns line up"

run ctnr-doctor --json
is_status 0 "--json has the same status"
is "$(jq -r 'type' <"$stdout_file")" object "... and is one object"
is "$(wc -l <"$stdout_file")" 1 "... on one line"
is "$(jq -r .canRun <"$stdout_file")" true "... canRun"
case $CTNR_TEST_IDENTITY in
root) wanted=privileged ;;
sub) wanted=subordinate ;;
one) wanted=single ;;
esac
is "$(jq -r .rung <"$stdout_file")" "$wanted" "... rung"
is "$(jq -r '.checks | map(.name) | index("landlock") != null' <"$stdout_file")" true "... checks"
is "$(jq -r '.checks | map(select(.state | IN("ok", "warn", "fail") | not)) | length' <"$stdout_file")" 0 \
	"... each ok, warn or fail"
is "$(jq -r '.filesystem | .type, .flock, .symlink, .hardLink' <"$stdout_file" | tail -n 3 | sort -u)" true "... filesystem"
is "$(jq -r '.programs | has("runc")' <"$stdout_file")" true "... programs"
if identity one; then
	is "$(jq -r .idmap <"$stdout_file")" 1 "... idmap"
	is "$(jq -c .uidMappings <"$stdout_file")" \
		"[{\"containerID\":0,\"hostID\":$(id -u),\"size\":1}]" "... uidMappings"
	like "$(jq -r .grant <"$stdout_file")" "*usermod --add-subuids*" "... grant"
fi

run ctnr-doctor operand
is_status 2 "an operand is a usage error"

done_testing
