#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# docker's prune, and gc under its nouns: what is asked, and what goes of containers that have really run.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
needs USERNS

# gone KIND: the names of that kind that the last run told of.
gone() {
	printf '%s\n' "$stdout" | jq -r --arg kind "$1" 'select(.kind == $kind) | .name'
}

layout=$(busybox_layout)
ctnr pull --tag busybox "oci:$layout" >/dev/null
ctnr run --name ended busybox true
mkfifo go
ctnr run -i --name running busybox sh -c 'echo started; cat' <go >started &
running=$!
exec 9>go
ok "a container runs" eventually 10 grep -q started started
ctnr tag busybox localhost/other:1 >/dev/null

run ctnr image prune --all
is "$(gone name)" "" "image prune --all keeps what containers use"
run ctnr container prune --filter label=none
is "$(gone bundle)" "" "container prune has docker's filters"
run ctnr container prune --dry-run
is "$(gone bundle)" ended "a dry run tells of a container that has ended"
is "$(ctnr ps -aq | tr '\n' ' ')" "ended running " "... and removes none"
run "$test_lib/terminal.py" ctnr container prune <<'END'
expect 'Go on? [y/N]'
send 'n\n'
END
is_status 1 "at a terminal container prune asks"
is "$(ctnr ps -aq | tr '\n' ' ')" "ended running " "... and removes nothing after a no"
run "$test_lib/terminal.py" ctnr container prune <<'END'
expect 'Go on? [y/N]'
send 'y\n'
END
is_status 0 "... but after a yes"
like_stdout "*Deleted: bundle ended*Total reclaimed space: *" "... what has ended"
is "$(ctnr ps -aq)" running "... and nothing that runs"
run ctnr gc --keep-bytes 0 --grace 0
is "$(gone name) $(gone bundle)" " " "a running container keeps its image"
run ctnr system prune --all
is "$(gone name) $(gone bundle)" " " "... also from system prune --all"
exec 9>&-
wait "$running"
ctnr tag busybox localhost/third:1 >/dev/null
run "$test_lib/terminal.py" ctnr system prune --all --force
is_status 0 "with --force nothing is asked"
like_stdout "*Untagged: localhost/busybox:latest*Deleted: bundle running*" "... and all goes with the container"
is "$(ctnr images -q)$(ctnr ps -aq)" "" "... nothing is left"
is "$(find "$HOME/.local/share/ctnr/layers" "$HOME/.local/share/ctnr/images/blobs" -mindepth 3 -maxdepth 3 | wc -l)" 0 \
	"... not a layer"

ctnr pull --tag busybox "oci:$layout" >/dev/null
ctnr untag busybox >/dev/null
run ctnr image gc
is "$(gone manifest)" "" "image gc keeps an image without a name"
run ctnr image prune
is "$(gone manifest | wc -l)" 1 "... which image prune removes"
run ctnr bundle gc --unnamed
is_status 2 "bundle gc knows no images"
run ctnr system prune --volumes
like_stderr "*--volumes is not there yet*hint: *" "what is not there yet is refused by name"
run ctnr gc --build-ttl 1h
like_stderr "*--build-ttl is not there yet*hint: *" "... by gc too"
done_testing
