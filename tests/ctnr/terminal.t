#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub one root
# differs: who owns the terminal inside, and that one ID has no group tty
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"

needs USERNS

ctnr pull --tag busybox "oci:$(busybox_layout)" >/dev/null || exit

run "$test_lib/terminal.py" --size 30x90 ctnr run --rm -it busybox sh <<'END'
expect '# '
send 'stty size\n'
expect '30 90'
expect '# '
resize 40 100
send 'until stty size | grep "^40 "; do :; done\n'
expect '40 100'
expect '# '
send 'sleep 100\n'
pause 0.3
send '\x03'
expect '# '
send 'echo status $?\n'
expect 'status 130'
expect '# '
send 'exit 7\n'
END
is_status 7 "run -it is a shell on a terminal: size, resizing, Ctrl-C, status"

run "$test_lib/terminal.py" ctnr run --rm busybox sleep 100 <<'END'
pause 1
send '\x03'
END
is_status 130 "Ctrl-C ends a container without a terminal"
run ctnr ps --all
is_stdout "" "... and nothing of it stays"

run "$test_lib/terminal.py" ctnr tag busybox other </dev/null
is "$(tr -d '\r' <"$stdout_file")" "localhost/other:latest" "at a terminal tag says the new name alone"
run ctnr tag busybox other
like_stdout '{"layout":*' "... and elsewhere the record"

ctnr bundle busybox box true >/dev/null
for words in 'inspect box' 'inspect busybox' 'inspect --type image busybox' 'image show busybox' 'inspect box busybox'; do
	# shellcheck disable=SC2086 # words
	run "$test_lib/terminal.py" ctnr $words </dev/null
	# shellcheck disable=SC2086 # words
	is "$(tr -d '\r' <"$stdout_file")" "$(ctnr $words | jq .)" "at a terminal JSON is indented as jq does it: $words"
done
run ctnr inspect box busybox
is "$(wc -l <"$stdout_file")" 2 "... and elsewhere it is a line for each name"

done_testing
