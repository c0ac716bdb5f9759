#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: root sub one
# differs: root may be kept out of nothing, and with one ID the process is always the owner
# shellcheck disable=SC2016 # the scripts are the container's
#
# stdin, stdout and stderr of a container without a terminal.
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/bundle.sh"
needs USERNS

terminal() {
	run python3 "$test_lib/terminal.py" "$@"
}

bundle c
cc -O1 -static -o c/rootfs/streams "$test_lib/../ctnr-exec/inside/streams.c" || fail "streams.c can be built"

# A terminal never gets in, whichever descriptors are one.
config c '.process.args = ["/streams"]'
terminal sh -c 'ctnr-exec run ./c' </dev/null
like_stdout "*terminals: 0*" "a container without a terminal does not hold the caller's"
terminal sh -c 'ctnr-exec run ./c >log </dev/null; cat log; ctnr-exec run ./c 2>&1 >&0 | cat' </dev/null
is "$(printf '%s\n' "$stdout" | grep -c 'terminals: 0')" 2 "... as stderr alone, or as a stdin that can be written to"
unlike_stdout "*is a terminal*" "... through none of its descriptors"

script c 'stty -echo <&1; stty -echo <&2; read -t 1 line <&2; echo "line=$line."'
terminal sh -c 'ctnr-exec run ./c; stty' <<'END'
send 'secret\n'
expect 'line=.'
END
unlike_stdout "*-echo*" "the caller's terminal keeps its modes, and what is typed is not read by the output"

script c 'i=0; while [ $i -lt 300 ]; do echo "out $i"; echo "err $i" >&2; i=$((i+1)); done'
terminal ctnr-exec run ./c </dev/null
is "$(printf '%s' "$stdout" | tr -d '\r' | md5sum)" \
	"$(i=0; while [ $i -lt 300 ]; do echo "out $i"; echo "err $i"; i=$((i+1)); done | head -c -1 | md5sum)" \
	"stdout and stderr come in the order in which they were written, and whole"
is_status 0 "... with the container's status"

script c 'head -c 300000 /dev/zero | tr "\0" x; exit 3'
terminal ctnr-exec run ./c </dev/null
is_status 3 "much output"
is "$(tr -d '\r\n' <"$stdout_file" | wc -c)" 300000 "... is complete when the container has ended"

# stdin
script c 'while read -r line; do echo "got $line"; done; echo end'
terminal ctnr-exec run ./c <<'END'
send 'one\n'
expect 'got one'
send 'two\n'
expect 'got two'
send '\x04'
expect 'end'
END
is_status 0 "lines that are typed reach the container, and Ctrl-D ends its input"

script c 'read -r line; echo "got $line"; exec <&-; echo closed; sleep 1; exit 4'
terminal ctnr-exec run ./c <<'END'
send 'one\n'
expect 'closed'
send 'two\nthree\n'
END
is_status 4 "a container that closes its stdin goes on"

script c 'trap "echo interrupted; exit 5" INT; echo ready; while :; do sleep 0.1; done'
terminal ctnr-exec run ./c <<'END'
expect 'ready'
send '\x03'
END
is_status 5 "Ctrl-C is a signal to the container"
like_stdout "*interrupted*" "... which can answer it"

# A shell takes the signal itself until it has executed its last command, and as the first process of a
# namespace it cannot end itself by it.
script c 'echo ready >/tmp/ready; exec tail -f /tmp/ready'
terminal ctnr-exec run ./c <<'END'
expect 'ready'
send '\x03'
END
is_status 130 "... and ends one that does not take it"

script c 'echo ready; while read -r line; do echo "got $line"; done; exit 7'
terminal bash --norc -i <<'END'
send 'PS1="%% "; ctnr-exec run ./c\n'
expect 'ready'
send '\x1a'
expect 'Stopped'
expect '% '
send 'fg\n'
expect './c'
send 'again\n'
expect 'got again'
send '\x1a'
expect 'Stopped'
send 'bg; echo; exec 3>&1\n'
expect '% '
send 'fg\n'
expect './c'
send 'more\n'
expect 'got more'
send '\x04'
expect '% '
send 'exit $?\n'
END
is_status 7 "Ctrl-Z stops ctnr-exec, fg lets it go on" || note "$stdout"

script c 'sleep 0.3; echo from behind; exit 6'
terminal bash --norc -i <<'END'
send 'PS1="%% "; ctnr-exec run ./c </dev/null & wait $!; echo status=$?\n'
expect 'from behind'
expect 'status=6'
send 'exit\n'
END
is_status 0 "a container in the background writes to the terminal"

