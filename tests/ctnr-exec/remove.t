#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub root
# differs: what subordinate IDs own is deleted from inside the user namespace
# shellcheck disable=SC2016 # the scripts are the container's
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/bundle.sh"
needs USERNS

store=${CTNR_STORE-$HOME/.local/share/ctnr}
state=${CTNR_RUN_DIR-$XDG_RUNTIME_DIR/ctnr}/exec
mkdir -p "$store/bundles"

bundle one overlay
mv one "$store/bundles/one"
ln -s "$store/bundles/one" one
script one 'mkdir -p /d/e; echo x >/d/e/f; chmod 0 /d/e; chmod 0 /d; exit 4'
identity one || config one '.process.args[2] = "chown 5:5 /tmp; " + .process.args[2] |
	.process.capabilities = (["CAP_CHOWN"] | {bounding: ., effective: ., permitted: .})'
run ctnr-exec run --rm one
is_status 4 "--rm keeps the status"
is_stderr "" "... and is silent"
fails "... and removes the bundle, with what only the user namespace can delete" \
	test -e "$store/bundles/one"
is "$(ls -A "$store/trash" 2>/dev/null)" "" "... and leaves no trash"
is "$(ls -A "$store/bundles/.ephemeral" 2>/dev/null)" "" "... and no mark"
is "$(ls -A "$state")" "" "... and no state"

rm one
bundle one overlay
mv one "$store/bundles/one"
ln -s "$store/bundles/one" one
python3 "$test_lib/make-nested.py" one/upper/deep 1500
script one 'exit 0'
run sh -c 'ulimit -n 64; exec ctnr-exec run --rm one'
is_status 0 "--rm removes 1,500 nested directories with 64 descriptors"
fails "... and the bundle is gone" test -e "$store/bundles/one"
is "$(ls -A "$store/trash")" "" "... and the trash is empty"

bundle keep overlay
script keep 'echo x >/kept'
run ctnr-exec run ./keep
is_status 0 "without --rm"
is "$(cat keep/upper/kept)" x "... the bundle and its changes stay"
script keep 'cat /kept'
run ctnr-exec run ./keep
is_stdout x "... and are there the next time"

script keep 'sleep 2'
ctnr-exec run ./keep &
eventually 5 test -e "$state/keep/state.json"
run ctnr-exec run ./keep
is_status 125 "a bundle that runs does not run twice"
like_stderr "*container 'keep' already exists, and is running*" "... and the message says so"
wait

# In a store that another user can write to, as root meets it.
if identity root; then
	mkdir -p shared precious/rootfs
	cp -a keep/config.json precious
	ctnr-store --store ./shared bundle ls
	mkdir -p shared/bundles/.ephemeral
	ln -s "$PWD/precious" shared/bundles/web
	ln -s "1 1 gone 1" shared/bundles/.ephemeral/web
	chown -h 1:1 shared/bundles/web
	bundle other overlay
	run ctnr-exec --store ./shared run ./other
	is_status 0 "a container runs beside a bundle that another user has registered"
	ok "... which is not reclaimed" test -d precious/rootfs
	run ctnr-store --store ./shared bundle rm web
	is_status 1 "... nor removed when it is named"
	like_stderr "*'web'*link of another user*" "... and the message says why"
	ok "... everything is still there" test -d precious/rootfs
	chown -h 0:0 shared/bundles/web
	run ctnr-exec --store ./shared run ./other
	ok "our own is reclaimed" eventually 10 test ! -e precious
fi

# What never ran is removed as well.
remove_broken() {
	bundle broken overlay
	mv broken "$store/bundles/broken"
	ln -s "$store/bundles/broken" broken
	config broken "$1"
	run ctnr-exec run --rm broken </dev/null
	is_status 125 "$2"
	fails "... removes the bundle" test -e "$store/bundles/broken"
	# shellcheck disable=SC2010 # the names are ours
	is "$(ls -A "$store/trash" "$store/bundles/.ephemeral" "$state" | grep -v :)" "" "... and leaves nothing"
	rm broken
}
remove_broken '.hooks.prestart = [{path: "true"}]' "a config that is refused"
remove_broken '.process.cwd = "relative"' "a config that cannot be followed"
remove_broken '.linux.namespaces += [{type: "network", path: "/nonexistent"}]' "a namespace that cannot be joined"
bundle broken overlay
mv broken "$store/bundles/broken"
ln -s "$store/bundles/broken" broken
config broken '.process.terminal = true'
record=$(jq -cn --arg b "$store/bundles/broken" '{bundle: $b, id: "broken"}')
run setsid -w sh -c 'echo "$1" | ctnr-exec run --rm -' - "$record"
is_status 125 "a terminal that is not there"
fails "... removes the bundle" test -e "$store/bundles/broken"
is "$(ls -A "$state")" "" "... and the state"
rm broken

# stuck SCRIPT: a bundle that cannot be removed, because its store has no trash.
stuck() {
	rm -rf "$store/trash" stuck
	ctnr-store bundle rm stuck 2>/dev/null || :
	rm -rf "$store/trash"
	bundle stuck overlay
	mv stuck "$store/bundles/stuck"
	ln -s "$store/bundles/stuck" stuck
	script stuck "$1"
	: >"$store/trash"
}
stuck 'exit 3'
run ctnr-exec run --rm stuck
is_status 3 "a bundle that cannot be removed leaves the container's status"
like_stderr "ctnr-exec: error: *trash*" "... and is told"
stuck 'exit 0'
run ctnr-exec run --rm stuck
is_status 125 "... but success is none then"
like_stderr "ctnr-exec: error: *trash*" "... and the message says why"
stuck 'echo ready; exec sleep 60'
mkfifo go
(exec ctnr-exec run --rm stuck >go 2>said) &
caller=$!
read -r _ <go
kill -TERM "$caller"
status=0
wait "$caller" || status=$?
is "$status" 143 "a container that is ended by a signal has its status"
like "$(cat said)" "ctnr-exec: error: *trash*" "... and a bundle that stays is told"
stuck 'exit 0'
config stuck '.process.cwd = "relative"'
run ctnr-exec run --rm stuck
is_status 125 "a container that is refused, with a bundle that cannot be removed,"
like_stderr "*error: *trash*error: *process.cwd*" "... tells both"
stuck 'exit 0'
config stuck '.linux.namespaces += [{type: "network", path: "/nonexistent"}]'
run ctnr-exec run --rm stuck
is_status 125 "... and one that could not be set up"
like_stderr "*error: *trash*error: *nonexistent*" "... does so too"
rm "$store/trash"
ctnr-store bundle rm stuck
rm stuck

# 16 at once.
pids=
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do
	bundle p$i overlay
	mv p$i "$store/bundles/p$i"
	ln -s "$store/bundles/p$i" p$i
	script p$i "echo \$((1000 + $i)); exit $i"
	ctnr-exec run --rm p$i >out$i 2>&1 &
	pids="$pids $!"
done
result=
i=0
for pid in $pids; do
	i=$((i + 1))
	wait "$pid"
	[ $? = $i ] && [ "$(cat out$i)" = $((1000 + i)) ] || result="$result $i: $(cat out$i)"
done
is "$result" "" "16 containers in parallel run and end as they should"
is "$(ls "$store/bundles")" "" "... and all are removed"
done_testing
