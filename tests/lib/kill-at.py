#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Kill one process of a command, and see that all others go too.

    kill-at.py [--main] [--signals NAME,...] SECONDS COMMAND...

Starts COMMAND, and after a random time of at most SECONDS kills (SIGKILL, or one of the signals named, INT
for SIGINT, chosen at random) one of the processes of
ours that it then consists of (a container's own are not), chosen at random; with --main always the
first. Then nothing of it may be left
within ten seconds, wherever it went: this process is the reaper of its orphans. Status 0; 1, and
what is left on stdout, when something stays. What has ended before it could be killed is status 0
too. CTNR_TEST_SEED makes the choices repeatable."""

import ctypes
import os
import random
import signal
import subprocess
import sys
import time

PR_SET_CHILD_SUBREAPER = 36
LIMIT = 10


def children_of():
    """{parent: [process]} of all live processes."""
    tree = {}
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/stat", encoding="utf-8", errors="replace") as stat:
                words = stat.read().rpartition(")")[2].split()
        except OSError:
            continue
        if words[0] not in "ZX":
            tree.setdefault(int(words[1]), []).append(int(name))
    return tree


def descendants(root):
    tree, found, todo = children_of(), [], [root]
    while todo:
        more = tree.get(todo.pop(), [])
        found += more
        todo += more
    return found


def reap():
    """Collect what has ended; False when no child is left."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return False
    return True


def describe(process):
    try:
        with open(f"/proc/{process}/cmdline", "rb") as line:
            return line.read().replace(b"\0", b" ").decode("utf-8", "replace").strip()
    except OSError:
        return "gone"


def is_ours(process):
    words = describe(process).split()
    return any(os.path.basename(word).startswith("ctnr") for word in words[:2])


def main():
    words, only_main, signals = sys.argv[1:], False, ["KILL"]
    if words and words[0] == "--main":
        words, only_main = words[1:], True
    if words and words[0] == "--signals":
        words, signals = words[2:], words[1].split(",")
    if len(words) < 2:
        sys.exit(__doc__)
    chance = random.Random(os.environ.get("CTNR_TEST_SEED"))
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    # The process in which a sanitizer looks for leaks is waited for, for ever, by whom it looks into.
    environment = {**os.environ, "ASAN_OPTIONS": "detect_leaks=0"}
    # A shell lets what it starts behind it ignore SIGINT.
    for name in set(signals) - {"KILL"}:
        signal.signal(signal.Signals["SIG" + name], signal.SIG_DFL)
    started = subprocess.Popen(words[1:], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, start_new_session=True)
    time.sleep(chance.random() * float(words[0]))
    victims = [] if only_main else [p for p in descendants(os.getpid()) if is_ours(p)]
    # In the middle of its execve a process has no name, and may be the only one.
    victim = chance.choice(victims or [started.pid])
    name = chance.choice(signals)
    print(f"killed by SIG{name}: {describe(victim)}")
    try:
        os.kill(victim, signal.Signals["SIG" + name])
    except (ProcessLookupError, PermissionError):
        pass  # it ended meanwhile, or has become another user's (newuidmap)
    end = time.monotonic() + LIMIT
    while reap() and time.monotonic() < end:
        time.sleep(0.01)
    left = descendants(os.getpid())
    for process in left:
        print(f"still there: {process} {describe(process)}")
        os.kill(process, signal.SIGKILL)
    sys.exit(1 if left else 0)


if __name__ == "__main__":
    main()
