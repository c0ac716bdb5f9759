#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub root
# differs: the reader's capabilities are root's own, or those of its user namespace
#
# Seen from outside: the process that reads what a container wrote cannot do anything else, and ends with the tool.
# What it still can is tests/ctnr-unpack/confine.c.
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/changes.sh"
needs USERNS

make_image base <<'END'
dir etc
END
bundle slow base
# shellcheck disable=SC2016 # for the inner shell
in_upper slow sh -c 'for i in 1 2 3 4 5 6 7 8; do truncate -s 60M "$i"; done'

cat >look.py <<'END'
"""Stop the reader amid its work, say what it may do, and let it go on, or kill the tool."""
import os
import signal
import subprocess
import sys
import time


def status(pid):
    try:
        with open(f"/proc/{pid}/status", encoding="utf-8", errors="replace") as file:
            return dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)
    except OSError:
        return {}


def find_reader(parent):
    for name in os.listdir("/proc"):
        seen = status(name) if name.isdigit() else {}
        # Its capabilities are the last that it gives up before its system calls.
        if (seen.get("PPid") == str(parent) and seen.get("NoNewPrivs") == "1" and
                int(seen["CapPrm"], 16) in (0, 4)):
            return int(name)
    return None


def find_opened(pid):
    """The descriptors below which the device "null" can be opened, and how many know it."""
    opened = known = 0
    for number in os.listdir(f"/proc/{pid}/fd"):
        try:
            os.stat(f"/proc/{pid}/fd/{number}/null")
            known += 1
            os.close(os.open(f"/proc/{pid}/fd/{number}/null", os.O_RDONLY))
            opened += 1
        except OSError:
            pass
    return f"{opened} of {known > 0}"


what = sys.argv[1]
command = subprocess.Popen(sys.argv[3:], stdout=subprocess.DEVNULL)
reader = None
while not reader and command.poll() is None:
    reader = find_reader(command.pid)
if not reader:
    sys.exit("no reader was found")
for _ in range(1 if sys.argv[2] == "0" else 1000):
    if status(reader).get("Seccomp") == "2":
        break
    time.sleep(0.005)
os.kill(reader, signal.SIGSTOP)
seen = status(reader)
# Root alone may look. The image that is made is none of the reader's business.
if os.geteuid() == 0:
    links = [os.readlink(f"/proc/{reader}/fd/{fd}") for fd in os.listdir(f"/proc/{reader}/fd")]
    print("open", [link for link in links if "/images" in link], len(links) > 4)
print("NoNewPrivs", seen["NoNewPrivs"], "Seccomp", seen["Seccomp"], "CapPrm", seen["CapPrm"].lstrip("0"))
if what == "kill":
    command.kill()
    command.wait()
    while status(reader).get("State", "Z")[0] not in "ZX":
        time.sleep(0.01)
    print("ended")
else:
    if what == "devices":
        print("opened", find_opened(reader))
    os.kill(reader, signal.SIGCONT)
    print("status", command.wait())
END
seccomp=2
is_sanitized && seccomp=0
open=
! identity root || open="open [] True
"
run timeout 60 python3 look.py look $seccomp ctnr-pack --compression none --no-sync ./slow
is_stdout "${open}NoNewPrivs 1 Seccomp $seccomp CapPrm 4
status 0" "the reader may read files of whatever owner, and nothing else"
run timeout 60 python3 look.py kill $seccomp ctnr-pack --compression none --no-sync ./slow
is_stdout "${open}NoNewPrivs 1 Seccomp $seccomp CapPrm 4
ended" "... and ends when the tool is killed"

# Opening some devices does something, and a container of root's may put one in the place of a file at any moment.
if [ "$(id -u)" -eq 0 ]; then
	mknod slow/upper/null c 1 3
	run timeout 60 python3 look.py devices $seccomp ctnr-pack --compression none --no-sync ./slow
	is_stdout "${open}NoNewPrivs 1 Seccomp $seccomp CapPrm 4
opened 0 of True
status 0" "the reader cannot open a device, whoever it belongs to"
	bundle copy base --driver copy
	mknod copy/rootfs/null c 1 3
	for i in 1 2 3; do truncate -s 60M "copy/rootfs/$i"; done
	run timeout 60 python3 look.py devices $seccomp ctnr-pack --compression none --no-sync ./copy
	is_stdout "${open}NoNewPrivs 1 Seccomp $seccomp CapPrm 4
opened 0 of True
status 0" "... nor one of a copy"
fi
done_testing
