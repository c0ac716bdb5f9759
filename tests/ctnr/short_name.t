#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What registries.conf makes of a name that somebody types is what pull and run take, and find again.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/hostile.sh"

needs USERNS

XDG_CONFIG_HOME=$PWD/config
XDG_CACHE_HOME=$PWD/cache
export XDG_CONFIG_HOME XDG_CACHE_HOME
plain_config "$XDG_CONFIG_HOME"
conf=$PWD/config/containers/registries.conf

hostile_start "$(busybox_layout)"
printf '[aliases]\nbox = "%s/ns/busybox"\n' "$hostile" >"$conf"

run ctnr pull --explain box
is "$(jq -c '[.reference, .place, .short_name_reason]' <"$stdout_file")" \
	"[\"$hostile/ns/busybox:latest\",\"$hostile/ns/busybox:latest\",\"$conf:2\"]" \
	"pull --explain says what an alias leads to"
is "$(cat "$hostile_log")" "" "... and asks nobody"
run ctnr pull --explain docker://box
is "$(jq -r .place <"$stdout_file")" docker.io/library/box:latest "docker://NAME is no short name"

run ctnr run --rm box echo pulled
is "$status $stdout" "0 pulled" "run pulls what an alias says"
hostile_stop
run ctnr run --rm box echo again
is "$status $stdout" "0 again" "... and finds it again without the registry"
run ctnr images --json
like_stdout "*\"$hostile/ns/busybox:latest\"*" "... by the whole name that it has"
run ctnr run --rm --pull always box true
is_status 125 "--pull always asks the registry all the same"
run ctnr run --rm --pull never box true
is_status 125 "--pull never looks in the store alone, where the short name is no name"

printf '[[registry]]\nlocation = "%s"\nblocked = true\n' "$hostile" >"$conf"
run ctnr pull "$hostile/ns/busybox"
is_status 4 "what is blocked is not pulled"
run ctnr run --rm "$hostile/ns/busybox" echo there
is "$status $stdout" "0 there" "... and what is there runs"
done_testing
