#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2016 # the scripts are the container's
#
# What a service manager listens on (sd_listen_fds(3)) is passed to the container's first process.
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/bundle.sh"
needs USERNS

bundle c
script c 'echo "$LISTEN_FDS $LISTEN_PID $LISTEN_FDNAMES"; cat <&3; cat <&4; [ -e /proc/$$/fd/5 ] || echo no'
echo first >first
echo second >second
# listening COMMAND...: as a service manager starts it: with its own pid.
listening() { sh -c 'export LISTEN_PID=$$; exec "$@" 3<first 4<second 5<second' sh "$@"; }
LISTEN_FDS=2
LISTEN_FDNAMES=one:two
export LISTEN_FDS LISTEN_FDNAMES

run listening ctnr-exec run ./c
is_stdout "2 1 one:two
first
second
no" "the descriptors and the variables are the container's, with its own pid"
config c '.process.env += ["LISTEN_FDS=7", "LISTEN_FDNAMES=x"]'
run listening ctnr-exec run ./c
like_stdout "2 1 one:two*" "... whatever the config has there"
bundle c
script c 'echo "$LISTEN_FDS $LISTEN_PID $$"'
config c '.linux.namespaces |= map(select(.type != "pid")) | .mounts |= map(select(.destination != "/proc")) |
	.linux.maskedPaths = [] | .linux.readonlyPaths = []'
run listening ctnr-exec run ./c
is_stdout "2 ${stdout##* } ${stdout##* }" "... which is another one where pids are shared"
run ctnr-exec run ./c
like_stdout "  *" "what is for another process is not passed"
listening ctnr-exec create ./c </dev/null >out 2>&1
ctnr-exec start c
ok "create passes it too" eventually 5 grep -q '^2 ' out
ctnr-exec delete --force c
LISTEN_FDS=1
bundle c
script c 'echo "$LISTEN_FDS"; cat <&3; cat <&4; [ -e /proc/$$/fd/5 ] || echo no'
run listening ctnr-exec run --preserve-fds 1 ./c
is_stdout "1
first
second
no" "the descriptors of --preserve-fds are behind them"
LISTEN_FDS=9
run listening ctnr-exec run ./c
is_status 125 "a descriptor that is not open is an error"
like_stderr "*LISTEN_FDS: fd 6 is not open*" "... and named"
LISTEN_FDS=x
run listening ctnr-exec run ./c
is_status 125 "so is a number that is none"
done_testing
