#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Make DIR and so many nested directories NAME below it, deeper than a path can say.

    make-nested.py DIR DEPTH [NAME]"""

import os
import sys


def main():
    top, depth, name = sys.argv[1], int(sys.argv[2]), (sys.argv[3:] or ["x"])[0]
    os.makedirs(top, exist_ok=True)
    os.chdir(top)
    for _ in range(depth):
        os.mkdir(name)
        os.chdir(name)


main()
