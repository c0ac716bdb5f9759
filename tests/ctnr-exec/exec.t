#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub one root
# differs: the user namespace is joined with its owner's rights, or there is none to join
# shellcheck disable=SC2016 # the scripts are the container's
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/bundle.sh"
needs USERNS

bundle c
config c '.process.env += ["COLOUR=red", "SHAPE=round"] | .process.cwd = "/tmp"'
start_box 'echo up; exec sleep 1000'

run ctnr-exec exec box sh -c 'echo out; echo err >&2; exit 7'
is_status 7 "the status is the command's"
is_stdout out "... and so are stdout"
is_stderr err "... and stderr"
run ctnr-exec exec box sh -c 'for n in pid mnt uts ipc cgroup user; do
	stat -L -c %i /proc/1/ns/$n /proc/self/ns/$n; done | uniq -c | grep -vc " 2 "'
is_stdout 0 "the namespaces are those of the container's first process"
run ctnr-exec exec box sh -c 'hostname; ls -d /bin/busybox; ps | grep -c "[s]leep 1000"'
is_stdout "box
/bin/busybox
1" "... and so is the root directory"
run ctnr-exec exec box sh -c 'echo $COLOUR $SHAPE $PWD; umask; cut -d " " -f 4,5,6,7 </proc/self/stat'
like_stdout "red round /tmp
0022
* 0" "environment, directory and umask are those of the config, the session is its own"
run ctnr-exec exec box sh -c 'ls /proc/self/fd | wc -l; grep -E "Cap(Inh|Prm|Eff|Bnd|Amb)|NoNew" /proc/self/status' 5</ 7</etc 9>x
is_stdout "4
CapInh:	0000000000000000
CapPrm:	0000000000000000
CapEff:	0000000000000000
CapBnd:	0000000000000000
CapAmb:	0000000000000000
NoNewPrivs:	1" "no descriptor is left, and no capability that the config does not have"
printf 'a\nb\n' >input
run ctnr-exec exec box wc -l <input
is_stdout 2 "stdin is the command's"

# options
run ctnr-exec exec -e COLOUR=blue --env NEW=1 --cwd /etc box sh -c 'echo $COLOUR $SHAPE $NEW $PWD; env | grep -c COLOUR'
is_stdout "blue round 1 /etc
1" "--env replaces and adds, --cwd is the directory"
run ctnr-exec exec box --cwd /etc sh -c 'echo $PWD $0' --cwd /tmp
is_stdout "/etc --cwd" "options may stand behind the ID, those behind the command are its own"
run ctnr-exec exec box -- echo --cwd
is_stdout --cwd "-- ends them"
run ctnr-exec exec --cap CAP_KILL -c chown box grep -E 'Cap' /proc/self/status
is_stdout "CapInh:	0000000000000000
CapPrm:	0000000000000021
CapEff:	0000000000000021
CapBnd:	0000000000000021
CapAmb:	0000000000000000" "--cap adds a capability, and never an inheritable one"
run ctnr-exec exec --no-new-privs=false box grep NoNewPrivs /proc/self/status
is_stdout "NoNewPrivs:	0" "--no-new-privs=false takes it off"
run ctnr-exec exec box test -d /nowhere
is_status 1 "a directory that is missing"
run ctnr-exec exec --cwd /nowhere box true
is_status 125 "... is not made as working directory"
like_stderr "*'/nowhere': No such file or directory" "... but an error"
run ctnr-exec exec --cwd etc box true
is_stderr "ctnr-exec: error: option --cwd: expected an absolute path, got 'etc'
ctnr-exec: hint: try 'ctnr-exec exec --help'" "--cwd is absolute, and named where it is not"
run ctnr-exec run -b ./c other
is_stderr "ctnr-exec: error: container 'box' is running
ctnr-exec: hint: it runs from bundle '$PWD/c', which is for one container at a time" "a bundle in use: by whom is told"
if ! identity one; then
	run ctnr-exec exec --user 7:8 -g 9 -g 10 box sh -c 'id -u; id -g; id -G; grep CapEff /proc/self/status'
	is_stdout "7
8
8 9 10
CapEff:	0000000000000000" "--user and --additional-gids"
	run ctnr-exec exec -u 7 box id -g
	is_stdout 0 "... a group that is not given stays"
	mkdir -m 700 c/rootfs/private
	run ctnr-exec exec -u 7 --cwd /private box sh -c 'ls . 2>&1; echo in'
	like_stdout "*denied*in" "... may start in a directory that only root can enter"
	run ctnr-exec exec -c CAP_CHOWN box chown 7 /private
	run ctnr-exec exec -u 7 --cwd /private box sh -c 'ls .; echo in $PWD'
	is_stdout "in /private" "... and in one that only that user can enter"
	run ctnr-exec exec -u 8 --cwd /private box true
	like_stderr "*'/private': Permission denied" "... which is closed to others"
