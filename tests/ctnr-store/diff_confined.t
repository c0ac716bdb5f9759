#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub one root
# differs: the worker's capabilities are root's own, or those of a user namespace
#
# The worker that reads trees for diff can do nothing else, and the tool takes nothing else from it.
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/../ctnr-unpack/unpack.sh"
needs USERNS

CTNR_STORE=$CTNR_TEST_TMP/store
export CTNR_STORE
seq -f 'file many/%g data=x' 2000 >lines
make_image base <lines
ctnr-unpack --driver overlay -b a oci:base:latest >/dev/null

# The worker waits for somebody to read what it writes: it is looked at meanwhile.
run python3 - "$CTNR_TEST_BUILD/libexec/ctnr/ctnr-store-diff" "$(echo "$CTNR_STORE"/layers/*/sha256/*/diff)" <<'END'
import fcntl
import json
import subprocess
import sys
import time

worker = subprocess.Popen([sys.argv[1]], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
fcntl.fcntl(worker.stdout, fcntl.F_SETPIPE_SZ, 4096)
worker.stdin.write(json.dumps({"to": {"layers": [sys.argv[2]]}}).encode())
worker.stdin.close()
worker.stdout.peek(1)
with open(f"/proc/{worker.pid}/status", encoding="utf-8") as file:
    status = dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)
print("NoNewPrivs", status["NoNewPrivs"], "CapEff", int(status["CapEff"], 16), "Seccomp", status["Seccomp"])
texts = worker.stdout.read().split(b"\0")
print(len(texts), texts[0].decode(), texts[-2].decode(), worker.wait())
END
is_status 0 "the worker reads a layer, and is looked at meanwhile"
like_stdout "NoNewPrivs 1 CapEff 4 Seccomp *" "... it cannot get more privileges, and may read files of any owner"
is_sanitized || like_stdout "*Seccomp 2*" "... its system calls are filtered"
like_stdout "*
2003 Amany . 0" "... and it has told all"

# A tool with another worker.
mkdir -p fake/bin fake/libexec/ctnr
cp "$CTNR_TEST_BUILD/bin/ctnr-store" fake/bin/
answer() {
	printf '#!/bin/sh\ncat >/dev/null\nprintf "%s"\n' "$1" >fake/libexec/ctnr/ctnr-store-diff
	chmod +x fake/libexec/ctnr/ctnr-store-diff
	run fake/bin/ctnr-store diff a
}
answer 'Aa\\033\\0.\\0'
is_stdout 'A /a\x1b' "what a worker says is escaped"
answer 'Aa\\0'
is_status 1 "a worker that stops amid its work has failed"
like_stderr "*ended without an answer" "... which is told"
answer 'E5busy\\0Hwait\\0'
is_status 5 "the status of a worker's error is the tool's"
is_stderr "ctnr-store: error: busy
ctnr-store: hint: wait" "... with its hint"
answer 'E9x\\0'
is_status 1 "... but no other number"
answer 'Xx\\0'
is_status 1 "what no worker says is no answer"
printf '#!/bin/sh\ncat >/dev/null\nexec tr "\\\\0" A </dev/zero\n' >fake/libexec/ctnr/ctnr-store-diff
run timeout 20 fake/bin/ctnr-store diff a
is_status 1 "nor is a text without an end"
done_testing
