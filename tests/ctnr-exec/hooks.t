#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub one root
# differs: the runtime namespace is outside of the user namespace, which root has not
# timeout: 60 every point fails once, and is killed
# shellcheck disable=SC2016,SC2086 # the scripts are the hooks'; no pid, point or number is words
# Hooks (runtime-spec config.md, "POSIX-platform Hooks"; runtime.md, "Lifecycle"): when, where and with what they
# are executed, and what follows when they fail.
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/bundle.sh"
. "$(dirname "$0")/hooks.sh"
needs USERNS

state=${CTNR_RUN_DIR-$XDG_RUNTIME_DIR/ctnr}/exec

with_hooks overlay
config c '.annotations = {a: "\u0001\"x", b: ""} | .linux.namespaces += [{type: "network"}]'
for point in $points; do
	for number in 1 2; do
		hook $point "at=\$(pwd); cd $(log $point); echo $point $number >>order; exec >$point.$number; readlink /proc/self/ns/mnt
			readlink /proc/self/ns/pid; echo \$at; id -u; cat; echo
			tr '\\0' ' ' </proc/self/environ; echo; echo \$(ls /proc/self/fd)" \
			"$([ $number = 1 ] || echo 'env: ["A=b", "C="]')"
	done
done
hook createRuntime "p=\$(sed 's/.*\"pid\":\\([0-9]*\\).*/\\1/'); echo \$p >$PWD/log/pid
	readlink /proc/\$p/ns/net >$PWD/log/net; nsenter -t \$p $(identity root || echo -U --preserve-credentials
	) -u hostname hooked"
in_container 'echo command >>/log/order; for n in mnt pid net; do readlink /proc/self/ns/$n; done; hostname'
is "$status$stderr" 0 "a container with hooks at every point runs"
is "$(grep -v poststart log/order | paste -sd ' ')" \
	"$(for point in $before command poststop; do
		[ $point = command ] && echo command || printf '%s 1\n%s 2\n' $point $point
	done | paste -sd ' ')" "... which are executed in their order"
is "$(grep post log/order | paste -sd ' ')" "poststart 1 poststart 2 poststop 1 poststop 2" \
	"... poststart before poststop"
{
	read -r inside_mnt
	read -r inside_pid
	read -r inside_net
	read -r hostname
} <"$stdout_file"
init=$(cat log/pid)
is "$hostname" hooked "... and change the namespaces of the container by the pid that they are told"
is "$(cat log/net)" "$inside_net" "... which leads to its namespaces"

# told STATUS PID: the state on stdin.
told() {
	jq -cn --arg status "$1" --argjson pid "$2" --arg bundle "$CTNR_TEST_TMP/c" --arg ociVersion \
		"$(ctnr-exec --version | sed -n 's/^spec: //p')" '{$ociVersion, id: "c", $status, $pid,
		$bundle, annotations: {a: "\u0001\"x", b: ""}}'
}
uid=$(id -u)
pid_namespace=$(readlink /proc/self/ns/pid)
for point in $points; do
	case $point in
	createContainer | startContainer) place="$inside_mnt $inside_pid" ;;
	*) place="$(readlink /proc/self/ns/mnt) $pid_namespace" ;;
	esac
	case $point in
	startContainer) place="$place / 0" ;;
	createContainer) place="$place $CTNR_TEST_TMP/c 0" ;;
	*) place="$place $CTNR_TEST_TMP/c $uid" ;;
	esac
	case $point in
	createContainer) told=$(told creating 1) ;;
	startContainer) told=$(told created 1) ;;
	poststart) told=$(told running "$init") ;;
	poststop) told=$(told stopped 0) ;;
	*) told=$(told creating "$init") ;;
	esac
	is "$(head -n 4 log/$point.1 | paste -sd ' ')" "$place" "$point has its namespaces, directory and user"
	is "$(sed -n 5p log/$point.1 | jq -c .)" "$told" "... the state on stdin"
	is "$(sed -n 6p log/$point.1)" "PATH=/usr/sbin:/usr/bin:/sbin:/bin " "... its environment"
	is "$(sed -n 6p log/$point.2)" "A=b C= " "... and no other"
	is "$(sed -n 7p log/$point.1)" "0 1 2 3" "... and no descriptor but three (ls has one more)"
done

