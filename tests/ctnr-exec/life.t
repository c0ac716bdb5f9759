#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2016 # the scripts are the container's
#
# Who holds a container: the mark of its first process, and no lock.
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/bundle.sh"
needs USERNS

store=${CTNR_STORE-$HOME/.local/share/ctnr}
state=${CTNR_RUN_DIR-$XDG_RUNTIME_DIR/ctnr}/exec
mkdir -p "$store/bundles"

# start BUNDLE OPTION...: run it in the background, until it is "ready".
start() {
	start_bundle=$1
	shift
	: >output
	ctnr-exec run "$@" "$start_bundle" >output 2>&1 &
	caller=$!
	eventually 10 grep -q ready output || note "$(cat output)"
}
is_free() {
	flock -n "$1" true
}

bundle web overlay
mv web "$store/bundles/web"
ln -s "$store/bundles/web" web
script web 'echo ready; trap "exit 0" TERM; while :; do sleep 0.1; done'
start web
ok "nobody holds the lock of a bundle that runs" eventually 5 is_free web/lock
ok "... nor that of its state" eventually 5 is_free "$state/web"
is "$(jq -r '.id + " " + .bundle + " " + (.foreground | tostring)' "$state/web/state.json")" \
	"web $store/bundles/web true" "the state tells the ID, the bundle, and that it goes with the run"
is "$(head -n 1 web/lock)" "$(jq -r .mark "$state/web/state.json")" "bundle and state have the same mark"
is "$(tail -n 1 web/lock)" "$state/web" "... and the bundle knows where the state is"
is "$(ctnr-store bundle ls --running -q)" web "ps shows it"
run ctnr-store bundle rm web
is_status 1 "rm refuses it"
like_stderr "*container 'web' is running*" "... and says why"
run ctnr-exec run web
is_status 125 "it does not run twice"
like_stderr "*container 'web' already exists, and is running*" "... and the message says why"
mkdir -m 700 elsewhere
run ctnr-exec run --run-dir elsewhere --bundle ./web another
is_status 125 "... also not with another ID and state directory"
like_stderr "*container 'web' is running*" "... and the message names the container that runs"
bundle other
run ctnr-exec run --bundle ./other web
is_status 125 "its ID is not another's"
like_stderr "*container 'web' already exists, and is running*" "... and the message says why"
kill $caller
wait $caller
is "$(ls -A "$state")" "" "at the end the state goes"
is "$(head -n 1 web/lock)" "" "... and the mark in the bundle"
is "$(ctnr-store bundle ls --running -q)" "" "... and ps shows nothing"

run flock "$store/bundles/web/lock" ctnr-exec run web
is_status 125 "a bundle that another command has locked does not run"
like_stderr "*container 'web' is being created, updated or removed by another command*" \
	"... and the message says why"

# What a wide ID and --run-dir are to ps.
script web 'echo ready; trap "exit 0" TERM; while :; do sleep 0.1; done'
start A+b_c..-1 --run-dir elsewhere --bundle ./web
ok "an ID may have what names of bundles may not" eventually 5 test -e "elsewhere/exec/A+b_c..-1/state.json"
is "$(ctnr-store bundle ls --running -q)" web "a bundle is shown as running whatever its container's ID and state directory are"
run ctnr-store bundle rm web
like_stderr "*container 'A+b_c..-1' is running*" "... and rm names the container"
kill $caller
wait $caller
for id in . .. a/b a:b ''; do
	run ctnr-exec run --bundle ./web "$id"
	is_status 125 "'$id' is no ID"
done

# A payload that its parent's death does not kill: it has changed its user.
if ! identity one; then
	echo 'user:x:5:5::/:/bin/sh' >>web.layer/etc/passwd
	ln -sf busybox web.layer/bin/su
	script web 'exec su -s /bin/sh user -c "echo ready; while :; do sleep 0.1; done"'
	config web '.process.capabilities = (["CAP_SETUID", "CAP_SETGID"] | {bounding: ., effective: ., permitted: .})'
	start web --rm
	init=$(jq .pid "$state/web/state.json")
	keeper=$(pgrep -P $caller | grep -vx "$init")
	kill -9 "$keeper" $caller
	wait $caller
	ok "a payload that has changed its user survives caller and keeper" test -e "/proc/$init"
	run ctnr-exec run ./other
	is_status 0 "... the next run works"
	ok "... and reclaims neither the bundle of --rm" test -d "$store/bundles/web"
	ok "... nor the state" test -e "$state/web/state.json"
	is "$(ctnr-store bundle ls --running -q)" web "... ps shows it"
	run ctnr-store bundle rm web
	is_status 1 "... and rm refuses it"
	# Its user is not ours.
	in_its_namespace() { if identity root; then "$@"; else nsenter -U -t "$init" --preserve-credentials "$@"; fi; }
	in_its_namespace kill -9 "$init"
	eventually 5 sh -c "! grep -q '^State:.*[^ZX] (' /proc/$init/status 2>/dev/null"
	run ctnr-exec run ./other
	ok "when it has ended the next run reclaims the bundle" \
		eventually 10 test ! -e "$store/bundles/web"
	is "$(ls -A "$state")" "" "... and the state"
