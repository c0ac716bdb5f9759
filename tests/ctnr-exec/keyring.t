#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The session keyring: a container has one of its own, where it is not told to keep its caller's.
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/bundle.sh"
needs USERNS

bundle c
ok "the program of this test can be built" \
	cc -O1 -D_GNU_SOURCE -static -o keyring "$test_lib/../ctnr-exec/inside/keyring.c"
cp keyring c/rootfs/bin
run ./keyring mine ./keyring
is_stdout mine "the caller has a session keyring"
script c keyring
run ./keyring mine ctnr-exec run ./c
is_stdout _ses "a container has a new one" || note "$stderr"
run ./keyring mine ctnr-exec run --no-new-keyring ./c
is_stdout mine "... and the caller's with --no-new-keyring" || note "$stderr"
start_box 'echo up; exec sleep 1000'
run ./keyring mine ctnr-exec exec box keyring
is_stdout _ses "a further process has a new one, too" || note "$stderr"
end_box
done_testing