# listing: each hook of bundle c notes what descriptors it has (ls has one more).
listing() {
	for point in $points; do
		hook $point "cd $(log $point); echo $point \$(ls /proc/self/fd) >>listed"
	done
}
listed() {
	sort log/listed | paste -sd ,
	: >log/listed
}
none=$(printf '%s 0 1 2 3\n' $points | sort | paste -sd ,)
with_hooks
listing
echo caller >given
script c 'cat <&3; echo $(ls /proc/self/fd)'
run ctnr-exec run --preserve-fds 2 ./c 3<given 4<given 7<given
is_stdout "caller
0 1 2 3 4 5" "the command gets the descriptors of --preserve-fds" || note "$stderr"
is "$(listed)" "$none" "... and no hook has one of the caller's"
ctnr-exec create --preserve-fds 2 -b ./c x >created 2>&1 3<given 4<given 7<given
run ctnr-exec start x 7<given
ok "... nor with create" eventually 10 grep -q '0 1 2 3 4 5' created || note "$(cat created)"
ctnr-exec delete --force x 7<given
is "$(listed)" "$none" "... of the three commands that execute them"

with_hooks
hook createRuntime "exec >$PWD/log/seen; tr '\\0' ' ' </proc/self/environ; tr '\\0' ' ' </proc/self/cmdline" \
	'env: null, args: ["zero", "-c", env.hook_script, ""]'
export UNWANTED=1
in_container true
unset UNWANTED
like "$(cat log/seen)" "zero -c *" "a hook without env has no environment, and args[0] is what it calls itself"
with_hooks
cp "$(command -v busybox)" false
config c ".hooks.prestart = [{path: \"$PWD/false\"}]"
in_container true
is_stderr "ctnr-exec: error: config.json: hooks.prestart[0]: $PWD/false: it ended with status 1" \
	"... and a hook without args calls itself by its path"

with_hooks
: >log/seen && chmod 666 log/seen
hook startContainer 'exec >>/log/seen; pwd; id -u; id -G; umask
	grep -E "^(CapPrm|CapBnd|NoNewPrivs|Seccomp):" /proc/self/status | tr -d "\t"'
config c '.process.cwd = "/tmp" | .linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW",
	syscalls: [{names: ["chroot"], action: "SCMP_ACT_ERRNO"}]}'
rights='0 0 0022'
if ! identity one; then
	config c '.process.user = {uid: 7, gid: 8, umask: 23, additionalGids: [9]}'
	rights='7 8 9 0027'
fi
in_container true
is_status 0 "a hook before the command"
is "$(sed 's/ 65534//g' log/seen | paste -sd ' ')" \
	"/tmp $rights CapPrm:0000000000000000 CapBnd:0000000000000000 NoNewPrivs:1 Seccomp:2" \
	"... has the command's rights and directory"

# What a hook that fails leaves behind: nothing.
for point in $before; do
	with_hooks
	hook $point 'exit 0'
	hook $point 'echo first >&2; printf "why\033[1m\n\n" >&2; exit 3'
	hook $point "echo unwanted >>$(log $point)"
	hook poststart "echo unwanted >>$PWD/log/seen"
	hook poststop "cat >>$PWD/log/stopped"
	marker c
	in_container 'echo unwanted; sleep 60'
	is "$status $stdout" "125 " "a hook of $point that fails ends the container"
	is_stderr "ctnr-exec: error: config.json: hooks.${point}[1]: /bin/sh: it ended with status 3: why\\x1b[1m" \
		"... which is the error, with the last line that it said"
	fails "... and neither the command nor another hook is executed" test -e log/seen
	is "$(jq -r .status log/stopped)" stopped "... but poststop"
	is "$(ls "$state")" "" "... and no state is left"
	is "$(mounts_of "$CTNR_TEST_TMP/c.marker")" "" "... and no mount"
done
for point in poststart poststop; do
	with_hooks
	hook $point 'echo why >&2; exit 3'
	hook $point "echo wanted >>$PWD/log/seen"
	in_container 'exit 5'
	is_status 5 "a hook of $point that fails changes nothing"
	is_stderr "ctnr-exec: warning: config.json: hooks.${point}[0]: /bin/sh: it ended with status 3: why, going on" \
		"... but there is a warning"
	is "$(cat log/seen)" wanted "... and the next is executed"
done

with_hooks
hook poststop "cat >$PWD/log/stopped"
in_container 'nosuch'
is_status 127 "a command that cannot be executed"
is "$(jq -r .status log/stopped)" stopped "... has hooks of poststop"
with_hooks
config c '.hooks.createRuntime = [{path: "/nonexistent/hook"}]'
in_container true
is_stderr "ctnr-exec: error: config.json: hooks.createRuntime[0]: cannot execute '/nonexistent/hook': No such file or directory" \
	"a hook that is missing is named"

if identity sub; then
	store=$HOME/.local/share/ctnr
	with_hooks
	hook poststop "ls config.json >$PWD/log/seen; ctnr-exec --version >/dev/null; ls $state >$PWD/log/states"
	mkdir -p "$store/bundles" && mv c "$store/bundles/c" && ln -s "$store/bundles/c" c
	run ctnr-exec run --rm c
	is "$status $(cat log/seen) $(cat log/states)" "0 config.json " "poststop comes when the state is removed, and before --rm"
	fails "... which then removes the bundle" test -e "$store/bundles/c"
	rm c
