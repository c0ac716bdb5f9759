#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2016 # the scripts are the container's
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/bundle.sh"
needs USERNS

bundle c
config c '.process.terminal = true | .process.args = ["sh"] | .process.env += ["PS1=% "]'

terminal() {
	run python3 "$test_lib/terminal.py" --size 30x90 "$@"
}

terminal ctnr-exec run ./c <<'END'
expect '% '
send 'stty size\n'
expect '30 90'
resize 40 100
send 'until stty size | grep "^40 "; do :; done\n'
expect '40 100'
expect '% '
send 'tty; ls -l /dev/console\n'
expect '/dev/pts/0'
send 'echo $((6*7)); exit 9\n'
END
is_status 9 "a shell on a terminal: its status is passed on"
like_stdout "*42*" "... what it says is shown"
like_stdout "*40 100*" "... and the size follows the window"

terminal ctnr-exec run ./c <<'END'
expect '% '
send 'sleep 50\n'
pause 0.5
send '\x03'
expect '% '
pause 0.3
send 'echo slept=$?\n'
expect 'slept=130'
send 'sleep 50\n'
pause 0.5
send '\x1a'
expect 'Stopped'
expect '% '
pause 0.3
send 'fg\n'
pause 0.5
send '\x03'
expect '% '
pause 0.3
send 'exit 6\n'
END
is_status 6 "Ctrl-C and Ctrl-Z work inside" || note "$stdout"

# The first process of a pid namespace gets no signal that it has no handler for.
cp c/config.json shell.json
script c 'echo up; exec sleep 60'
terminal ctnr-exec run ./c <<'END'
expect 'up'
pause 0.3
send '\x03'
END
is_status 130 "Ctrl-C ends a first process without a handler"
terminal ctnr-exec run ./c <<'END'
expect 'up'
pause 0.3
send '\x1c'
END
is_status 131 "... and so does Ctrl-backslash"
script c 'stty -isig -icanon; echo up; head -c 1 | od -An -c; sleep 1; exit 5'
terminal ctnr-exec run ./c <<'END'
expect 'up'
send '\x03'
expect '003'
END
is_status 5 "... but not where it is a key as any other"
script c 'trap "" INT; echo up; sleep 1; exit 5'
terminal ctnr-exec run ./c <<'END'
expect 'up'
send '\x03'
END
is_status 5 "... nor one that ignores it"
script c 'sh -c "trap \"sleep 0.5; echo took; exit 4\" INT; echo up; sleep 5"; exit 5'
terminal ctnr-exec run ./c <<'END'
expect 'up'
pause 0.3
send '\x03'
expect 'took'
END
like_stdout "*took*" "... nor one beside a process that takes it"
cp shell.json c/config.json

terminal sh -c 'before=$(stty -g); ctnr-exec run ./c; test "$(stty -g)" = "$before" && echo restored' <<'END'
expect '% '
send 'exit\n'
expect 'restored'
END
is_status 0 "the terminal is restored at the end"

script c 'exec kill -9 1; sleep 1'
terminal sh -c 'before=$(stty -g); ctnr-exec run ./nosuch; ctnr-exec run ./c; test "$(stty -g)" = "$before" && echo restored' <<'END'
expect 'restored'
END
is_status 0 "... and after failures"

script c 'tty <&1; stty -a <&1 | grep -c .; i=0; while [ $i -lt 3000 ]; do echo line $i; i=$((i+1)); done'
terminal ctnr-exec run ./c </dev/null
like_stdout "*line 2999*" "no output is lost at the end"

script c 'read a; echo "got $a"; read b; echo "end $?"'
printf 'hello\n' >input
run ctnr-exec run ./c <input
like_stdout "*got hello*end 1*" "stdin that is no terminal is typed, and its end is seen"

script c 'cat; echo ended'
printf 'no newline' >input
run timeout 20 ctnr-exec run ./c <input
like_stdout "*no newline*no newline*ended*" "the end of stdin is seen behind an open line, too"

script c 'i=0; while [ $i -lt 20000 ]; do echo $i; i=$((i+1)); done'
run ctnr-exec run ./c
is "$(tr -d '\r' <"$stdout_file" | md5sum)" "$(seq 0 19999 | md5sum)" "heavy output is complete"

