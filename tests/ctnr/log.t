#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Where the front's own messages go: as those of the tools, where --log and --log-format say.
. "$(dirname "$0")/../lib/test.sh"

# levels: of the lines of JSON on stdin: "LEVEL MESSAGE", and "hint HINT" where there is one; nothing where
# a line is none.
levels() {
	jq -r '.level + " " + .msg, (.hint // empty | "hint " + .)'
}

for words in '--log-format json frob' '--log-format=json --frob' '--log-format json run' \
	'--log-format json run --frob' 'run --log-format json --frob' 'rm --log-format=json --force=maybe' \
	'--log-format json help frob' '--log-format json inspect' '--log-format json image frob' \
	'--log-format json inspect nosuch'; do
	# shellcheck disable=SC2086 # words
	run ctnr $words
	like "$(levels <"$stderr_file")" "error *
hint *" "as JSON: ctnr $words"
done

run ctnr --log-format json "$(printf "it's a\nverb")"
is "$(levels <"$stderr_file" | head -n 1)" "error unknown verb 'it's a\\x0averb'" "... whatever the words are"

run ctnr --log log --log-format json frob
is_stderr "ctnr: error: unknown verb 'frob'
ctnr: hint: try 'ctnr --help'" "with a log stderr is for people"
is "$(levels <log)" "error unknown verb 'frob'
hint try 'ctnr --help'" "... and the log has what they are told"
is_status 2 "... and the status stays"
run ctnr run --log log2 --frob
is "$(cat log2)" "$(cat "$stderr_file")" "a log behind the verb, as text"

run ctnr --log nosuch/log frob
is_status 2 "a log that cannot be written hides no message"
is_stderr "ctnr: error: log 'nosuch/log': cannot open 'nosuch': No such file or directory
ctnr: error: unknown verb 'frob'
ctnr: hint: try 'ctnr --help'" "... and is told itself, once"
run ctnr --log-format xml frob
is_status 2 "a format that is none is refused"
is_stderr "ctnr: error: option --log-format: expected one of text, json, got 'xml'
ctnr: hint: try 'ctnr --help'" "... as the front's option"

. "$test_lib/image.sh"
ctnr pull --tag hello "oci:$(busybox_layout)" >/dev/null || exit
: >log
run ctnr --log log inspect hello
is_status 0 "an image is shown"
is "$(cat log)" "" "... and no log says that there is no container of its name"
run ctnr --log log inspect nosuch
is "$(cat log)" "ctnr inspect: error: no container and no image is called 'nosuch'
ctnr inspect: hint: see 'ctnr ps --all' and 'ctnr images'" "what is neither is said once"

done_testing
