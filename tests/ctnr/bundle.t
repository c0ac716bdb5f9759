#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"

needs USERNS

ctnr pull --tag busybox "oci:$(busybox_layout)" >/dev/null || exit

run ctnr bundle -e GREETING=hello busybox ./made sh -c 'echo "$GREETING from $(cat /etc/hostname)"'
is_status 0 "bundle makes a bundle in a directory"
is "$(jq -r .bundle <"$stdout_file")" "$PWD/made" "... and prints its record"
is "$(jq -r .rootfs.driver <"$stdout_file")" copy "... which says that it is a plain directory"
ok "... with a config.json" test -f made/config.json
ok "... and a root filesystem" test -x made/rootfs/bin/busybox
record=$stdout

run ctnr bundle run ./made
like_stdout "hello from *" "bundle run runs it"
run ctnr-exec run "$record"
like_stdout "hello from *" "its record runs too"

if has PEER:runc "runc runs it"; then
	run runc --root "$PWD/runc" run --bundle made "made-$$"
	like_stdout "hello from *" "runc runs it"
fi

run ctnr bundle busybox named echo hi
is "$(jq -r .id <"$stdout_file")" named "bundle with a name makes it in the store"
run ctnr bundle ls --quiet
like "
$stdout
" "*
named
*" "... where bundle ls shows it"
run ctnr bundle show named
is "$(jq -r .id <"$stdout_file")" named "... and bundle show"
run ctnr bundle run named
is_stdout hi "... and bundle run runs it"
run ctnr bundle --update busybox named echo again
is_status 0 "bundle --update gives it another config"
run ctnr bundle run named
is_stdout again "... which is run then"
run ctnr bundle rm named
is_status 0 "... and bundle rm removes it"

run ctnr bundle --driver overlay busybox thin true
is "$(jq -r .rootfs.driver <"$stdout_file")" overlay "--driver overlay shares the layers"

run ctnr bundle localhost/nosuch
is_status 3 "an image that is not there has the tool's own status"
run ctnr bundle
is_status 2 "bundle wants an image"

done_testing