script c 'i=0; while [ $i -lt 10 ]; do sleep 0.2; i=$((i+1)); done; echo counted; read -r line; echo "got $line"'
terminal bash --norc -i <<'END'
send 'PS1="%% "; ctnr-exec run ./c &\n'
expect '% '
send 'jobs\n'
expect 'Running'
send 'echo typed to the shell\n'
expect 'counted'
send 'jobs\n'
expect 'Running'
send 'fg\n'
expect './c'
send 'word\n'
expect 'got word'
expect '% '
send 'exit\n'
END
is_status 0 "... is not stopped by what is typed to the shell, and reads when it comes to the front" ||
	note "$stdout"

script c 'sleep 0.3; echo from behind; exit 6'
terminal sh -c 'exec ctnr-exec run ./c' <<'END'
hangup
END
is_status 129 "a terminal that is closed ends the container"

script c 'cat /dev/zero'
terminal sh -c 'exec ctnr-exec run ./c | head -c 5 | wc -c' <<'END'
expect '5'
END
is_status 0 "output to a pipe is the container's own, which ends with its reader"

# A process that stays behind without a pid namespace keeps the pipe open.
bundle behind
config behind '.linux.namespaces |= map(select(.type != "pid")) | .mounts |= map(select(.type != "proc"))'
script behind 'echo before; sleep 30 & echo $! >/pid; exit 8'
since=$(date +%s)
terminal ctnr-exec run ./behind </dev/null
is_status 8 "a process that is left behind keeps nobody waiting"
like_stdout "*before*" "... and what was written is shown"
ok "... at once" test $(($(date +%s) - since)) -lt 15
kill "$(cat behind/rootfs/pid)"

# Another user than the one whose descriptors they are opens them again, as logs to /dev/stdout do.
bundle u
identity one || config u '.process.user = {uid: 1000, gid: 1000}'
script u 'echo out >/dev/stdout; echo err >/dev/stderr; cat /dev/stdin'
run sh -c 'echo in | ctnr-exec run ./u 2>&1 | cat'
is_stdout "out
err
in" "a user opens /dev/stdin, /dev/stdout and /dev/stderr that are pipes"
run sh -c '{ ctnr-exec run ./u </dev/null && echo caller >/dev/stderr; } 2>&1 | cat'
like_stdout "*caller" "... which stay the caller's too"
if identity root sub; then
	config u '.process.user = {uid: 1000, gid: 0}'
	run sh -c 'echo in | ctnr-exec run ./u 2>&1 | cat'
	is_stdout "out
err
in" "... also a user in the group that the pipes have"
	config u '.process.user = {uid: 1000, gid: 1000}'
fi

if identity root sub; then
	owners() {
		stat -c '%n %u:%g %a' "$@"
	}
	(umask 077 && echo 0 >log && echo first >in && mkfifo fifo)
	owners log in fifo >before
	script u 'echo a; echo b >/dev/stdout; cat /dev/stdin; echo c >&2; echo d'
	ctnr-exec run ./u <in >log 2>&1
	is $? 0 "a user opens files that are private to the caller" || cat log
	is "$(cat log)" "a
b
first
c
d" "... and everything is there, in order"
	(echo kept; ctnr-exec run ./u <in; echo more) >>log 2>&1
	is "$(sed -n '6,$p' log)" "kept
a
b
first
c
d
more" "... also between what others append to it"
	(echo kept; ctnr-exec run ./u <in; echo more) >log 2>&1
	is "$(cat log)" "kept
a
b
first
c
d
more" "... or write at the position that they share"
	cat fifo >got &
	ctnr-exec run ./u <in >fifo 2>&1
	wait $!
	is "$(cat got)" "a
b
first
c
d" "... and so does a FIFO with a name"
	owners log in fifo >after
	is_file after before "... whose owner and mode stay as they were"

	script u 'read -r line; echo "got $line"'
	(umask 077 && seq 20000 >in)
	run sh -c '{ ctnr-exec run ./u; ctnr-exec run ./u; head -n 1; } <in'
	is_stdout "got 1
got 2
3" "what a container does not read of a file is left to the next one"
fi

