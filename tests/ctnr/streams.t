#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2016 # the scripts are the container's
#
# ctnr run where people sit: on a terminal, without -t and with it.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
needs USERNS

image=oci:$(busybox_layout):latest
export image
terminal() {
	run python3 "$test_lib/terminal.py" "$@"
}

terminal sh -c 'ctnr run --rm "$image" sh -c "tty; tty <&1; echo out; read x </dev/tty || echo none"' </dev/null
like_stdout "*not a tty*not a tty*out*none*" "ctnr run without -t has no terminal, by none of its descriptors"
terminal sh -c 'ctnr run --rm -t "$image" sh -c "tty; echo out"' </dev/null
like_stdout "*/dev/pts/0*out*" "... and one of its own with -t"

terminal bash --norc -i <<'END'
send 'PS1="%% "\n'
expect '% '
send 'ctnr run --rm -i "$image" cat\n'
pause 0.1
send 'ready\n'
expect 'ready\r\nready'
send '\x1a'
expect 'Stopped'
expect '% '
send 'fg\n'
expect 'ctnr run'
send 'word\n'
expect 'word\r\nword'
send '\x03'
expect '% '
send 'exit $?\n'
END
is_status 130 "Ctrl-Z stops ctnr run, fg goes on with it, and Ctrl-C ends it" || note "$stdout"

terminal sh -c 'ctnr run --rm "$image" yes | head -n 2; echo over' </dev/null
like_stdout "*y*y*over*" "output that is piped ends with its reader"
run sh -c 'ctnr run --rm "$image" sh -c "echo out; echo err >&2"'
is_stdout out "stdout and stderr stay apart"
is_stderr err "... where they are"

run sh -c 'echo "exit 3" | timeout 20 ctnr run --rm -it "$image" sh'
is_status 3 "-it takes commands from a pipe, and the end of it"
run timeout 20 ctnr run --rm -it "$image" sh </dev/null
is_status 0 "... also an empty one"
is "$(ctnr ps -a --json)" "" "... and nothing is left behind"
run sh -c 'ctnr run --rm --user user "$image" sh -c "echo out >/dev/stdout; echo err >/dev/stderr" 2>&1 | cat'
is_stdout "out
err" "a user writes to /dev/stdout and /dev/stderr"
done_testing
