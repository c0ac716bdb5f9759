#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub root
# differs: podman itself maps the IDs of an ordinary user, and gives root's container nodes and no maps
# timeout: 60 podman takes a third of a second for each container, and conmon as long for each command
# shellcheck disable=SC2016 # the scripts are the container's
. "$(dirname "$0")/../lib/test.sh"
needs PEER:podman PEER:conmon PEER:catatonit PEER:crun USERNS
. "$test_lib/../engines/engine.sh"

run podman pull --quiet "$engine_image"
b=$stdout
mkdir data
echo data >data/file

# namespaces PID NAME...: a script that prints them
namespaces() {
	namespaces_of=$1
	shift
	printf "readlink /proc/$namespaces_of/ns/%s; " "$@"
}

# What a container is given.
cat >all <<'END'
id; pwd; echo "$A"; hostname; umask; ulimit -n; ulimit -Hn; cat /proc/self/oom_score_adj
grep -E '^(CapEff|CapBnd|NoNewPrivs|Seccomp):' /proc/self/status | tr -d '\t'
cat /proc/sys/net/ipv4/ip_unprivileged_port_start; ls /sys/class/net
cat /d/file; touch /d/x /bin/x 2>&1; touch /tmp/x && stat -c '%a' /data
df -k /data /dev/shm | tail -n 2 | tr -s ' ' | cut -d ' ' -f 2
END
run podman run --rm --user user --group-add 5 --workdir /tmp --env A=b --hostname named --umask 077 \
	--ulimit nofile=100:200 --ulimit nproc=1000:1000 --oom-score-adj 500 --network none \
	--sysctl net.ipv4.ip_unprivileged_port_start=80 --cap-drop all --security-opt no-new-privileges \
	--volume "$PWD/data:/d:ro" --read-only --tmpfs /data:size=64k,mode=1777 --shm-size 1m \
	"$b" sh -c "$(cat all)"
is_status 0 "podman run has its options obeyed"
is_stdout "uid=1000(user) gid=1000(user) groups=5(tty),100(users),1000(user)
/tmp
b
named
0077
100
200
500
CapEff:0000000000000000
CapBnd:0000000000000000
NoNewPrivs:1
Seccomp:2
80
lo
data
touch: /d/x: Read-only file system
touch: /bin/x: Read-only file system
1777
64
1024" "... each as asked"
is_stderr "" "... and without a word"

run podman run --rm --cap-add sys_admin --security-opt seccomp=unconfined --uidmap 0:0:1 --uidmap 1:1:2000 \
	--gidmap 0:0:3000 "$b" sh -c "cut -c 25- /proc/self/uid_map | tr -d ' ' | tr '\n' ' '
	grep -E '^(CapEff|Seccomp):' /proc/self/status | tr -s '\t\n' ' '"
is_stdout "1 2000 CapEff: 00000000802405fb Seccomp: 0 " "capabilities, seccomp and maps of IDs are podman's"
run podman run --rm --privileged --ipc private "$b" sh -c 'echo x >/dev/null && grep -c Seccomp:.0 /proc/self/status'
is_stdout 1 "a privileged container runs"
run podman run --rm --security-opt mask=/etc/group --security-opt unmask=/proc/acpi "$b" sh -c \
	'wc -c </etc/group; cd /proc/sys/kernel; (echo x >domainname) 2>&1; grep -c " /proc/acpi " /proc/mounts'
is_stdout "0
sh: can't create domainname: Read-only file system
0" "paths are masked and unmasked"
run podman run --rm --uts host --network host "$b" sh -c "$(namespaces self uts net)"
is_stdout "$(eval "$(namespaces self uts net)")" "namespaces of the host stay"
run podman run --rm --systemd always "$b" stat -f -c %T /run
is_stdout tmpfs "what systemd wants is there"
run podman run --rm --init --volume named:/named --mount "type=bind,src=$PWD/data,dst=/d" \
	--device /dev/null:/dev/mine "$b" sh -c 'cat /proc/1/comm; echo x >/named/x
	echo new >/d/new; stat -c %F /dev/mine; echo x >/dev/mine; echo $$'
is_stdout "podman-init
character special file
2" "an init, volumes and devices are there"
is "$(cat data/new)" new "... and a volume is the host's"
run podman run --rm -v named:/named "$b" cat /named/x
is_stdout x "... or stays with podman"
mkdir -p rootfs/bin rootfs/dev rootfs/proc rootfs/sys rootfs/etc rootfs/run rootfs/tmp
cp "$(command -v busybox)" rootfs/bin/sh
run podman run --rm --interactive --preserve-fds 1 --rootfs "$PWD/rootfs" /bin/sh -c 'read -r a; read -r b <&3; echo "$a $b"' \
	<data/file 3<data/new
is_stdout "data new" "a root of the host's, stdin and a descriptor are passed"