fi

# Several commands at once: one container at a time, whatever its ID, and each says what it met.
bundle race overlay
script race 'mkdir /alone || exit 99; sleep 0.02; rmdir /alone'
: >errors
runners=
for id in a b race race; do
	for round in 1 2 3 4 5 6; do
		ctnr-exec run --bundle ./race $id 2>>errors || echo "status $?" >>errors
	done &
	runners="$runners $!"
done
for runner in $runners; do
	wait "$runner"
done
is "$(grep -v -e "container '[a-z]*' is running" -e 'already exists, and is' -e ' hint: ' -e 'is being created, updated or removed' -e 'status 125' errors)" "" \
	"of several runs of one bundle at once one runs, the others are refused"
is "$(ls -A "$state")" "" "... and no state stays"
is "$(head -n 1 race/lock)" "" "... nor a mark"

# Removing, updating and running at once: a bundle that runs keeps its files.
: >errors
for round in 1 2 3 4 5 6; do
	bundle gone overlay
	script gone 'echo x >/file; sleep 0.05; cat /file >/dev/null || exit 99'
	mv gone "$store/bundles/gone"
	ctnr-exec run --rm gone 2>>errors || echo "status $?" >>errors &
	runner=$!
	for _ in 1 2 3; do
		ctnr-store bundle rm gone 2>>errors &
		runner="$runner $!"
		ctnr-exec run ./other 2>>errors &
		runner="$runner $!"
	done
	for pid in $runner; do
		wait "$pid"
	done
	[ ! -e "$store/bundles/gone" ] || echo "round $round left it" >>errors
	rm -rf gone.layer
done
is "$(grep -v -e "container '[a-z]*' is running" -e 'already exists, and is' -e ' hint: ' -e 'is being created, updated or removed' -e 'status 125' \
	-e "no bundle 'gone'" -e 'wait for its end' errors)" "" \
	"of rm and run at once one has the bundle, and it is gone in the end"

# The keeper's failures after init was cloned.
bundle c
script c 'sleep 1000'
run ctnr-exec run --pid-file "$CTNR_TEST_TMP/nowhere/pid" ./c
is_status 125 "a pid file that cannot be written is a failure of the run"
like_stderr "ctnr-exec: error: option --pid-file: '$CTNR_TEST_TMP/nowhere/pid': cannot open 'nowhere': No such file or directory" \
	"... and the message says why, of the file that was asked for"
is "$(ls -A "$state")" "" "... and nothing is left"
script c 'exit 3'
run ctnr-exec run --pid-file "$CTNR_TEST_TMP/nowhere/pid" ./c
is_status 125 "... also when the container ends at once"
script c 'true'
run ctnr-exec run --pid-file "$CTNR_TEST_TMP/pid" ./c
is_status 0 "one that can be is written"
like "$(cat pid)" "[1-9]*" "... with a pid"
mkfifo fifo && ln -s fifo link && ln -s /proc/self/fd/1 descriptor
for name in fifo link descriptor; do
	run ctnr-exec run --pid-file "$CTNR_TEST_TMP/$name" ./c
	is_status 125 "a pid file does not replace a $name"
	like_stderr "*--pid-file: *'$CTNR_TEST_TMP/$name'*no regular file*" "... and the message says why"
done
is "$(stat -c %F fifo link descriptor | sort -u | paste -s -d ,)" "fifo,symbolic link" "... all are there"

# A directory like /tmp, of root, with what user 1 made there.
if identity sub; then
	config c '.linux.uidMappings = [{containerID: 0, hostID: 0, size: 1}] | .linux.gidMappings = .linux.uidMappings'
	cat >shared.sh <<-'END'
		mkdir -m 755 victim
		mkdir shared && chmod 1777 shared
		ln -s ../victim shared/theirs
		chown -h 1:1 shared/theirs
		ln -s ../victim shared/own
		for name in theirs own; do
			ctnr-exec run --pid-file "shared/$name/$name" ./c 2>&1
			echo $?
		done
		ls victim
	END
	run in_namespace sh shared.sh
	like_stdout "ctnr-exec: error: option --pid-file: '*': 'theirs' belongs to another user, *
125
0
own" "a pid file is not made behind another user's link in a sticky directory, but behind an own one"
fi
done_testing
