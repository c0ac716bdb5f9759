#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: one
# differs: with one ID no helper program's system calls are among those that are counted
#
# What a start costs beside the container itself. A system call that is new here is paid by every start:
# raise the limit only for what needs it.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/../ctnr-exec/bundle.sh"
needs USERNS PEER:strace

bundle c
ctnr-exec run ./c
traced -f -qq -o calls ctnr-exec run ./c </dev/null >/dev/null 2>&1
ok "a container runs under strace" grep -q 'execve.*= 0' calls
ok "its config is read" grep -q '"config.json"' calls

if ! is_sanitized; then
	count=$(grep -vc 'resumed>\|+++' calls)
	note "$count system calls"
	ok "... and few system calls are made, the container's own included" test "$count" -lt 588
fi

done_testing
