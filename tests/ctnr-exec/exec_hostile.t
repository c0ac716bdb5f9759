#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# timeout: 60 a container races with every command of the long harness
# identities: sub root
# differs: an escape would be root's in the one, the user's in the other; root runs a sealed copy
# shellcheck disable=SC2016 # the scripts are the container's
#
# A container that does what it can to the commands that are executed in it. CTNR_TEST_SCALE multiplies the
# rounds (make soak).
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/bundle.sh"
needs USERNS

rounds=$((6 * ${CTNR_TEST_SCALE:-1}))
inside=$test_lib/../ctnr-exec/inside
all='[range(41)] | map(["CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID",
	"SETPCAP", "LINUX_IMMUTABLE", "NET_BIND_SERVICE", "NET_BROADCAST", "NET_ADMIN", "NET_RAW", "IPC_LOCK",
	"IPC_OWNER", "SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT", "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN", "SYS_BOOT",
	"SYS_NICE", "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD", "LEASE", "AUDIT_WRITE",
	"AUDIT_CONTROL", "SETFCAP", "MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG", "WAKE_ALARM", "BLOCK_SUSPEND",
	"AUDIT_READ", "PERFMON", "BPF", "CHECKPOINT_RESTORE"][.] | "CAP_" + .) |
	{bounding: ., effective: ., permitted: .}'

for program in spy rename overwrite; do
	cc -O1 -static -o $program "$inside/$program.c" 2>>cc.log
done
ok "the programs of this test can be built" cc -O1 -DLIBRARY -shared -fPIC -o take.so "$inside/overwrite.c" 2>>cc.log ||
	note "$(cat cc.log)"

# CVE-2024-21626. Nothing of ours is open, and if it were, no path would lead through it.
bundle c
start_box 'echo up; exec sleep 1000'
i=0
result=
while [ $i -lt 20 ]; do
	run ctnr-exec exec --cwd /proc/self/fd/$i box cat passwd ../../etc/shadow 5</etc 7</ 9</etc
	[ "$status" = 125 ] && [ -z "$stdout" ] || result="$result $i:$status:$stdout"
	i=$((i + 1))
done
is "$result" "" "a working directory behind a magic link is refused"
run ctnr-exec exec --cwd /proc/1/root/../.. box true
is_status 125 "... whichever it is"

# CVE-2019-5736
run ctnr-exec exec box /proc/self/exe --version
if ldd "$(command -v ctnr-exec)" | grep -q =\>; then
	isnt "$status" 0 "our executable finds no libraries inside" || note "$stdout"
else
	is_stdout "$(ctnr-exec --version)" "our executable runs inside as any other would"
fi
end_box
config c ".process.capabilities = ($all)"
start_box 'echo up; exec sleep 1000'
cp "$CTNR_TEST_BUILD/tests/dynamic/ctnr-exec" own
if ldd ./own | grep -q libasan; then
	note "a sanitized executable cannot be preloaded into"
else
	cp overwrite take.so c/rootfs/
	libraries_of ./own
	before=$(sha256sum <own)
	run ./own exec -e LD_PRELOAD=/take.so -e LD_LIBRARY_PATH=/lib box /proc/self/exe --version
	like_stdout "refused *" "the executable that a container took hold of cannot be written to" ||
		note "$stderr"
	is "$(sha256sum <own)" "$before" "... and is what it was"
fi

# What is replaced inside: the null device, and names of the host's interfaces.
ctnr-exec exec box sh -c 'umount -l /dev/null; rm /dev/null; mkfifo /dev/null' 2>/dev/null
run timeout 10 ctnr-exec exec box sh -c 'cat; echo read' </dev/null
is_stdout read "a FIFO at the container's /dev/null is not opened for stdin"
if identity root; then
	# What it tries changes nothing, should it be allowed.
	run ctnr-exec exec box sh -c 'chmod 666 /proc/self/fd/0 || chown 0 /proc/self/fd/0 || echo null >/proc/self/fd/0 && echo written' </dev/null
	is_stdout written "root's container gets a null device that can be written to"
	like_stderr "*chmod*Read-only*chown*Read-only*" "... and not changed"
fi
end_box
bundle c
config c '.mounts |= map(select(.destination != "/proc")) | .process.oomScoreAdj = 700 |
	.linux.maskedPaths = [] | .linux.readonlyPaths = []'
mkdir -p c/rootfs/proc/self/attr
: >c/rootfs/proc/self/oom_score_adj
: >c/rootfs/proc/self/attr/exec
start_box 'echo up; exec sleep 1000'
ctnr-exec exec -d --pid-file pid box sleep 1000
is "$(cat "/proc/$(cat pid)/oom_score_adj")" 700 "what is set through procfs is set, without the container's /proc"
is "$(cat c/rootfs/proc/self/oom_score_adj c/rootfs/proc/self/attr/exec)" "" "... and nothing is written to what stands there"
end_box

