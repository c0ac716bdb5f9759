#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The words that callers of OCI runtimes write (conmon, podman, buildah, containerd, go-runc, dockerd,
# Slurm), and what they read back: options wherever they stand and however they are spelled, --version,
# the log, statuses. The bundle that runs answers with its ID's state directory and its hostname.
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/bundle.sh"
needs USERNS

# logged FILE FILTER: what jq makes of a log, which has to be lines of JSON.
logged() {
	jq -rs "$2" "$1"
}

# --version.
run env -i "$CTNR_TEST_BUILD/bin/ctnr-exec" --version
is_status 0 "--version needs neither HOME nor a run directory"
is "$(sed 's/[0-9a-f]\{40\}$/COMMIT/; s/unknown$/COMMIT/; s/[0-9][0-9.]*$/NUMBER/' "$stdout_file")" \
	"ctnr-exec version NUMBER
commit: COMMIT
spec: NUMBER" "... and is exactly three lines"
run ctnr-exec --log nosuch/log --root /nosuch/root run --version
is_status 0 "... with whatever options stand beside it"

# Options of every kind, ahead of the verb, behind it and behind the operand.
bundle c
script c 'hostname; ls -d /proc/self'
run_words() {
	rm -rf states
	run ctnr-exec "$@"
}
while read -r words; do
	# shellcheck disable=SC2086 # words
	run_words $words
	is "$status $stdout" "0 box
/proc/self" "ctnr-exec $words" || note "$stderr"
done <<END
run ./c
run -b $PWD/c id
run -b=$PWD/c id
run --bundle $PWD/c id
run --bundle=$PWD/c id
run -bundle $PWD/c id
run -bundle=$PWD/c id
run id -b $PWD/c
run id --bundle=$PWD/c
run id -pid-file=pid -b $PWD/c
--root $PWD/states run id -b $PWD/c
--root=$PWD/states --log log --log-format json run --bundle $PWD/c id
-root $PWD/states -log=log -log-format=json run -bundle $PWD/c id
--systemd-cgroup run -b $PWD/c id
--cgroup-manager=systemd run -b $PWD/c id
--cgroup-manager disabled run -b $PWD/c id
--cgroup-manager=cgroupfs --rootless run -b $PWD/c id
--rootless=false run -b $PWD/c id
run --rootless=auto -b $PWD/c id
run -b $PWD/c id --rootless=true
END
run ctnr-exec --debug run ./c
is_status 0 "--debug"
run ctnr-exec --rootless true run ./c
is_status 2 "a value of --rootless stands behind = alone"
run ctnr-exec --rootless=maybe run ./c
is_status 125 "... and is one of its own"
like_stderr "*--rootless: expected one of auto, true, false, got 'maybe'*" "... which are told"

# The log.
for words in 'run' 'run --nosuch ./c' 'run ./c -nosuch' 'frob' '' 'run --log-format=xml ./c' \
	'run ./nosuch' 'run ./c ./d' 'run -b ./c bad!id'; do
	rm -f log
	# shellcheck disable=SC2086 # words
	run ctnr-exec --log log --log-format json $words
	isnt "$status" 0 "a failure: ctnr-exec $words"
	is "$(wc -l <log) $(logged log 'map(.level, (.msg | type), (.time | fromdateiso8601 | type)) | join(" ")')" \
		"1 error string number" "... is one line of JSON in the log" || note "$(cat log)"
	is "ctnr-exec: error: $(logged log '.[0].msg')" "$(head -n 1 "$stderr_file")" \
		"... and told on stderr"
done
rm -f log
run ctnr-exec run ./c --nosuch --log-format json --log log
is "$(logged log '.[0].msg')" "unknown option '--nosuch'" "also where --log stands behind the mistake"
rm -f log
# Of a program that its user could change a copy is made in memory.
cp "$CTNR_TEST_BUILD/bin/ctnr-exec" own-exec
run sh -c 'ulimit -f 1; ./own-exec run ./c --log log --log-format json'
is_status 125 "a program that cannot be protected is a failure"
like "$(logged log '.[0].msg')" "cannot copy this program into memory*" "... and in the log"

# The reader is there before the writer, and what is written stays in the FIFO until it is read.
mkfifo fifo
exec 7<>fifo
exec 8<fifo 7>&-
run timeout 10 ctnr-exec --log fifo --log-format json run ./nosuch 8<&-
cat <&8 >heard
exec 8<&-
is "$status $(logged heard '.[0].level')" "125 error" "the log may be a FIFO that is read"
run timeout 10 ctnr-exec --log fifo run ./c
is_status 125 "a FIFO that nobody reads is an error, and nothing waits"
is_stderr "ctnr-exec: error: log 'fifo': nobody reads from 'fifo': No such device or address" \
	"... which is told"

run ctnr-exec --debug --log log --log-format json run ./c
like "$(logged log 'map(select(.level == "debug") | .msg) | join("\n")')" "*$PWD/c*" \
	"--debug tells in the log what is done"
like_stderr "ctnr-exec: debug: *" "... and on stderr"
run ctnr-exec run ./c
is_stderr "" "... and only where it is asked for"

# Statuses of our own.
run ctnr-exec run --nosuch
is_status 125 "a wrong command line of run is 125"
run ctnr-exec frob
is_status 2 "a wrong verb is 2"
run ctnr-exec create --nosuch
is_status 125 "a wrong command line of create is 125"
for verb in start state kill delete ps; do
	run ctnr-exec $verb nosuch
	is_status 1 "$verb of what is not there is 1"
	run ctnr-exec $verb
	is_status 1 "a wrong command line of $verb is 1"
	like_stderr "ctnr-exec: error: *
ctnr-exec: hint: try 'ctnr-exec $verb --help'" "... with a hint"
done

# Control groups.
config c '.linux.cgroupsPath = "/x"'
for words in '' --rootless=false --rootless=auto --cgroup-manager=cgroupfs --systemd-cgroup; do
	# shellcheck disable=SC2086 # words
	run ctnr-exec $words run ./c
	is_status 125 "linux.cgroupsPath is an error: $words"
	like_stderr "ctnr-exec: error: config.json: linux.cgroupsPath: this needs cgroups*" "... that says why"
done
run ctnr-exec --rootless=true run ./c
is_status 0 "... but with --rootless=true"
is_stderr "ctnr-exec: warning: config.json: linux.cgroupsPath: no control group is made (--rootless=true), ignoring" \
	"... where it is told"
run ctnr-exec --cgroup-manager=disabled run ./c
is "$status$stderr" 0 "... and with --cgroup-manager=disabled"
run ctnr-exec --cgroup-manager=disabled --systemd-cgroup run ./c
is_status 125 "... which --systemd-cgroup contradicts"
config c 'del(.linux.cgroupsPath) | .linux.resources.pids.limit = 5'
for words in '' --rootless --cgroup-manager=disabled --systemd-cgroup; do
	# shellcheck disable=SC2086 # words
	run ctnr-exec $words run ./c
	is_status 125 "a limit is an error: $words"
	like_stderr "*linux.resources.pids.limit: this needs cgroups*" "... that says why"
done
done_testing