fi
for wrong in '--user me' '--user 1:' '--user -1' '--cap CAP_FLY' '--env X' '-g x' '--preserve-fds 1'; do
	# shellcheck disable=SC2086 # two words
	run ctnr-exec exec $wrong box true
	is_status 125 "$wrong is refused"
	like_stderr "ctnr-exec: error: *${wrong%% *}*" "... by name" || note "$stderr"
done

# errors, with the words that callers know
run ctnr-exec exec nosuch true
is_status 125 "a container that does not exist"
like_stderr "*'nosuch': container does not exist" "... is told so"
run ctnr-exec exec box nosuch
is_status 127 "a command that does not exist"
like_stderr "*'nosuch': executable file not found in \$PATH" "... is told so"
run ctnr-exec exec box /no/such
is_status 127 "... and one with a path"
like_stderr "*'/no/such': No such file or directory" "... by its errno"
run ctnr-exec exec box /etc/passwd
is_status 126 "a file that is not executable"
like_stderr "*'/etc/passwd': Permission denied" "... is told so"
run ctnr-exec exec box
is_status 125 "no command"
like_stderr "*no command given*" "... is told so"
run ctnr-exec exec
like_stderr "*no container given*" "no ID"

# --process
jq -n '{args: ["sh", "-c", "echo $MINE $COLOUR; pwd; exit 3"], cwd: "/etc", env: ["PATH=/bin", "MINE=yes"]}' >process.json
run ctnr-exec exec --process process.json box
is_status 3 "a process from a file: its status"
is_stdout "yes
/etc" "... with what the file says, and nothing of the container's process"
run ctnr-exec exec -p /dev/stdin --cwd /tmp box <process.json
is_stdout "yes
/tmp" "... from stdin, and an option changes it"
mkfifo fifo
cat process.json >fifo &
writer=$!
at_end "kill $writer 2>/dev/null"
run ctnr-exec exec -p fifo box
is_stdout "yes
/etc" "... from a FIFO"
run ctnr-exec exec -p process.json box true
like_stderr "*command and --process*" "... but no command besides"
jq '.cwd = 7' process.json >wrong.json
run ctnr-exec exec -p wrong.json box
is_status 125 "a process that is not well formed is refused"
like_stderr "*wrong.json: process.cwd: expected string, got integer" "... by the place in the file"
echo '[]' >wrong.json
run ctnr-exec exec -p wrong.json box
like_stderr "*wrong.json: expected object" "... and one that is no object"

# CPUs, of further processes alone
cpus='sed -n "s/^Cpus_allowed_list:.//p" /proc/1/status /proc/self/status'
is "$(ctnr-exec exec box sh -c "$cpus" | uniq)" "$(sed -n 's/^Cpus_allowed_list:.//p' /proc/self/status)" \
	"without execCPUAffinity the CPUs are the caller's"
jq --arg cpus "$cpus" '.args[2] = $cpus | .execCPUAffinity = {final: "0"}' process.json >cpus.json
run ctnr-exec exec -p cpus.json box
is_stdout "$(sed -n 's/^Cpus_allowed_list:.//p' /proc/self/status)
0" "execCPUAffinity.final is that of the command, and not of the container's first process"
for member in initial final; do
	jq ".execCPUAffinity = {$member: \"8191\"}" process.json >cpus.json
	run ctnr-exec exec -p cpus.json box
	is_status 125 "execCPUAffinity.$member of a CPU that is not there is an error"
	is_stderr "ctnr-exec: error: cannot set process.execCPUAffinity.$member: Invalid argument" "... by name"
done

# descriptors and signals
run ctnr-exec exec --preserve-fds 2 box sh -c 'cat <&3; cat <&4; ls /proc/self/fd | wc -l' 3<input 4<input 5</etc
is_stdout "a
b
a
b
6" "--preserve-fds gives as many descriptors as are asked for"
ctnr-exec exec box sh -c 'trap "echo term; exit 5" TERM; echo ready; while :; do sleep 0.1; done' >on &
caller=$!
eventually 20 grep -q ready on
kill -TERM $caller
wait $caller
is "$? $(tail -n 1 on)" "5 term" "signals are passed on"
ctnr-exec exec box sh -c 'echo on; sleep 31' >on &
caller=$!
eventually 20 grep -q on on
kill -9 $caller
ok "a caller that is killed takes its command with it" eventually 20 sh -c '! ctnr-exec exec box ps | grep -q "sleep [3]1"' ||
	note "$(ctnr-exec exec box ps)"

