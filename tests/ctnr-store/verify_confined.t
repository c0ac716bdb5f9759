#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub root
# differs: the reader's capabilities are root's own, or those of its user namespace
#
# The process that compares a layer with its archive can do nothing else, and a layer that is collected
# meanwhile is not damaged.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/../ctnr-unpack/unpack.sh"
needs USERNS

CTNR_STORE=$CTNR_TEST_TMP/store
export CTNR_STORE
make_image slow <<'END'
file zeros fill=134217728
file last data=x
END
unpack overlay slow
python3 "$test_lib/verify-job.py" "$CTNR_STORE" slow >job
layer=$CTNR_STORE/$(jq -r '.blobs[].layers[].path' job)

# look COMMAND: the worker's reader is stopped amid the work, as soon as it is confined, and looked at; then
# COMMAND is run before it goes on.
look() {
	run python3 - "$CTNR_TEST_BUILD/libexec/ctnr/ctnr-store-verify" "$1" <<'END'
import os, signal, subprocess, sys, time

def status(pid):
    try:
        lines = open(f"/proc/{pid}/status").read().splitlines()
    except OSError:
        return {}
    return dict(line.split(":\t", 1) for line in lines if ":\t" in line)

def children(pid):
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit() and status(name).get("PPid") == str(pid):
            found += [int(name)] + children(int(name))
    return found

worker = subprocess.Popen([sys.argv[1]], stdin=open("job"), stdout=open("lines", "w"))
seen = None
while seen is None and worker.poll() is None:
    for pid in children(worker.pid):
        if status(pid).get("Threads") in ("2", "3"):
            os.kill(pid, signal.SIGSTOP)
            seen = status(pid)
            # DAC_READ_SEARCH
            seen["more"] = int(seen["CapPrm"], 16) & ~4
            threads = [status(f"{pid}/task/{t}") for t in os.listdir(f"/proc/{pid}/task")]
            seen["all"] = all(t.get("Seccomp") == seen["Seccomp"] for t in threads)
            subprocess.run(sys.argv[2], shell=True, check=True)
            os.kill(pid, signal.SIGCONT)
    time.sleep(0.002)
seen = seen or {}
print("NoNewPrivs", seen.get("NoNewPrivs"))
print("Seccomp", seen.get("Seccomp"), seen.get("all"))
print("capabilities over more than reading", seen.get("more"))
sys.exit(worker.wait())
END
}

look true
is_status 0 "a layer is compared, its reader stopped meanwhile"
like "$(cat lines)" '*{"layer":"layers/*"}*' "... and is right"
like_stdout "*NoNewPrivs 1*" "... by a process that cannot get more privileges"
like_stdout "*over more than reading 0" "... may read files of any owner and nothing more"
is_sanitized || like_stdout "*Seccomp 2 True*" "... and all its threads' system calls are filtered"

look "mv '$layer' '$CTNR_STORE/gone'; rm '$CTNR_STORE/gone/diff/last'"
is_status 0 "a layer is collected while it is compared"
unlike "$(cat lines)" '*"layer"*' "... and nothing is said of it"
like "$(cat lines)" '*{"blob":"sha256:*","bytes":*' "... but of its blob"
in_namespace mv "$CTNR_STORE/gone" "$layer"
run sh -c '"$1" <job >lines' sh "$CTNR_TEST_BUILD/libexec/ctnr/ctnr-store-verify"
like "$(cat lines)" '*{"layer":"layers/*","path":"last","error":"is missing"}*' \
	"... which it was not: what it lost would have been told"
done_testing
