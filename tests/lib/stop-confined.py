#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Stop a confined reader of a command amid its work, and say what it may do.

    stop-confined.py CAPABILITIES ACTION COMMAND...

COMMAND's stdin and stdout are ours. The first of its descendants that has the threads of a reader is stopped and
looked at; then the shell runs ACTION, and the reader goes on. CAPABILITIES is the mask of those that it may have, in
hexadecimal digits. Prints what was seen on stderr, and exits with COMMAND's status."""

import os
import signal
import subprocess
import sys
import time

READER_THREADS = ("2", "3")


def status(pid):
    try:
        with open(f"/proc/{pid}/status", encoding="utf-8", errors="replace") as file:
            return dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)
    except OSError:
        return {}


def children(pid):
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit() and status(name).get("PPid") == str(pid):
            found += [int(name)] + children(int(name))
    return found


def look(pid, allowed):
    seen = status(pid)
    threads = [status(f"{pid}/task/{thread}") for thread in os.listdir(f"/proc/{pid}/task")]
    print("NoNewPrivs", seen.get("NoNewPrivs"), file=sys.stderr)
    print("Seccomp", seen["Seccomp"], all(t.get("Seccomp") == seen["Seccomp"] for t in threads), file=sys.stderr)
    print("other capabilities", int(seen["CapPrm"], 16) & ~allowed, file=sys.stderr)


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    with subprocess.Popen(sys.argv[3:]) as command:
        readers = []
        while not readers and command.poll() is None:
            readers = [pid for pid in children(command.pid) if status(pid).get("Threads") in READER_THREADS]
            for pid in readers[:1]:
                os.kill(pid, signal.SIGSTOP)
                look(pid, int(sys.argv[1], 16))
                subprocess.run(sys.argv[2], shell=True, check=True)
                os.kill(pid, signal.SIGCONT)
            time.sleep(0.002)
    sys.exit(command.returncode)


if __name__ == "__main__":
    main()