fi

# Time.
started=$(date +%s)
with_hooks
hook createRuntime "sleep 60 & echo \$! >$PWD/log/child; wait" 'timeout: 1'
hook poststop "sleep 60 & echo \$! >$PWD/log/second; wait" 'timeout: 1'
in_container true
like_stderr "*warning: config.json: hooks.poststop[[]0]: /bin/sh: it took longer than 1000 ms, going on*error: config.json: hooks.createRuntime[[]0]: /bin/sh: it took longer than 1000 ms*" \
	"a hook has its time"
ok "... and is killed with what it has started" gone "$(cat log/child)"
ok "... also when it is only told" gone "$(cat log/second)"
ok "... at once" test $(($(date +%s) - started)) -lt 20

# Hooks that behave badly.
with_hooks
hook prestart 'exec <&-; exit 0'
hook prestart 'head -c 100000000 /dev/zero'
hook createRuntime 'echo unwanted; echo unwanted >&2'
hook createContainer 'yes unwanted | head -c 10000000 >&2'
hook createRuntime "sleep 60 & echo \$! >$PWD/log/child"
head -c 300000 /dev/zero | tr '\0' x >text
jq --rawfile text text '.annotations = {$text}' c/config.json >c/config.new &&
	mv c/config.new c/config.json
started=$(date +%s)
in_container 'echo wanted'
is "$status $stdout $stderr" "0 wanted " "hooks that read nothing, write much and leave a process do no harm"
ok "... which nobody waits for" test $(($(date +%s) - started)) -lt 20
fails "... and which lives on" gone "$(cat log/child)"
kill "$(cat log/child)"
with_hooks
hook createRuntime 'kill -9 $$'
in_container true
is_stderr "ctnr-exec: error: config.json: hooks.createRuntime[0]: /bin/sh: it ended with status 137" \
	"a hook that is killed has failed"

# Signals. begin: start bundle c, and wait until a hook or the command has written its pid.
begin() {
	rm -f log/at
	ctnr-exec run ./c >output 2>&1 &
	caller=$!
	eventually 10 test -s log/at || note "$(cat output)"
	at=$(cat log/at)
}

for point in prestart createContainer; do
	with_hooks
	hook $point "echo \$\$ >$PWD/log/host; readlink /proc/self >$PWD/log/at; exec sleep 60"
	hook poststop "cat >>$PWD/log/stopped"
	for number in 15 9; do
		rm -f log/stopped
		begin
		kill -$number $caller
		wait $caller 2>/dev/null
		is $? $((128 + number)) "signal $number while a hook of $point is at work ends all"
		ok "... the hook too" eventually 10 gone "$at"
		ok "... and poststop is executed" eventually 10 grep -q stopped log/stopped
		ok "... once" test "$(grep -c stopped log/stopped)" = 1
		ok "... and no state is left" eventually 10 test -z "$(ls "$state")"
	done
done

with_hooks
hook poststop "cat >>$PWD/log/stopped; echo >>$PWD/log/stopped"
script c 'echo 1 >/log/at; exec sleep 60'
for victims in caller keeper 'caller keeper'; do
	rm -f log/stopped
	begin
	eventually 10 test -s "$state/c/state.json"
	init=$(jq .pid "$state/c/state.json")
	# The hook runner, a child of the caller too, is who blocks SIGTERM alone.
	keeper=$(pgrep -P $caller | grep -vx "$init" | while read -r pid; do
		grep -q '^SigBlk:.*0000000000004000$' "/proc/$pid/status" || echo "$pid"
	done)
	case $victims in
	caller) kill -9 $caller ;;
	keeper) kill -9 $keeper ;;
	*) kill -9 $caller $keeper ;;
	esac
	wait $caller 2>/dev/null
	ok "SIGKILL of $victims leaves poststop" eventually 10 grep -q stopped log/stopped
	ok "... when init has ended" gone "$init"
	is "$(wc -l <log/stopped)" 1 "... once"
done

with_hooks
hook poststop "readlink /proc/self >$PWD/log/at; exec sleep 60"
hook poststop "echo wanted >$PWD/log/seen"
script c 'exit 6'
begin
kill -TERM $caller
wait $caller
is $? 6 "SIGTERM ends a hook after the container"
like "$(cat output)" "*hooks.poststop[[]0]: /bin/sh: it was stopped, going on" "... which is told"
is "$(cat log/seen)" wanted "... and the next is executed"
done_testing
