#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub root
# differs: mounts and files of the container are another user's namespace's
# shellcheck disable=SC2016 # the scripts are the container's
# runtime.md: "State", "Lifecycle", "Errors", "Operations". What calls what how: tests/ctnr-exec/cycle.t.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/../ctnr-exec/bundle.sh"
needs USERNS

root=$CTNR_TEST_TMP/states
exec_() { ctnr-exec --root "$root" "$@"; }
has_status() { [ "$(exec_ state "$1" | jq -r .status)" = "$2" ]; }
# nothing_left TITLE: as if nothing had been tried.
nothing_left() {
	is "$(ls -A "$root" 2>/dev/null)$(mounts_of "$CTNR_TEST_TMP/c.marker")$(pgrep -f "$CTNR_TEST_TMP" | grep -vx $$)" "" "$1"
}

# Without an ID, or a bundle
bundle c
for verb in state start kill delete create; do
	run exec_ $verb </dev/null
	isnt "$status" 0 "$verb without an ID is an error"
	like_stderr "ctnr-exec: error: *" "... that is said"
done
run exec_ create --bundle ./nosuch x </dev/null
is_status 125 "create without a bundle at its path is an error"
nothing_left "... and makes nothing"
for id in a/b . .. "a b" ""; do
	run exec_ create --bundle ./c "$id" </dev/null
	isnt "$status" 0 "'$id' is no ID"
done
nothing_left "... and nothing is made"
for verb in state start kill delete; do
	run exec_ $verb nosuch
	isnt "$status" 0 "$verb of a container that does not exist is an error"
	like_stderr "*container does not exist*" "... in these words"
done

# A create that fails late: what a property asks for cannot be had.
marker c
cp c/config.json plain.json
mkdir source && echo mine >source/file
for filter in '.mounts += [{destination: "/x", type: "bind", source: "/nosuch", options: ["bind"]}]' \
	'.process.cwd = "/proc/self/fd/0"' '.process.args = ["nosuch"]' '.process.scheduler = {policy: "SCHED_DEADLINE", runtime: 1, deadline: 1, period: 1}'; do
	cp plain.json c/config.json
	config c "$filter"
	run exec_ create --bundle ./c x </dev/null
	isnt "$status" 0 "a property that cannot be applied is an error of create: $filter"
	nothing_left "... and no container is left"
done

# create applies the config, and runs nothing of it.
cp plain.json c/config.json
bind source /data
config c '.annotations = {"org.example.key": "value", "org.example.empty": ""} | .ociVersion = "1.0.1" |
	.mounts += [{destination: "/new", type: "tmpfs", source: "tmpfs"}]'
script c 'echo "config of create"; echo ran >/data/ran; hostname; cat /new/x; exec sleep 1000'
exec_ create --bundle ./c --pid-file pid x </dev/null >output 2>&1
is $? 0 "a container is created"
pid=$(cat pid)
inside() { if identity root; then nsenter -t "$pid" -a "$@"; else nsenter -t "$pid" -U -m -u -i -p --preserve-credentials "$@"; fi; }
is "$(exec_ state x | jq -r .status)" created "... which state says"
fails "... and nothing of its command has run" test -e source/ran
is "$(inside /bin/hostname)" box "... its host name is set"
is "$(inside /bin/stat -f -c %T /new)" tmpfs "... its mounts are made"
isnt "$(readlink "/proc/$pid/ns/pid")" "$(readlink /proc/self/ns/pid)" "... in namespaces of its own"
is "$(exec_ state x | jq -c '{ociVersion, id, status, pid, bundle, annotations}' | jq -S -c 'del(.ociVersion)')" \
	"{\"annotations\":{\"org.example.empty\":\"\",\"org.example.key\":\"value\"},\"bundle\":\"$PWD/c\",\"id\":\"x\",\"pid\":$pid,\"status\":\"created\"}" \
	"the state has the ID, the status, the pid, the bundle and the annotations"
like "$(exec_ state x | jq -r .ociVersion)" "1.*.*" "... and a version of the specification"
is "$(sed -n 's/^NSpid:.*\t//p' "/proc/$pid/status")" 1 "... whose pid is that of the container's first process, as the host sees it"

# What is written to the bundle afterwards is not the container's.
jq '.process.args = ["echo", "config of later"] | .hostname = "later"' c/config.json >new && mv new c/config.json
inside /bin/touch /new/x
run exec_ start x
is_status 0 "it is started"
ok "... and runs its command" eventually 5 test -e source/ran
eventually 5 grep -q box output
is "$(cat output)" "config of create
box" "... that of the config at its creation"
is "$(exec_ state x | jq -r '.status, .pid' | paste -s -d ' ')" "running $pid" "... and is running, as the same process"
run exec_ start x
isnt "$status" 0 "what runs is not started again"
run exec_ delete x
isnt "$status" 0 "... nor deleted"
run exec_ create --bundle ./c x </dev/null
isnt "$status" 0 "... and its ID is no other's"
is "$(exec_ state x | jq -r '.status, .pid' | paste -s -d ' ')" "running $pid" "... and none of that changes it"
is "$(cat output)" "config of create
box" "... nor runs its command again"
run exec_ kill x KILL
is_status 0 "a signal is sent"
ok "... and the container is stopped by it" eventually 5 has_status x stopped
run exec_ kill x
isnt "$status" 0 "what has stopped gets none"
run exec_ start x
isnt "$status" 0 "... and is not started"
ok "... and stays stopped" has_status x stopped
run exec_ delete x
is_status 0 "it is deleted"
nothing_left "... with its state, its mounts and its processes"
is "$(cat source/file source/ran)" "mine
ran" "... and without what it did not make"
ok "... the bundle too" test -e c/config.json

# The ID is free again; a container without annotations has none.
bundle c
marker c
script c 'exit 3'
exec_ create --bundle ./c x </dev/null >/dev/null 2>&1
is "$(exec_ state x | jq -c '.annotations // {}')" "{}" "a deleted container's ID can be used again"
exec_ start x
ok "a command that ends by itself stops the container" eventually 5 has_status x stopped
exec_ delete x
nothing_left "... and everything is gone at last"
done_testing
