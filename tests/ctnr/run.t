#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub one root
# differs: how the container gets its IDs, which is in the way of everything
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"

needs USERNS

layout=$(busybox_layout)
run ctnr pull --tag busybox "oci:$layout"
is_status 0 "pull copies an image into the store"
is "$(jq -r .ref <"$stdout_file")" localhost/busybox:latest "... and prints its record"
run ctnr images --quiet
is_status 0 "images lists the store"

run ctnr run --rm busybox echo hello
is_status 0 "run --rm runs a command"
is_stdout hello "... whose output is ours"
is_stderr "" "... and nothing else is said"
run ctnr ps --all
is_stdout "" "... and no container stays"

run ctnr run --rm busybox sh -c 'echo to stderr >&2; exit 42'
is_status 42 "the status is the container's"
is_stderr "to stderr" "... and so is stderr"
# shellcheck disable=SC2016 # for the container
run ctnr run --rm busybox sh -c 'kill -KILL $$; exit 5'
is_status 5 "the first process of a container cannot kill itself"
# shellcheck disable=SC2016 # for the container
run ctnr run --rm busybox sh -c 'sh -c "kill -KILL \$\$"; exit $?'
is_status 137 "... and others can"
run ctnr run --rm busybox nosuch-command
is_status 127 "a command that is not there is 127"
run ctnr run --rm busybox /etc/passwd
is_status 126 "a file that is no program is 126"
run ctnr run --rm busybox id -u
is_stdout 0 "the container runs as root"
run ctnr run --rm -u 1000 busybox id -u
is_stdout 1000 "... or as another user"
# shellcheck disable=SC2016 # for the container
run ctnr run --rm -e A=1 -e "B=two words" busybox sh -c 'echo "$A $B"'
is_stdout "1 two words" "variables are set"

run ctnr run --rm -i busybox cat <<'IN'
from stdin
IN
is_stdout "from stdin" "with -i standard input is the container's"
run ctnr run --rm busybox cat <<'IN'
from stdin
IN
is_stdout "" "without, it is empty"

run ctnr run --name kept busybox sh -c 'echo once >>/file; cat /file; exit 3'
is_status 3 "without --rm the status is the container's too"
run ctnr ps
is_stdout "" "ps shows what runs"
run ctnr ps --all --quiet
is_stdout kept "ps --all shows what was kept"
is "$(ctnr ps --all | jq -c '[.status, .exitCode, .command[0]]')" '["exited",3,"sh"]' "... and how it ended"
for words in 'rm nosuch' 'container rm nosuch' 'inspect --type container nosuch'; do
	# shellcheck disable=SC2086 # words
	run ctnr $words
	like_stderr "ctnr *: error: there is no container 'nosuch'" "what a person calls a container is called so: $words"
done
run ctnr bundle run nosuch
is_stderr "ctnr bundle run: error: there is no bundle 'nosuch'" "... and a bundle so"
run ctnr inspect kept
is "$(jq -r .id <"$stdout_file")" kept "inspect shows it"
kept=$(jq -r .bundle <"$stdout_file")
mv "$kept/config.json" whole.json
echo '{' >"$kept/config.json"
run ctnr inspect kept
is_status 1 "inspect of a container that cannot be read fails"
like_stderr "ctnr inspect: error: *config.json*" "... and does not say that there is none"
mv whole.json "$kept/config.json"
run ctnr run --name kept busybox true
is_status 125 "a name that is taken is refused"
like_stderr "*'kept'*" "... and named"
run ctnr bundle run kept
is_stdout "once
once" "bundle run runs it again, with its changes"
run ctnr run --name kept --update busybox cat /file
is_stdout "once
once" "run --update gives it another command, and keeps its changes"
run ctnr rm kept
is_status 0 "rm removes it"
run ctnr ps --all
is_stdout "" "... and it is gone"
run ctnr rm kept
is_status 3 "what is gone is not found"

run ctnr run --rm -v "$PWD:/here" -w /here busybox sh -c 'pwd; echo x >written'
is_stdout /here "a folder of ours is mounted"
is "$(cat written)" x "... and what is written there is ours"

record=$(ctnr inspect --type image busybox)
run ctnr run --rm "$record" echo record
is_stdout record "an image may be a record"
run ctnr run --rm "oci:$layout" echo layout
is_stdout layout "... or a layout elsewhere"
run sh -c 'printf "%s\n" "$1" | ctnr run --rm - echo pipe' sh "$record"
is_stdout pipe "... or a record on standard input"

run ctnr run --rm localhost/nosuch true
is_status 125 "an image that is not there is 125"
like_stderr "*localhost/nosuch*" "... and named"
run ctnr run --rm -u nosuch busybox true
is_status 125 "a user that the image does not have is 125"
run ctnr run -u nosuch busybox true
run ctnr ps --all
is_stdout "" "... and leaves no container behind"

run ctnr tag busybox other:1
is_status 0 "tag gives another name"
run ctnr run --rm other:1 echo tagged
is_stdout tagged "... which runs"
run ctnr rmi other:1
is_status 0 "rmi removes it"
run ctnr run --rm --pull never other:1 true
is_status 125 "... and it no longer runs"

done_testing
