#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub one root
# differs: how the container gets its IDs, which is in the way of each tool
# timeout: 60 a real image on the whole way, three times
#
# The main job: a real image from a registry to a running container, by the tools in a pipe and by
# ctnr, from the store and on a terminal.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/registry.sh"

needs USERNS PEER:docker-registry PEER:skopeo PEER:jq DEBIAN

debian=$(debian_layout)
registry_start
registry_push "$debian:latest" debian:12 || fail "the image is pushed"
version=$(ctnr run --rm "oci:$debian" cat /etc/debian_version)

pipe() {
	ctnr-fetch "docker://$registry/debian:12" | ctnr-unpack - |
		ctnr-spec - -- cat /etc/debian_version | ctnr-exec run -
}
run pipe
is_status 0 "fetch | unpack | spec | exec runs a Debian image"
like_stdout "[0-9]*.[0-9]*" "... which prints its version"
is_stdout "$version" "... the same as by ctnr run"

run ctnr run --rm "docker://$registry/debian:12" cat /etc/debian_version
is_status 0 "ctnr run pulls and runs an image from a registry"
is_stdout "$version" "... and prints what the container prints"

registry_stop
run ctnr tag "$registry/debian:12" debian:12
is_status 0 "an image is tagged"
run ctnr run --rm debian:12 cat /etc/debian_version
is_status 0 "a tagged image runs from the store, without the registry"
is_stdout "$version" "... and prints the same"

# The quotes keep what is typed, and echoed, different from what is waited for.
run "$test_lib/terminal.py" --size 40x100 ctnr run --rm -it debian:12 bash --norc <<'END'
expect '# '
send 'stty size; tty; echo rea""dy\n'
expect '40 100'
expect 'ready'
send 'sh -c "echo fir""st; exec sleep 1000"\n'
expect 'first'
pause 0.2
send '\x03'
pause 0.2
send 'echo inter""rupted $?\n'
expect 'interrupted 130'
send 'sh -c "echo sec""ond; exec sleep 1000"\n'
expect 'second'
pause 0.2
send '\x1a'
expect 'Stopped'
send 'kill %1; wait; echo contin""ued\n'
expect 'continued'
resize 50 120
send 'until stty size | grep "^50 "; do :; done\n'
expect '50 120'
send 'exit 5\n'
END
is_status 5 "ctnr run -it: job control, Ctrl-C, Ctrl-Z, window size and the shell's status"

run ctnr run --rm debian:12 /nonexistent
is_status 127 "a command that is not there is 127"
run ctnr run --rm debian:12 /etc/passwd
is_status 126 "a command that cannot be executed is 126"
run ctnr run --rm --no-such-option debian:12 true
is_status 125 "a mistake of ours is 125"

run ctnr ps --all --json
is "$(printf '%s\n' "$stdout" | wc -l)" 1 "only the pipe's bundle is left, for the others were run with --rm"
run ctnr rm "$(printf '%s' "$stdout" | jq -r .id)"
is_status 0 "... and it is removed when told"
run ctnr ps --all --json
is_stdout "" "... and gone"
is "$(mounts_of "$CTNR_TEST_TMP")" "" "no mount is left"
done_testing
