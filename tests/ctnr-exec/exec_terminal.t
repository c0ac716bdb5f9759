#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2016 # the scripts are the container's
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/bundle.sh"
needs USERNS

terminal() {
	run python3 "$test_lib/terminal.py" --size 30x90 "$@"
}

bundle c
start_box 'echo up; exec sleep 1000'

terminal ctnr-exec exec -t -e 'PS1=% ' box sh <<'END'
expect '% '
send 'stty size; tty\n'
expect '30 90'
expect '/dev/pts/0'
resize 40 100
send 'until stty size | grep "^40 "; do :; done\n'
expect '40 100'
expect '% '
send 'sleep 50\n'
pause 0.5
send '\x03'
expect '% '
send 'read -r _ _ _ _ _ session terminal _ </proc/$$/stat; [ "$session:$$" = "$$:$session" -a "$terminal" != 0 ] && echo con""trols\n'
expect 'controls'
send 'exit 9\n'
END
is_status 9 "exec --tty gives a terminal of the container's, which controls a session of its own, and whose size follows the window" ||
	note "$stdout"
terminal sh -c 'before=$(stty -g); ctnr-exec exec -t box true; test "$(stty -g)" = "$before" && echo restored' <<'END'
expect 'restored'
END
is_status 0 "the caller's terminal is restored at the end"
terminal sh -c 'ctnr-exec exec box sh -c "tty; test -t 1 || echo none" >&2' <<'END'
expect 'none'
END
is_status 0 "without --tty the command does not get the caller's terminal"

cat >console.py <<'END'
"""console.py ARGUMENT...: run ctnr-exec exec with a console socket, and show what comes."""
import array, os, socket, subprocess, sys
s = socket.socket(socket.AF_UNIX)
s.bind("console")
s.listen()
s.settimeout(10)
done = subprocess.run(["ctnr-exec", "exec", "--console-socket", "console"] + sys.argv[1:])
if done.returncode:
    sys.exit(done.returncode)
c, _ = s.accept()
_, messages, _, _ = c.recvmsg(4096, socket.CMSG_SPACE(16))
master = array.array("i", messages[0][2])
print(len(messages), len(master), c.recv(1) == b"")
text = b""
while True:
    try:
        part = os.read(master[0], 4096)
    except OSError:
        break
    text += part
print(text.decode().replace("\r\n", "\n"), end="")
END
run python3 console.py -d -t box sh -c 'tty; echo to stderr >&2'
is_stdout "1 1 True
/dev/pts/0
to stderr" "a detached command with a terminal: its master is sent once, to the console socket" || note "$stderr"
rm console
jq -n '{args: ["stty", "size"], cwd: "/", env: ["PATH=/bin"], terminal: true, consoleSize: {height: 11, width: 22}}' >process.json
run python3 console.py -d -p process.json box
is_stdout "1 1 True
11 22" "... as large as the process wants it" || note "$stderr"
rm console
run python3 console.py -d -t box nosuch
is_status 127 "... and a command that cannot be executed is the caller's failure"
rm console
run ctnr-exec exec -d -t box true
is_status 125 "a detached terminal without a console socket is refused"
like_stderr "*has a terminal*--console-socket PATH*" "... and the message says what is missing"
run ctnr-exec exec -d -t --console-socket "$PWD/none" box true
like_stderr "*--console-socket: *none': No such file or directory" "a socket that is not there"
run ctnr-exec exec --console-socket x box true
like_stderr "*--console-socket: the terminal is*without --detach*" "a console socket with nothing to send is refused"
end_box

# What stands at /dev/pts is the container's, and need not be a devpts.
config c '.mounts |= map(select(.destination != "/dev/pts"))'
start_box 'mkdir /dev/pts; mkfifo /dev/pts/ptmx; echo up; exec sleep 1000'
terminal ctnr-exec exec -t box true </dev/null
is_status 125 "a directory at /dev/pts that is no devpts is refused"
like_stdout "*a terminal needs a devpts mount at '/dev/pts'*" "... and the message says so"
end_box
done_testing
