#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# timeout: 60 every end is waited for, some of them for seconds
#
# The end of the input of a container with a terminal: nothing may wait for ever for more.
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/bundle.sh"
needs USERNS

bundle c
config c '.process.terminal = true'

script c 'cat; cat; read -r line; echo "read=$?"; sleep 1; cat; echo last'
run timeout 20 ctnr-exec run ./c </dev/null
is_status 0 "a stdin that has ended is seen by each program that reads it"
like_stdout "*read=1*last*" "... in its order"

config c '.process.args = ["sh"]'
run timeout 20 ctnr-exec run ./c </dev/null
is_status 0 "a shell that edits lines ends when stdin has ended"
run sh -c 'echo "exit 3" | timeout 20 ctnr-exec run ./c'
is_status 3 "... also behind commands, with their status"
printf 'cat\nsh -c "read -r x; exit 4"\nexit $?\n' >input
run timeout 20 ctnr-exec run ./c <input
ok "... and after programs that read lines" test "$status" -lt 5

bash=$(command -v bash)
for file in "$bash" $(ldd "$bash" | grep -o '/[^ ]*'); do
	mkdir -p "c/rootfs$(dirname "$file")" && cp -L "$file" "c/rootfs$file"
done
cp "$bash" c/rootfs/bin/bash
config c '.process.args = ["bash", "--norc"]'
run sh -c 'printf "set -o ignoreeof\necho in bash\n" | timeout 20 ctnr-exec run ./c'
is_status 0 "bash ends, though it was told to ignore some ends of input"
like_stdout "*in bash*" "... after what it was told before"

script c 'stty raw -echo; echo ready; cat >/dev/null; echo never'
run timeout 20 ctnr-exec run ./c </dev/null
is_status 129 "a program in raw mode, which knows no end of input, is hung up"
like_stdout "*ready*" "... and what it wrote is there"
script c 'trap "" HUP; stty raw -echo; cat >/dev/null; exit 5'
run timeout 20 ctnr-exec run ./c </dev/null
is_status 5 "... and loses the terminal when it ignores that"
script c 'stty raw -echo; sleep 5; stty sane; echo done'
run timeout 20 ctnr-exec run ./c </dev/null
is_status 0 "a program that does not read is not disturbed"
like_stdout "*done*" "... and writes to its terminal"
done_testing