# What it returns.
run podman run --rm "$b" sh -c 'echo out; echo err >&2; exit 3'
is "$status $stdout $stderr" "3 out err" "the status and both outputs are the command's"
run podman run --rm "$b" sh -c 'kill -KILL 1; kill -TERM $$; trap "exit 6" USR1; kill -USR1 $$; sleep 5'
is_status 6 "the first process is safe from its own signals, but for those that it handles"
run podman run --rm --nosuch "$b" true
is_status 125 "podman's own mistakes are 125"
for command in nosuch /bin/nosuch; do
	run podman run --rm "$b" $command
	is_status 127 "a command that is not there is 127 ($command)"
done
like_stderr "*attempted to invoke a command that was not found*" "... which podman has from the runtime's words"
for command in /etc /etc/passwd /etc/passwd/x; do
	run podman run --rm "$b" $command
	is_status 126 "a command that cannot be executed is 126 ($command)"
done
is "$(podman ps --all --quiet)" "" "nothing is left of all these"

# A terminal.
run on_terminal podman run --rm -it "$b" sh -c 'until [ "$(stty size)" = "33 77" ]; do sleep 0.1; done
	tty; read -r line; echo "got $line"; exit 5' <<'END'
expect '/dev/pts/0'
send 'typed\n'
expect 'got typed'
END
is_status 5 "a terminal has its size, input and status"

# A life.
trap_script='trap "exit 4" TERM; trap "exit 8" USR1; echo up; while :; do sleep 0.05; done'
is_up() { [ "$(podman logs "$1" 2>&1 | grep -c '^up$')" = "$2" ]; }
run podman run --detach --name c --health-cmd 'test -e /tmp/healthy' --health-interval disable "$b" \
	sh -c "$trap_script"
is_status 0 "a container is detached"
ok "... and logs" eventually 10 is_up c 1
is "$(podman ps --format '{{.Names}} {{.State}}' | cut -d ' ' -f 1,2)" "c Up" "... and is listed as up"
run podman exec --env A=b --workdir /tmp --user user c sh -c 'echo "$A"; pwd; id -un; exit 6'
is_status 6 "exec has the command's status"
is_stdout "b
/tmp
user" "... and its options are obeyed"
run podman exec --interactive c sh -c 'cat; grep Seccomp: /proc/self/status | tr -d "\t"' <data/file
is_stdout "data
Seccomp:2" "... its stdin is there, and the filter"
run podman exec c nosuch
is_status 127 "a command that exec does not find is 127"
run podman exec c /etc/passwd
is_status 126 "... and one that cannot be executed is 126"
run on_terminal podman exec -it c sh -c 'until [ "$(stty size)" = "33 77" ]; do sleep 0.1; done
	tty; read -r line; echo "got $line"; exit 5' <<'END'
expect '/dev/pts/0'
send 'typed\n'
expect 'got typed'
END
is_status 5 "exec has a terminal"
run podman healthcheck run c
is_status 1 "a health check fails"
run podman exec --detach c touch /tmp/healthy
is_status 0 "exec is detached"
ok "... and what it did makes the container healthy" eventually 10 podman healthcheck run c
is "$(podman inspect --format '{{.State.Healthcheck.Status}}' c)" healthy "... which podman tells"
run podman cp data/file c:/tmp/copied
is "$(podman exec c cat /tmp/copied)" data "a file is copied in"
run podman pause c
is "$status $stderr" "125 Error: cannot pause without using Cgroups: this container does not have a cgroup" \
	"a pause is refused clearly"

run podman stop c
is_status 0 "it is stopped"
is "$(podman wait c) $(podman inspect --format '{{.State.Status}} {{.State.ExitCode}} {{.State.Pid}}' c)" \
	"4 exited 4 0" "... by the signal that it handles"
run podman start c
ok "it is started again" eventually 10 is_up c 2
run podman restart c
ok "... and restarted" eventually 10 is_up c 3
run podman kill --signal USR1 c
is "$(podman wait c)" 8 "... and ended by a signal"
run podman start c
run podman rm --force --time 0 c
is_status 0 "a container that runs is removed by force"
run podman run --detach --name c "$b" sleep 1000
run podman stop --time 0 c
is "$(podman wait c)" 137 "what handles no signal is killed"
is "$(podman rm c; podman ps --all --quiet)" c "... and removed"

run podman run --detach --name c --network none --uts private "$b" sleep 1000
run podman run --rm --network container:c --uts container:c --ipc container:c "$b" \
	sh -c "$(namespaces self net uts ipc)"
is_stdout "$(podman exec c sh -c "$(namespaces 1 net uts ipc)")" \
	"a container joins the namespaces of another one"
run podman rm --force --time 0 c

# What needs control groups is refused by name: rootless podman asks for none on version 1.
if is_ours && identity root; then
	run podman run --rm --memory 100m "$b" true
	is_status 126 "a limit is refused"
	like_stderr "*linux.resources.memory*: this needs cgroups*" "... by its name"
fi

done_testing