# A reader that never reads: the output is more than the pipe and the terminal hold.
mkfifo stuck
# shellcheck disable=SC2217 # that it does not read is the point
sleep 40 <stuck &
reader=$!
is_stuck() {
	python3 -c 'import os, select, sys
pipe = select.poll()
pipe.register(os.open("stuck", os.O_WRONLY | os.O_NONBLOCK), select.POLLOUT)
sys.exit(1 if pipe.poll(0) else 0)'
}
# The container has written all of its output, and its first process is none any more.
has_ended() {
	[ -e c/rootfs/written ] && ! pgrep -P "$caller" -f 'sh -c i=0'
}
# terminated EVENT WANTED TITLE: what becomes of the run that writes to it.
terminated() {
	ctnr-exec run ./c >stuck &
	caller=$!
	eventually 10 "$1" || fail "$1"
	shift
	since=$(date +%s)
	kill -s TERM $caller
	wait $caller
	is $? "$1" "$2"
	ok "... at once" test $(($(date +%s) - since)) -lt 20
}
terminated is_stuck 143 "a caller that cannot write its output takes signals"
script c 'i=0; while [ $i -lt 600 ]; do echo 123456789; i=$((i+1)); done; echo >/written; exit 3'
terminated has_ended 3 "... also when the container has ended by itself"
kill $reader
wait

script c 'echo from tty'
run sh -c 'ctnr-exec run ./c | cat'
like_stdout "*from tty*" "stdout may be a pipe"

# The size: the caller's window, else what the config says.
config c '.process.consoleSize = {height: 33, width: 77}'
script c 'stty size'
run ctnr-exec run ./c </dev/null
is_stdout "33 77$(printf '\r')" "consoleSize is the size of a terminal whose caller has none"
terminal ctnr-exec run ./c </dev/null
like_stdout "*30 90*" "... and the caller's window counts where there is one"
config c '.process.terminal = false'
run ctnr-exec run ./c </dev/null
unlike_stdout "*33*" "... and without a terminal it is ignored"
for size in '{height: 33}' '{height: 65536, width: 1}' '{height: "33", width: 77}' '[]'; do
	config c ".process.consoleSize = $size"
	run ctnr-exec run ./c </dev/null
	is_status 125 "consoleSize $size is refused"
	like_stderr "*config.json: process.consoleSize*" "... by name"
done
config c 'del(.process.consoleSize) | .process.terminal = true'

config c '.mounts |= map(select(.type != "devpts"))'
run ctnr-exec run ./c
is_status 125 "a terminal without devpts is an error"

# TIOCSTI: pushing input back into the caller's terminal.
bundle plain
script plain 'tty; exec 3<>/dev/tty'
terminal sh -c 'ctnr-exec run ./plain; echo status=$?' <<'END'
expect 'status='
END
like_stdout "*not a tty*" "without a terminal, the caller's is not the container's"
unlike_stdout "*status=0*" "... and /dev/tty leads nowhere"

cc -O1 -static -D_GNU_SOURCE -o plain/rootfs/push "$test_lib/../ctnr-exec/inside/push.c" || fail "push.c can be built"
config plain '.process.args = ["/push"]'
terminal sh -c 'ctnr-exec run ./plain; line=$(timeout --foreground 0.5 head -n 1); echo "read=$line."' <<'END'
expect 'read='
END
unlike_stdout "* ok*" "nothing can be typed into the caller's terminal, nor can it be taken"
like_stdout "*TIOCSTI ENOTTY*/dev/tty ENXIO*read=.*" "... and the caller reads nothing of it"

bundle record
script record 'cat; echo end'
record=$(jq -cn --arg b "$PWD/record" '{bundle: $b, id: "record", stdin: false}')
run ctnr-exec run "$record" <<'END'
typed
END
is_stdout end 'a record with "stdin": false closes stdin'
record=$(jq -cn --arg b "$PWD/record" '{bundle: $b, id: "record"}')
run ctnr-exec run "$record" <<'END'
typed
END
is_stdout "typed
end" "else stdin is the container's"
config record '.process.terminal = true'
script record 'cat </dev/tty & sleep 0.5; kill $! && echo waited'
run ctnr-exec run "$(jq -cn --arg b "$PWD/record" '{bundle: $b, id: "record", stdin: false}')"
is_stdout "waited$(printf '\r')" "a terminal without stdin has no input, and no end of it"
config record '.process.terminal = false'
script record 'cat; echo end'
run sh -c 'echo "$1" | ctnr-exec run -' - "$record"
is_stdout end "a record on stdin leaves the container nothing to read"
done_testing
