#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/bundle.sh"
needs USERNS

bundle c

run ctnr-exec run ./c
is_status 0 "a container that succeeds is a success"
is_stderr "" "... without a word"

in_container 'echo out; echo err >&2; exit 42'
is_status 42 "the exit status is the container's"
is_stdout out "... stdout too"
is_stderr err "... and stderr"

in_container 'kill -9 $$; exit 5'
is_status 5 "the first process cannot kill itself"
in_container 'sh -c "kill -TERM \$\$"; exit $?'
is_status 143 "inside, a signal's death is what a shell makes of it"

config c '.process.args = ["/bin/busybox", "nosuch"]'
run ctnr-exec run ./c
is_status 127 "a program's own 127 is passed on"

config c '.process.args = ["nosuch", "x"]'
run ctnr-exec run ./c
is_status 127 "a command that is not in the container's PATH is 127"
is_stderr "ctnr-exec: error: cannot execute 'nosuch': executable file not found in \$PATH" "... and named"

config c '.process.args = ["/no/such"]'
run ctnr-exec run ./c
is_status 127 "a path that does not exist is 127"

config c '.process.args = ["/etc/passwd"]'
run ctnr-exec run ./c
is_status 126 "a file that is not executable is 126"

echo text >c/rootfs/bin/text && chmod 755 c/rootfs/bin/text
config c '.process.args = ["text"]'
run ctnr-exec run ./c
is_status 126 "a file of no known format is 126"
like_stderr "*hint:*#!*" "... with a hint"

echo '#!/no/interpreter' >c/rootfs/bin/text
run ctnr-exec run ./c
is_status 127 "a missing interpreter is 127"
like_stderr "*'/bin/text'*hint:*interpreter*" "... and the hint says that the file is there"

config c '.process.args = ["true"] | .process.env = ["PATH=/etc:/nowhere:/bin"]'
touch c/rootfs/etc/true
run ctnr-exec run ./c
is_status 0 "what may not be executed in one directory of PATH does not hide a later one"

config c '.process.args = []'
run ctnr-exec run ./c
is_status 125 "a config without a command is 125"
like_stderr "*config.json: process.args*" "... and the message says where"

echo '{' >c/config.json
run ctnr-exec run ./c
is_status 125 "a broken config is 125"

run ctnr-exec run ./nosuch
is_status 125 "a missing bundle is 125"
run ctnr-exec run
is_status 125 "a wrong command line of run is 125, too: the status could be the container's"
run ctnr-exec run - </dev/null
is_status 125 "an empty stdin is 125"
is_stderr "" "... and silent: the tool before has said why"
done_testing
