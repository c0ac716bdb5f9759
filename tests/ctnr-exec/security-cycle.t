#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub root
# differs: an escape would be root's in the one, the user's in the other
# shellcheck disable=SC2016 # the scripts are the container's
# What security.t tries with run, with create and start: init is our program until it is started, and holds
# more than the process of a run does.
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/bundle.sh"
needs USERNS

root=$CTNR_TEST_TMP/states
exec_() { ctnr-exec --root "$root" "$@"; }
has_status() { [ "$(exec_ state "$1" | jq -r .status)" = "$2" ]; }
# cycle: create and start bundle c, and see it to its end; what it wrote is in output.
cycle() {
	exec_ create --bundle ./c x </dev/null >output 2>errors || return
	exec_ start x
	eventually 10 has_status x stopped || exec_ kill x KILL
	exec_ delete --force x
}

# CVE-2024-21626: the FIFO, the state, the bundle and what the caller leaks are no way out.
bundle c
i=3
leaks=
while [ $i -lt 15 ]; do
	config c ".process.cwd = \"/proc/self/fd/$i\""
	run exec_ create --bundle ./c x 5</ 7</etc </dev/null
	[ "$status" = 125 ] || leaks="$leaks $i:$status"
	i=$((i + 1))
done
is "$leaks" "" "a working directory behind a magic link is refused by create"
is "$(exec_ list -q)" "" "... and leaves no container"
bundle c
script c 'held=; for fd in 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14; do [ ! -e /proc/1/fd/$fd ] || held="$held $fd"; done
	echo "$held"; cut -d " " -f 6,7 /proc/1/stat; grep -E "CapInh|CapEff|CapAmb" /proc/1/status | cut -f 2 | sort -u'
exec_ create --bundle ./c x 5</ 7</etc 9>leak </dev/null >output 2>&1
exec_ start x
eventually 5 has_status x stopped
is "$(cat output)" " 0 1 2
1 0
0000000000000000" "a container that is started has three descriptors, a session, and no capability"
exec_ delete x

# CVE-2019-5736, while our program waits inside, and as the command.
before=$(sha256sum <"$(command -v ctnr-exec)")
config c '.process.capabilities = (["CAP_DAC_OVERRIDE", "CAP_SYS_PTRACE", "CAP_SYS_ADMIN", "CAP_FOWNER"] |
	{bounding: ., effective: ., permitted: .})'
script c 'for i in 1 2 3 4 5 6 7 8 9; do for p in /proc/[0-9]*; do echo x >>$p/exe; chmod 777 $p/exe; done 2>/dev/null; done; echo tried'
cycle
is "$(tail -n 1 output)" tried "a started container writes to every exe link"
is "$(sha256sum <"$(command -v ctnr-exec)")" "$before" "... and does not change our executable"
if identity root; then
	bundle waiting
	exec_ create --bundle ./waiting --pid-file pid w </dev/null >/dev/null 2>&1
	config c ".linux.namespaces |= map(if .type == \"pid\" then .path = \"/proc/$(cat pid)/ns/pid\" else . end)"
	script c 'head -c 4 /proc/1/exe | tail -c 3; echo; echo x >>/proc/1/exe && echo wrote; chmod 777 /proc/1/exe && echo changed; tr -d "\000" </proc/1/environ | wc -c'
	cycle
	is "$(cat output)" "ELF
0" "a container that shares the pid namespace of one that waits reads our program, and not its environment"
	is "$(grep -c "proc/1/exe: " errors)" 2 "... and can neither write to it nor change it"
	is "$(sha256sum <"$(command -v ctnr-exec)")" "$before" "... which stays what it was"
	exec_ delete --force w
fi

# A process that waits for its start has no filter yet, and the FIFO that starts it.
bundle c
script c 'echo started; sleep 99'
config c '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["sethostname"], action: "SCMP_ACT_ERRNO"}]}'
exec_ create --bundle ./c x </dev/null >output 2>&1
run exec_ exec x sh -c 'test -r /proc/1/status && echo seen
	for file in fd/3 fd/0 exe cwd/. ns/mnt; do test -e /proc/1/$file && echo $file; done
	head -c 1 /proc/1/mem || head -c 1 /proc/1/auxv || echo no >/proc/1/fd/3 || echo refused'
