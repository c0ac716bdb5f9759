#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/registry.sh"
. "$test_lib/hostile.sh"
needs PEER:docker-registry PEER:skopeo

small_layout
registry_start
for tag in 1 2.0 latest V_x-y.z; do
	registry_push "$CTNR_TEST_TMP/small:1" "team/app:$tag" || fail "pushing an image"
done

run ctnr-fetch --list-tags "docker://$registry/team/app"
is_status 0 "the tags of a repository are listed"
is_stderr "" "... silently"
is "$(jq -r .tag "$stdout_file" | sort)" \
	"$(skopeo list-tags --tls-verify=false "docker://$registry/team/app" | jq -r '.Tags[]' | sort)" \
	"... those that skopeo lists"
is "$(jq -r .repository "$stdout_file" | sort -u)" "$registry/team/app" \
	"... each with its repository, an object a line"
fails "... and no store was made" test -e "$HOME/.local/share/ctnr"
run ctnr-fetch --list-tags --print ref "docker://$registry/team/app"
is "$(sort "$stdout_file" | head -n 1)" "$registry/team/app:1" "--print ref prints names that can be fetched"
run ctnr-fetch --list-tags "docker://$registry/team/nosuch"
is_status 3 "a repository that is not there is not found"
is_stdout "" "... and nothing is printed"
like_stderr "ctnr-fetch: error: docker://$registry/team/nosuch: list of tags: not found on $registry*" \
	"... and the message names it"
for mistake in "--list-tags docker://$registry/team/app:1" "--list-tags docker://$registry/team/app@sha256:x" \
	"--list-tags oci:small" "--list-tags --inspect docker://x" "--list-tags --layout out docker://x" \
	"--list-tags --tag y docker://x" "--raw docker://x" "--artifact-type a docker://x" \
	"--inspect --if-missing docker://x"; do
	# shellcheck disable=SC2086 # words
	run ctnr-fetch $mistake
	is_status 2 "ctnr-fetch ${mistake%%docker*} is a usage mistake there"
done
run ctnr-fetch --list-tags "docker://$registry/app:1@sha256:00"
like_stderr "*has a tag or a digest, expected a repository*hint: leave ':1@sha256:00' away" \
	"a tag is told to be left away"

# tags OPTIONS...: from a registry that pages as these say.
tags() {
	hostile_start "$CTNR_TEST_TMP/small" "$@"
	run ctnr-fetch --list-tags --creds user:secret "docker://$hostile/x"
}

tags --page 2 --tags '["b","a","c","a","d"]' --basic user:secret
is_status 0 "a list in pages is read to its end"
is "$(jq -r .tag "$stdout_file" | tr '\n' ' ')" "b a c d " "... in the registry's order, each tag once"
is "$(grep -c '/tags/list' "$hostile_log")" 4 "... a request for each page, and one that was refused first"
is "$(grep -c '/tags/list.*Basic' "$hostile_log")" 3 "... each with the login"
tags --fault absolute --page 1 --tags '["a","b"]'
is "$(jq -r .tag "$stdout_file" | tr '\n' ' ')" "a b " "a link may be a whole URL"
tags --tags null
is_status 0 "a list may be null"
is_stdout "" "... which is empty"
tags --tags '["ok","\u001b[31mred","-x",7,null,"a\nb"]'
is "$(jq -r .tag "$stdout_file")" ok "what can be no tag is left out"
is_stderr "ctnr-fetch: warning: 5 of the tags are none ('\\x1b[31mred'), leaving them out" \
	"... with a warning that gives the terminal no orders"
tags --tags '"x"'
is_status 1 "a list that is none is an error"
like_stderr "*/x: list of tags: the answer: tags: expected array, got string*" "... that says what it is"

hostile_start "$CTNR_TEST_TMP/small"
other=$hostile
other_log=$hostile_log
tags --fault other --elsewhere "http://$other" --page 1 --tags '["a","b"]'
is_status 4 "a link to another server is not followed"
is_stdout "" "... and no half of a list is printed"
like_stderr "*the list goes on at 'http://$other/*', which is another server*" "... and the message says so"
is "$(cat "$other_log")" "" "... and that server was asked nothing"
for link in 'loop:leads back to its page' 'junk:malformed Link' 'script:where no request may go' \
	'file:where no request may go' 'control:where no request may go'; do
	tags --fault "${link%%:*}" --page 1 --tags '["a","b"]'
	is_status 4 "a link of kind ${link%%:*} is refused"
	like_stderr "*${link#*:}*" "... by name"
	is "$(grep -c 'tags/list' "$hostile_log")" 1 "... after one page"
done
unlike_stderr "*$(printf '\033')*" "... and its control characters are escaped"
tags --fault huge --page 1 --tags '["a","b"]'
isnt "$status" 0 "a link of 60,000 bytes is no way on"
tags --fault forever --page 1 --tags '["a","b"]'
is_status 4 "a list without end ends"
like_stderr "*more than 2000 pages*" "... at a limit"
done_testing
