#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# A wrong command line is told before an image is fetched, unpacked or even asked for.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/registry.sh"

needs USERNS PEER:docker-registry PEER:skopeo

registry_start || exit
registry_push "$(busybox_layout):latest" box:1 >/dev/null 2>&1 || exit
store=${CTNR_STORE:-$HOME/.local/share/ctnr}
image=$registry/box:1
echo 'A B=1' >bad.env
printf '{' >bad.json

# early WANTED ARG...: this run is refused with that message, and the registry was not asked.
early() {
	wanted=$1
	shift
	before=$(wc -l <"$registry_dir/log")
	run ctnr run --rm "$@"
	is_status 125 "ctnr run $*"
	like_stderr "ctnr run: error: $wanted" "... is refused for that"
	is "$(wc -l <"$registry_dir/log")" "$before" "... before anything is asked of a registry"
}
early "option -m (--memory) is not there yet*" -m zz "$image"
early "option --memory (-m) is not there yet*" --memory=zz "$image"
early "unknown option '--nosuch'*" --nosuch "$image"
early "option -v needs a value*" -v
early "option --volume '/nosuch:/x': mount source '/nosuch': No such file*" -v /nosuch:/x "$image"
early "option --volume '/tmp:x:ro': 'x' is not an absolute path*" -v /tmp:x:ro "$image"
early "option --volume '/tmp:/x:rx': unknown mount option 'rx'*" -v /tmp:/x:rx "$image"
early "option --volume 'a b:/x': 'a b' is neither a path*" -v 'a b:/x' "$image"
early "option --mount 'type=bind,target=/x': source is missing*" --mount type=bind,target=/x "$image"
early "option --mount 'type=bnd': type: expected*" --mount type=bnd "$image"
early "option --tmpfs '/x:size=much': *" --tmpfs /x:size=much "$image"
early "option --tmpfs '/x': two mounts for '/x'*" -v /tmp:/x --tmpfs /x "$image"
early "option --user: expected USER?:GROUP?, got 'a:b:c'*" --user a:b:c "$image"
early "option --user: expected USER?:GROUP?, got '-1'*" -u -1 "$image"
early "option --workdir: 'x' is not an absolute path*" -w x "$image"
early "option --hostname: invalid name 'a b'*" -h 'a b' "$image"
early "option --env: expected NAME=VALUE or NAME, got '=x'*" -e =x "$image"
early "option --env-file: cannot open 'no.env': No such file*" --env-file no.env "$image"
early "option --cap-add: unknown capability 'CAP_FLY'*" --cap-add CAP_FLY "$image"
early "option --security-opt: unknown 'secomp=x'*" --security-opt secomp=x "$image"
early "option --security-opt: seccomp profile: cannot open 'no.json'*" --security-opt seccomp=no.json "$image"
early "option --entrypoint*" --entrypoint '["a"' "$image"
early "option --network: expected one of host, none, got 'hots'*" --network hots "$image"
early "option --driver: expected one of auto, overlay, copy, got 'copi'*" --driver copi "$image"
early "option --platform: *" --platform a/b/c/d "$image"
early "invalid name of a container '-x'*" --name=-x "$image"
early "option --name: a container's name has no slash, got 'a/b'*" --name a/b "$image"
early "option --read-only: expected true or false, got 'maybe'*" --read-only=maybe "$image"
early "option --log-format: expected*" --log-format xml "$image"
early "option --jobs: *" --jobs many "$image"
early "option --jobs: expected a number from 1 to 64*" --jobs 1000 "$image"
early "'*' is not valid UTF-8*" "$image" "$(printf 'a\377')"
ctnr bundle "oci:$(busybox_layout):latest" taken >/dev/null
early "container 'taken' exists already*hint: *--update*" --name taken "$image"
early "option --user: expected*" --pull always --user a:b:c "$image"
is "$(ctnr images -q)" "" "nothing was pulled"
is "$(ls "$store/bundles")" taken "... and nothing is left behind"

# Values of enumerations get the nearest one.
for row in --cap-add:net_admn:CAP_NET_ADMIN --cap-drop:CAP_CHWON:CAP_CHOWN --security-opt:secomp=x:seccomp \
	--security-opt:no-new-privilege:no-new-privileges --mount:type=bnd,target=/x:bind --network:hots:host; do
	value=${row#*:}
	run ctnr run "${row%%:*}" "${value%%:*}" "$image"
	like_stderr "*hint: did you mean '${value#*:}'?" "${row%%:*} ${value%%:*} was ${value#*:}"
done

before=$(wc -l <"$registry_dir/log")
run ctnr pull "$image" ./dir
is_status 2 "of several images a wrong one is told first"
is "$(wc -l <"$registry_dir/log")" "$before" "... before anything is pulled"
run ctnr pull --jobs 1000 "$image"
is_status 2 "pull too looks at its options first"

run ctnr run --rm --name new -e A=1 -v /tmp:/x -h web --env-file /dev/fd/5 "$image" sh -c 'echo "$A $B $(hostname)"' 5<<'END'
B=2
END
is "$status $stdout" "0 1 2 web" "what is right runs, and a pipe is read once"

done_testing
