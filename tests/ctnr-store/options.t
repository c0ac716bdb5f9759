#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Options before and behind the verb, as base/tool.h has them for every tool with verbs.
. "$(dirname "$0")/../lib/test.sh"

mkdir empty
run ctnr-store --store empty --log=messages image ls --json
is_status 0 "options of the whole tool stand before the verb"
run ctnr-store image ls --store empty
is_status 0 "... or behind it"
run ctnr-store --store image image ls
is_status 0 "a value before the verb is not taken for the verb"
run ctnr-store image --store empty ls
is_status 2 "the words of a verb stand together"

run ctnr-store --json image ls
is_status 2 "an option of a verb does not stand before it"
is_stderr "ctnr-store: error: unknown option '--json'
ctnr-store: hint: try 'ctnr-store --help'" "... where no verb is known that could have it"
run ctnr-store -- image ls
is_status 2 "neither does the end of the options"
run ctnr-store --store
is_stderr "ctnr-store: error: option --store needs a value (DIR)
ctnr-store: hint: try 'ctnr-store --help'" "a value that is missing is named"
run ctnr-store --store empty
is_stderr "ctnr-store: error: no command given
ctnr-store: hint: try 'ctnr-store --help'" "... and so is a verb that is missing"
run ctnr-store nosuch
is_stderr "ctnr-store: error: unknown command 'nosuch'
ctnr-store: hint: try 'ctnr-store --help'" "... or unknown"

run ctnr-store image nosuch
is_status 2 "a known word with an unknown one behind it is refused"
is_stderr "ctnr-store: error: unknown command 'image nosuch'
ctnr-store: hint: there are: image ls, image show, image history, image tag, image untag, image rm" \
	"... as a whole, with those that there are"
run ctnr-store bundle
is_stderr "ctnr-store: error: 'bundle' is half a command
ctnr-store: hint: there are: bundle ls, bundle show, bundle rm" "a word alone is told what may follow"

run ctnr-store --help
like_stdout "*--store DIR *" "--help of the tool has the options of all its verbs"
unlike_stdout "*--json*" "... and not those of one"
run ctnr-store --help image ls
like_stdout "Usage: ctnr-store image ls *--json *" "--help before a verb is about the verb"
run ctnr-store --version
like_stdout "ctnr-store [0-9]*" "--version needs no verb"

done_testing