# --detach
run ctnr-exec exec -d --pid-file pid box sleep 32
is_status 0 "a detached command: the caller is done at once"
is "$(tr '\0' ' ' <"/proc/$(cat pid)/cmdline")" "sleep 32 " "... with its pid in the file"
run ctnr-exec exec -d --pid-file missing box nosuch
is_status 127 "... one that cannot be executed is the caller's failure"
like_stderr "*executable file not found*" "... with the reason"
fails "... and there is no pid file" test -e missing
mkdir not-a-file
run ctnr-exec exec -d --pid-file not-a-file box sleep 33
is_status 125 "a pid file that cannot be written is an error"
run ctnr-exec exec box ps
unlike_stdout "*sleep 33*" "... and the command is ended"
like_stdout "*sleep 1000*" "... alone"
run python3 - <<'END'
import ctypes, os, subprocess
ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER
subprocess.run(["ctnr-exec", "exec", "-d", "--pid-file", "child", "box", "sh", "-c", "exit 44"], check=True)
pid, status = os.wait()
print(pid == int(open("child").read()), os.waitstatus_to_exitcode(status))
END
is_stdout "True 44" "the caller's subreaper is the parent of a detached command, and gets its status" || note "$stderr"
run python3 - <<'END'
import array, os, select, signal, socket, subprocess
s = socket.socket(socket.AF_UNIX)
s.bind("sock")
s.listen()
child = subprocess.Popen(["ctnr-exec", "exec", "--pidfd-socket", "sock", "box", "sleep", "34"])
c, _ = s.accept()
_, messages, _, _ = c.recvmsg(64, socket.CMSG_SPACE(4))
pidfd = array.array("i", messages[0][2])[0]
signal.pidfd_send_signal(pidfd, signal.SIGUSR1)
print(child.wait())
END
is_stdout 138 "--pidfd-socket gets a pidfd of the command" || note "$stderr"

# A container that waits for its start
bundle d
cp c/config.json d/config.json
config d '.process.execCPUAffinity = {final: "0"}'
ctnr-exec create --bundle ./d later </dev/null >later.out 2>&1
at_end 'ctnr-exec delete --force later'
run ctnr-exec exec later sh -c 'hostname; ls /proc/self/fd | wc -l'
is_stdout "box
4" "a container that was created can be joined before its start" || note "$stderr"
run ctnr-exec exec later sh -c "$cpus"
is_stdout "$(sed -n 's/^Cpus_allowed_list:.//p' /proc/self/status)
0" "... where execCPUAffinity of its config applies"
ctnr-exec start later
# start does not wait until the program is executed.
has_sleeper() { [ "$(ctnr-exec exec "$1" sh -c 'ps | grep -c "[s]leep 1000"')" = 1 ]; }
ok "... and after it" eventually 20 has_sleeper later
ctnr-exec kill later KILL
eventually 10 sh -c 'ctnr-exec state later | grep -q stopped' || note "it goes on"
run ctnr-exec exec later true
is_status 125 "... but not when it has ended"
like_stderr "*'later': container not running" "... which is told"

# the end of the container
ctnr-exec exec box sleep 35 &
caller=$!
eventually 20 sh -c 'ctnr-exec exec box ps | grep -q "sleep [3]5"'
end_box
wait $caller
is $? 137 "the end of the container is that of the command"
run ctnr-exec exec box true
is_status 125 "... and there is no other command in it"
# On which CPUs a further process runs. The first process stays where it is.
if [ "$(nproc)" -gt 1 ]; then
	bundle c
	for affinity in '{initial: "0", final: "1"} 1' '{initial: "0"} all' '{final: "0"} 0'; do
		config c ".process.execCPUAffinity = ${affinity% *}"
		start_box 'grep Cpus_allowed_list /proc/self/status; exec sleep 1000'
		all=$(sed 's/.*\t//' box.out)
		run ctnr-exec exec box grep Cpus_allowed_list /proc/self/status
		wanted=${affinity##* }
		[ "$wanted" != all ] || wanted=$all
		is_stdout "Cpus_allowed_list:	$wanted" "process.execCPUAffinity: ${affinity% *}"
		end_box
	done
fi
done_testing
