#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Let the n-th system call of a kind fail in a command that changes a store, for every n until none does.

    inject-errors.py [--step N] --store DIR [--keeps NAME]... [--gives NAME] -- COMMAND...

DIR is copied for each try, and the copy is $CTNR_STORE of COMMAND. Afterwards the copy must be whole (verify-store.py
and ctnr-store check --quick) and have the NAMEs of --keeps; where COMMAND said 0, that of --gives too; and
COMMAND, without a failure, must succeed. --step tries only every N-th. Prints what went wrong, a line each;
status 1 then."""

import argparse
import os
import shutil
import subprocess
import sys

LIB = os.path.dirname(os.path.abspath(__file__))
KINDS = (
    ("write,pwrite64,writev,ftruncate", ("ENOSPC", "EIO")),
    ("fsync,fdatasync,syncfs", ("EIO", "EDQUOT")),
    ("rename,renameat,renameat2", ("EIO", "ENOSPC")),
    ("mkdir,mkdirat", ("EDQUOT",)),
    ("link,linkat,symlink,symlinkat", ("EDQUOT",)),
    ("unlink,unlinkat,rmdir", ("EIO",)),
)


class Injection:
    def __init__(self, options):
        self.options = options
        self.wrong = []
        self.tries = 0
        self.environment = dict(os.environ)

    def quietly(self, words):
        result = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, env=self.environment, timeout=60, check=False)
        return result.returncode, result.stdout.decode("utf-8", "replace").strip()

    def fail(self, what, said):
        self.wrong.append(f"{what}: {said}")

    def examine(self, what, place, gives):
        """What must hold after the command, whatever it said."""
        status, said = self.quietly([f"{LIB}/verify-store.py", place] + self.options.keeps + gives)
        if status:
            self.fail(what, f"the store is not whole: {said}")
        status, said = self.quietly(["ctnr-store", "check", "--quick"])
        if status:
            self.fail(what, f"check says {status}: {said}")
        status, said = self.quietly(self.options.command)
        if status:
            self.fail(what, f"the next try fails with {status}: {said}")

    def attempt(self, kind, error, n):
        """Returns whether there was an n-th call."""
        what = f"{' '.join(self.options.command)}: {error} of {kind.split(',', maxsplit=1)[0]} number {n}"
        place, log = f"try-{os.getpid()}", f"try-{os.getpid()}.log"
        shutil.copytree(self.options.store, place, symlinks=True)
        self.environment["CTNR_STORE"] = place = os.path.abspath(place)
        # A worker counts its own calls: the n-th of each process fails. A sanitizer that looks for leaks cannot
        # work under strace.
        status, said = self.quietly(
            ["env", "ASAN_OPTIONS=detect_leaks=0", "strace", "-f", "-qq", "-o", log, "-e", f"trace={kind}", "-e", "signal=none",
             "-e", f"inject={kind}:error={error}:when={n}", "--"] + self.options.command)
        with open(log, encoding="utf-8", errors="replace") as file:
            injected = "(INJECTED)" in file.read()
        if injected:
            self.tries += 1
            if status > 5:
                self.fail(what, f"status {status}: {said}")
            self.examine(what, place, self.options.gives if status == 0 else [])
        elif status:
            self.fail(what, f"fails without a failure: {status}: {said}")
        shutil.rmtree(place)
        os.unlink(log)
        return injected

    def run(self):
        for kind, errors in KINDS:
            for error in errors:
                n = 1
                while self.attempt(kind, error, n) and len(self.wrong) < 20:
                    n += self.options.step


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--store", required=True)
    parser.add_argument("--step", type=int, default=1)
    parser.add_argument("--keeps", action="append", default=[])
    parser.add_argument("--gives", action="append", default=[])
    parser.add_argument("command", nargs="+")
    injection = Injection(parser.parse_args())
    injection.run()
    for line in injection.wrong:
        print(line)
    print(f"{injection.tries} failures were made", file=sys.stderr)
    sys.exit(1 if injection.wrong or not injection.tries else 0)


if __name__ == "__main__":
    main()
