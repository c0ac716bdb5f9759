#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub root
# differs: the worker's capabilities are root's own, or those of its user namespace
#
# Seen from outside: the process that parses a layer cannot do anything else. What it still can is
# tests/ctnr-unpack/confine.c.
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/unpack.sh"
needs USERNS

make_image slow <<'END'
file zeros fill=536870912
END
for driver in overlay copy; do
	# It is stopped amid the work, as soon as it is confined, and looked at.
	run python3 - ctnr-unpack --driver "$driver" -b "./slow.$driver" \
		"oci:$CTNR_TEST_TMP/slow:latest" <<'END'
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

tool = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
seen = None
while seen is None and tool.poll() is None:
    for pid in children(tool.pid):
        if status(pid).get("Threads") in ("2", "3"):
            os.kill(pid, signal.SIGSTOP)
            seen = status(pid)
            # CHOWN, DAC_OVERRIDE, FOWNER, FSETID, MKNOD, SETFCAP
            seen["more"] = int(seen["CapPrm"], 16) & ~0x8800001b
            threads = [status(f"{pid}/task/{t}") for t in os.listdir(f"/proc/{pid}/task")]
            seen["all"] = all(t.get("Seccomp") == seen["Seccomp"] for t in threads)
            os.kill(pid, signal.SIGCONT)
    time.sleep(0.002)
seen = seen or {}
print("NoNewPrivs", seen.get("NoNewPrivs"))
print("Seccomp", seen.get("Seccomp"), seen.get("all"))
print("capabilities over more than files", seen.get("more"))
sys.exit(tool.wait())
END
	is_status 0 "$driver: an image unpacks, its reader stopped meanwhile"
	like_stdout "*NoNewPrivs 1*" "... which cannot get more privileges"
	like_stdout "*over more than files 0" "... has capabilities over files only"
	is_sanitized || like_stdout "*Seccomp 2 True*" "... and all its threads' system calls are filtered"
done
done_testing