script u 'for fd in 0 1; do chmod 777 /proc/self/fd/$fd; chown 1:1 /proc/self/fd/$fd; echo evil >/proc/self/fd/$fd; done 2>/dev/null; ls /proc/self/fd/0/; cat'
cp u/config.json before.json
config u '.process.user = {uid: 0, gid: 0}'
if identity root; then
	echo host >host.in
	echo before >host.out
	chmod 444 host.in
	stat -c '%n %a %u:%g' host.in host.out >before
	ctnr-exec run ./u <host.in >>host.out 2>/dev/null
	stat -c '%n %a %u:%g' host.in host.out >after
	is_file after before "root in a container changes neither mode nor owner of a file that is its stdin or stdout"
	is "$(cat host.in)" host "... nor what is in the one that it reads"
	like "$(cat host.out)" "before*host*" "... and reads and writes them as they are meant"
fi
mkdir folder
touch folder/secret
run ctnr-exec run ./u <folder
unlike_stdout "*secret*" "a directory as stdin leads nowhere"
if identity root; then
	printf '1\n2\n3\n4\n' >in
	script u 'read -r line; echo 5678 >/proc/self/fd/0'
	run sh -c '{ read -r line; ctnr-exec run ./u; cat; } <in'
	is_stdout "2
3
4" "a container that writes to its own stdin sets the caller's back to where it began, at most"
fi
cp before.json u/config.json

script u 'read -r line; echo "got $line"'
terminal ctnr-exec run ./u <<'END'
send 'typed\n'
expect 'got typed'
END
is_status 0 "a user has the terminal's pipes too"
script u 'echo again >/dev/stdout; echo again >/dev/stderr; cat /dev/stdin'
terminal ctnr-exec run ./u <<'END'
expect 'again'
expect 'again'
send 'typed\n'
expect 'typed\r\ntyped'
send '\x04'
END
is_status 0 "... and opens them again"

# What cannot be written: the container hears of it where the descriptor is its own.
if [ -w /dev/full ]; then
	script c 'echo x || exit 9'
	run sh -c 'ctnr-exec run ./c >/dev/full'
	if identity root; then
		is_status 125 "output that cannot be written is an error"
		like_stderr "*error: cannot write *fd 1: No space left on device*" "... that says why"
	else
		is_status 9 "a write that fails fails in the container"
	fi
	config c '.process.terminal = true'
	run sh -c 'ctnr-exec run ./c >/dev/full'
	is_status 125 "a terminal's output that cannot be written is an error"
	config c '.process.terminal = false'
fi
if identity root sub; then
	script u 'head -c 9000000 /dev/zero; exit "$(cat /status)"'
	(umask 077 && : >log)
	echo 0 >u/rootfs/status
	run sh -c 'ulimit -f 12000 && exec ctnr-exec run ./u >>log'
	is_status 125 "so is that of a file that grows too large"
	like_stderr "*fd 1: File too large*" "... which is said"
	echo 3 >u/rootfs/status
	run sh -c 'ulimit -f 12000 && exec ctnr-exec run ./u >>log'
	is_status 3 "... and the container's own failure stays"
fi

# Sockets, as systemd's journal gives them, cannot be opened by anybody.
cat >with-sockets <<'END'
import os, socket, subprocess, sys

ours, theirs = socket.socketpair()
stdin = theirs if sys.argv[1] == "service" else subprocess.DEVNULL
child = subprocess.Popen(sys.argv[2:], stdin=stdin, stdout=theirs, stderr=theirs)
theirs.close()
if sys.argv[1] == "service":
    ours.sendall(b"request\n")
data = b""
while part := ours.recv(4096):
    data += part
os.write(1, data)
sys.exit(child.wait())
END
script u 'echo out >/dev/stdout; echo err >/dev/stderr'
run python3 with-sockets log ctnr-exec run ./u
is_stdout "out
err" "a log that is a socket is opened as /dev/stdout and /dev/stderr"
script u 'read -r line; echo "got $line"; readlink /proc/self/fd/1'
run python3 with-sockets service ctnr-exec run ./u
like_stdout "got request
socket:*" "the socket of a service is the container's own"

# A pipe of another user, whose mode is not ours to change.
if identity root; then
	bundle other
	config other '.linux.namespaces += [{type: "user"}] |
		.linux.uidMappings = [{containerID: 0, hostID: 65534, size: 1}] |
		.linux.gidMappings = .linux.uidMappings'
	script other 'echo out >/dev/stdout; echo err >/dev/stderr; cat /dev/stdin'
	mkdir -m 700 other.run && chown -R 65534:65534 other other.run
	run sh -c 'echo in | env CTNR_RUN_DIR="$PWD/other.run" setpriv --reuid=65534 --regid=65534 \
		--clear-groups ctnr-exec run ./other 2>&1 | cat'
	is_stdout "out
err
in" "pipes of another user are opened too"
fi
done_testing
