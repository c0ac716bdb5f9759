#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Many commands at once in one store, and what they say.

    mix-store.py [--kill] [--stop] [--own] --workers N --seconds S SOURCE...

Each worker runs one command after the other, chosen at random: fetch, run, tag, untag, rm of images, unpack and
rm of bundles, gc, check, df, lists. SOURCE is the address of an image; images get names localhost/imageN:TAG,
which all workers share. What a user's own doing explains is no failure: a name that another worker has removed.

  --kill   a command in three is killed (SIGKILL, one of its processes) at a random moment
  --stop   one command is stopped (SIGSTOP) now and then, for a second, and goes on
  --own    the names localhost/ownN:1 are only ever set, each by its worker: they are run, and must be there

Prints each command that failed without such a reason or took more than 30 seconds. Status 1 then.
CTNR_TEST_SEED makes the choices repeatable."""

import argparse
import os
import random
import signal
import subprocess
import sys
import threading
import time

LIMIT = 30
EXCUSES = (
    "no such image",
    "nothing to remove",
    "there is no container",
    "there is no bundle",
    "has no image",
    "is not there",
    "another image",
    "a layer was removed meanwhile",
    "cannot stat the top layer",
    "exists already",
    "already exists",
    "by another command",
    "was removed",
)
# A command that has found an image by its name does not hold it: where another one removes the name, and a third
# collects, its blobs are gone. Whoever has found no name, or has leased the blobs, misses none.
READERS = ("run", "tag", "unpack")
READERS_EXCUSE = "is not in '"


def processes_of(root):
    """The processes of a command: those of its process group."""
    found = []
    for name in os.listdir("/proc"):
        try:
            if name.isdigit() and os.getpgid(int(name)) == root:
                found.append(int(name))
        except OSError:
            pass
    return found


def send(pid, number):
    try:
        os.kill(pid, number)
    except (ProcessLookupError, PermissionError):
        pass


class Mix:
    def __init__(self, options):
        self.options = options
        self.end = time.monotonic() + options.seconds
        self.failures = []
        self.counts = {}
        self.lock = threading.Lock()

    def commands(self, chance, worker):
        number = chance.randrange(len(self.options.source))
        source = self.options.source[number]
        name = f"localhost/image{number}:1"
        other = f"localhost/image{number}:{chance.randrange(2, 5)}"
        bundle = f"bundle{chance.randrange(4)}"
        choices = {
            "fetch": ["ctnr-fetch", "-t", name, source],
            "run": ["ctnr", "run", "--rm", "--pull", "never", name, "true"],
            "tag": ["ctnr-store", "image", "tag", name, other],
            "untag": ["ctnr-store", "image", "untag", other],
            "rmi": ["ctnr-store", "image", "rm", chance.choice([name, other])],
            "unpack": ["ctnr-unpack", "-b", bundle, name],
            "rm": ["ctnr-store", "bundle", "rm", bundle],
            "images": ["ctnr-store", "image", "ls"],
            "ps": ["ctnr-store", "bundle", "ls"],
        }
        choices.update({verb: ["ctnr-store"] + words.split() for verb, words in VERBS.items()})
        if self.options.own:
            own = f"localhost/own{worker}:1"
            choices["own"] = ["ctnr-fetch", "-t", own, source]
            choices["runown"] = ["sh", "-c", 'ctnr-fetch -t "$1" "$2" >/dev/null && exec ctnr run --rm '
                                 '--pull never "$1" true', "sh", own, source]
        return choices

    def disturb(self, chance, process):
        """Kill or stop one process of a command, perhaps. Returns whether the command was killed."""
        if self.options.kill and chance.random() < 0.33:
            time.sleep(chance.random() * 0.06)
            victims = processes_of(process.pid)
            if victims:
                send(chance.choice(victims), signal.SIGKILL)
            return True
        if self.options.stop and chance.random() < 0.02:
            time.sleep(chance.random() * 0.03)
            stopped = processes_of(process.pid)
            for pid in stopped:
                send(pid, signal.SIGSTOP)
            time.sleep(1)
            for pid in stopped:
                send(pid, signal.SIGCONT)
        return False

    def run(self, chance, worker):
        choices = self.commands(chance, worker)
        verb = chance.choice(sorted(choices))
        # The process in which a sanitizer looks for leaks is waited for, for ever, by whom it looks into.
        environment = {**os.environ, "ASAN_OPTIONS": "detect_leaks=0"} if self.options.kill else None
        process = subprocess.Popen(choices[verb], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE, start_new_session=True)
        killed = self.disturb(chance, process)
        try:
            said = process.communicate(timeout=LIMIT)[1].decode("utf-8", "replace")
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            said = f"no end within {LIMIT} s; {process.communicate()[1]}"
            killed = False
        with self.lock:
            self.counts[verb] = self.counts.get(verb, 0) + 1
            if killed or process.returncode == 0:
                return
            if verb not in ("own", "runown") and any(excuse in said for excuse in EXCUSES):
                return
            if verb in READERS and READERS_EXCUSE in said:
                return
            self.failures.append(f"{' '.join(choices[verb])}: status {process.returncode}: {said}")

    def work(self, worker):
        chance = random.Random(f"{os.environ.get('CTNR_TEST_SEED', time.time_ns())} {worker}")
        while time.monotonic() < self.end and len(self.failures) < 20:
            self.run(chance, worker)


# The verbs that look at the whole store.
VERBS = {"gc": "gc --grace 0s", "dry": "gc -n --grace 0s", "check": "check --quick", "df": "df"}


def main():
    parser = argparse.ArgumentParser()
    for switch in ("--kill", "--stop", "--own"):
        parser.add_argument(switch, action="store_true")
    parser.add_argument("--workers", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("source", nargs="+")
    mix = Mix(parser.parse_args())
    threads = [threading.Thread(target=mix.work, args=(n,)) for n in range(mix.options.workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for failure in mix.failures[:20]:
        print(failure)
    print(" ".join(f"{verb}={n}" for verb, n in sorted(mix.counts.items())), file=sys.stderr)
    sys.exit(1 if mix.failures else 0)


if __name__ == "__main__":
    main()
