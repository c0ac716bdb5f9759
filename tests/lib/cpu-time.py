#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Print how many milliseconds of processor time CMD takes with all that it waits for: the least of so
many runs. Its output is thrown away; it must succeed.

    cpu-time.py RUNS CMD [ARG...]"""

import resource
import subprocess
import sys


def used():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def main():
    times = []
    for _ in range(int(sys.argv[1])):
        before = used()
        subprocess.run(sys.argv[2:], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, check=True)
        times.append(used() - before)
    print(round(min(times) * 1000))


main()