# CVE-2022-29162
bundle c
config c ".process.capabilities = ($all)"
start_box 'echo up; exec sleep 1000'
run ctnr-exec exec -c CAP_NET_RAW -c CAP_SYS_ADMIN box grep -E 'Cap(Inh|Amb)' /proc/self/status
is_stdout "CapInh:	0000000000000000
CapAmb:	0000000000000000" "no capability is inheritable that the config does not have so"
end_box

# A container of all capabilities that looks at what comes in. With no user namespace it would be the host's root.
cp spy rename c/rootfs/bin/
identity sub || config c 'del(.process.capabilities)'
: >xyzzy
start_box 'spy xyzzy & exec spy xyzzy'
n=0
lost=
while [ $n -lt $((4 * rounds)) ]; do
	run env xyzzy=xyzzy ctnr-exec exec box true 5<xyzzy 6</etc
	[ "$status" = 0 ] || lost="$lost $status:$stderr"
	n=$((n + 1))
done
is "$lost" "" "commands in a container that spies on them"
is "$(sort -u box.out)" up "... show it nothing of the host"
ctnr-exec exec -d -e SEEN=xyzzy box sleep 1000
ok "... while it sees what is the command's own" eventually 10 grep -q environ box.out
end_box

# Renames and links.
config c 'del(.process.capabilities)'
start_box 'exec rename'
echo host >marker
n=0
entered=0
leaks=
while [ $n -lt $((4 * rounds)) ]; do
	run ctnr-exec exec --cwd /d/work box sh -c 'cat marker ../marker 5/marker; echo $PWD' 3<. 5<. 7<. 9<.
	case $status:$stdout in
	0:/d/directory | 0:/d/work | 0:/moved/directory | 0:/moved/work | 0:/ | 0:) entered=$((entered + 1)) ;;
	125:) ;;
	*) leaks="$leaks [$status $stdout $stderr]" ;;
	esac
	n=$((n + 1))
done
ok "$entered of $n commands enter a directory that is renamed and swapped" test "$entered" -gt 0
is "$leaks" "" "... and none comes to another"
end_box

# A container that is being made is not joined before it has its root: it is slow, and there is a race in each round.
echo host >"$CTNR_TEST_TMP/only-here"
config c '.mounts += [range(450) | {destination: "/tmp/\(.)", type: "tmpfs", source: "tmpfs"}]'
n=0
wrong=
script c 'exec sleep 1000'
while [ $n -lt $rounds ]; do
	ctnr-exec run --bundle ./c box </dev/null >/dev/null 2>&1 &
	box=$!
	while kill -0 $box && [ -z "$(cat "${CTNR_RUN_DIR-$XDG_RUNTIME_DIR/ctnr}/exec/box/state.json" 2>/dev/null)" ]; do :; done
	run ctnr-exec exec box sh -c "cat $CTNR_TEST_TMP/only-here; grep -c /tmp/ /proc/self/mounts"
	is_made=$status:$stdout
	[ "$is_made" = 0:450 ] || wrong="$wrong [$is_made $stderr]"
	end_box
	n=$((n + 1))
done
is "$wrong" "" "a container that is being made is joined when it is complete"
bundle c

# A container that ends, and one of the same ID that begins.
n=0
wrong=
while [ $n -lt $rounds ]; do
	script c 'sleep 0.05'
	ctnr-exec run --bundle ./c box </dev/null >/dev/null 2>&1 &
	box=$!
	for _ in 1 2 3 4 5 6; do
		run timeout 20 ctnr-exec exec box sh -c 'echo in; exec sleep 0.01'
		case $status:$stdout:$stderr in
		0:in: | 137:*:) ;;
		*"container not running" | *"container does not exist" | *"being created"*) ;;
		*) wrong="$wrong [$status $stdout $stderr]" ;;
		esac
	done
	wait $box
	n=$((n + 1))
done
is "$wrong" "" "a container that ends while it is joined is told of, and nothing else"

# SIGKILL at any moment, of any of our processes.
start_box 'echo up; while :; do sleep 0.1; done'
n=0
left=
while [ $n -lt $rounds ]; do
	python3 "$test_lib/kill-at.py" 0.03 ctnr-exec exec box sleep 40.$n >kill.out 2>&1 || left="$left $(cat kill.out)"
	n=$((n + 1))
done
is "$left" "" "SIGKILL of any process of exec leaves none of them"
run ctnr-exec exec box echo works
is_stdout works "... and the container as it was"
end_box
done_testing