is_stdout "seen
refused" "a created container is neither looked into nor started by what is executed in it"
is "$(exec_ state x | jq -r .status)" created "... and stays created"
exec_ start x
eventually 5 grep -q started output
is "$(exec_ exec x sh -c 'grep CapPrm /proc/1/status; test -e /proc/1/exe && echo looked')" "CapPrm:	0000000000000000
looked" "... once it is started it is a process like the others, and has no capability more"
exec_ delete --force x

# A /proc that is no procfs: what is written to the kernel's files must not go there.
for place in mount root; do
	bundle c
	mkdir -p fake/sys/kernel fake/self/attr fake/thread-self/attr fake/1 fake/self/fd
	for file in sys/kernel/msgmax self/oom_score_adj self/attr/exec thread-self/attr/exec self/uid_map; do
		echo mine >"fake/$file"
	done
	find fake -type f -exec chmod 666 {} +
	if [ $place = mount ]; then
		config c '.mounts[0] = {destination: "/proc", type: "bind", source: "'"$PWD"'/fake", options: ["bind"]}'
	else
		rm -r c/rootfs/proc && cp -a fake c/rootfs/proc
		config c '.mounts |= .[1:]'
	fi
	config c 'del(.linux.maskedPaths, .linux.readonlyPaths)'
	cp c/config.json plain.json
	in_container 'echo ran'
	is_stdout ran "a container without a procfs runs ($place)"
	for filter in '.linux.sysctl = {"kernel.msgmax": "9000"}' '.process.oomScoreAdj = 500'; do
		cp plain.json c/config.json
		config c "$filter"
		in_container 'echo ran'
		cycle 2>/dev/null
		find fake c/rootfs/proc -type f -exec cat {} + | sort -u >texts
		is "$(cat texts)" mine "nothing is written to a /proc that is none ($place): $filter"
	done
	rm -rf fake
done

# CVE-2025-31133: the image's /dev/null is what masks are not made of.
bundle c
rm -rf c/rootfs/dev && mkdir c/rootfs/dev && echo secret >c/rootfs/etc/secret && echo mine >c/rootfs/etc/other
echo mine >outside.file
config c '.mounts |= map(select(.destination | startswith("/dev") | not)) | .linux.maskedPaths = ["/etc/secret"]'
for target in /etc/other /proc/version ../../../../../../../../../../../..$CTNR_TEST_TMP/outside.file; do
	rm -rf c/rootfs/dev/null && ln -s "$target" c/rootfs/dev/null
	in_container 'cat /etc/secret; echo x >/etc/secret; cat /etc/secret'
	ok "a mask is empty where /dev/null is a link to $target, or the container is refused" \
		test "$status$stdout" = 0 -o "$status$stdout" = 125
	is "$(cat c/rootfs/etc/other outside.file | uniq)" mine "... and what it leads to stays as it is"
done

# A neighbour that renames mount targets all the time.
bundle c
outside=$CTNR_TEST_TMP/outside
mkdir outside
script c 'echo x >/dev/null; cat /proc/kcore /proc/keys | wc -c; echo 1 >/proc/sys/kernel/domainname || echo safe'
python3 "$test_lib/../ctnr-exec/inside/rename.py" c/rootfs "$outside" 2 &
racer=$!
leaks=
tried=0
ran=0
while kill -0 $racer 2>/dev/null; do
	tried=$((tried + 1))
	if cycle 2>/dev/null; then
		ran=$((ran + 1))
		case $(cat output) in
		"0
"*safe) ;;
		*) leaks="$leaks [$(cat output)]" ;;
		esac
	fi
	[ -z "$(ls -A outside)" ] || leaks="$leaks outside"
done
wait $racer
note "$ran containers of $tried were not refused"
ok "a container is created again and again" test "$tried" -gt 1
is "$leaks" "" "... and renames meanwhile lead nothing out, and unmask nothing"
is "$(exec_ list -q)" "" "... and leave no container"
done_testing
