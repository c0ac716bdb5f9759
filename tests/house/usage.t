#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# What all tools have in common for whoever types at them.
. "$(dirname "$0")/../lib/test.sh"

# Widest line of the last output.
width() {
	awk 'length($0) > most { most = length($0) } END { print most + 0 }' "$stdout_file"
}

for tool in "$CTNR_TEST_BUILD"/bin/*; do
	name=${tool##*/}
	run "$name" --help
	is_status 0 "$name --help"
	ok "... stays within 80 columns" [ "$(width)" -lt 80 ]
	like_stdout "Usage: $name *" "... and begins with the usage"
	run "$name" --version
	is_status 0 "$name --version"
	like_stdout "$name *[0-9]*" "... names the tool"
	run "$name" --nosuch
	is_stderr "$name: error: unknown option '--nosuch'
$name: hint: try '$name --help'" "a wrong option of $name is named, in one line and a hint"
	is_stdout "" "... and nothing goes to stdout"
done

run ctnr-fetch --platfrom=linux/amd64 docker://x
is_stderr "ctnr-fetch: error: unknown option '--platfrom'
ctnr-fetch: hint: did you mean '--platform'?" "a mistyped option gets the nearest one"
run ctnr-fetch -platform docker://x
is_stderr "ctnr-fetch: error: unknown option '-p'
ctnr-fetch: hint: did you mean '--platform'?" "... also with one dash"
run ctnr-fetch --dump-option
unlike_stderr "*--dump-options*" "... but none that is for programs"
run ctnr-fetch --progress=plian docker://x
is_stderr "ctnr-fetch: error: option --progress: expected one of auto, tty, plain, json, none, got 'plian'
ctnr-fetch: hint: did you mean 'plain'?" "a mistyped choice gets the nearest one"
for command in 'imgae ls' 'image lss' 'imagels'; do
	# shellcheck disable=SC2086 # words
	run ctnr-store $command
	like_stderr "ctnr-store: error: unknown command '*'
ctnr-store: hint: did you mean 'image ls'?" "a mistyped command gets the nearest one: $command"
done

# The name of the front's verb, that messages begin with.
run env CTNR_VERB='bundle run' ctnr-exec run --nosuch
is_stderr "ctnr bundle run: error: unknown option '--nosuch'
ctnr bundle run: hint: try 'ctnr bundle run --help'" "a tool that the front calls speaks of the front's verb"
for value in '' 'RUN' '../x' 'a: error: b' "$(printf '\033[2J')" aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; do
	run env CTNR_VERB="$value" ctnr-fetch --nosuch
	like_stderr "ctnr-fetch: error: *" "... but of nothing that is no verb: $value"
done
run env CTNR_VERB=unshare ctnr-unshare printenv CTNR_VERB
is_status 1 "... and hands the name on to nobody"

for verb in "$CTNR_TEST_BUILD"/libexec/ctnr/verbs/*; do
	run ctnr "$(basename "$verb" | tr - ' ')" --help
	ok "ctnr ${verb##*/} --help stays within 80 columns" [ "$(width)" -lt 80 ]
done
for command in 'ctnr-exec run' 'ctnr-store image ls' 'ctnr-store bundle rm'; do
	# shellcheck disable=SC2086 # a tool and its command
	run $command --help
	ok "$command --help stays within 80 columns" [ "$(width)" -lt 80 ]
done

# A reader that went away has said why, or has what it wanted.
mkfifo gone
{ eventually 10 test -e closed; ctnr-fetch --help 2>"$stderr_file"; echo $? >"$stdout_file"; } >gone &
: <gone
: >closed
wait
is "$(cat "$stdout_file" "$stderr_file")" 1 "a closed pipe fails a tool, and it does not talk of it"
run sh -c 'ctnr-fetch --help >/dev/full'
is_status 1 "a full disk fails it too"
is_stderr "ctnr-fetch: error: cannot write to stdout: No space left on device" "... which it says"
done_testing
