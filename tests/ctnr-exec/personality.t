#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/bundle.sh"
needs USERNS

bundle c
script c 'busybox uname -m; cat /proc/self/personality'
cp c/config.json plain.json

run ctnr-exec run ./c
is_stdout "$(uname -m)
00000000" "without linux.personality nothing changes"
run setarch --addr-no-randomize ctnr-exec run ./c
like_stdout "*00040000" "... and the caller's stays"

config c '.linux.personality = {domain: "LINUX32"}'
run ctnr-exec run ./c
is_stdout "$(setarch linux32 uname -m)
00000008" "LINUX32 shows a CPU of 32 bits"

config c '.linux.personality = {domain: "LINUX"}'
run setarch linux32 ctnr-exec run ./c
is_stdout "$(uname -m)
00000000" "LINUX is set too, also where the caller has another"
done_testing
