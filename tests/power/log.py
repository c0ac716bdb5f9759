# SPDX-License-Identifier: Apache-2.0
"""What a disk has written down (disk/disk.h), and the states that a power cut could have left it in."""

import random
import struct

HEADER = struct.Struct("=QQQ")
WRITE, FLUSH, MARK = 1, 2, 3


class Point:
    """The disk that a cut leaves behind the first `count` records: all that was flushed, and what came
    after the last flush but for the writes whose numbers are in `dropped`."""

    def __init__(self, count, dropped, marks, how):
        self.count, self.dropped, self.marks, self.how = count, dropped, marks, how

    def __str__(self):
        return f"record {self.count}, {self.how} of what was not flushed"


class Log:
    """The kinds of the records of a log, in order."""

    def __init__(self, path):
        self.kinds = []
        with open(path, "rb") as source:
            while True:
                kind, _, length = HEADER.unpack(source.read(HEADER.size))
                if not kind:
                    break
                self.kinds.append(kind)
                source.seek((length + 7) & ~7, 1)

    def intervals(self):
        """(number of the first record, number behind the last) of what lies between two flushes."""
        start = 0
        for number, kind in enumerate(self.kinds):
            if kind == FLUSH:
                yield start, number
                start = number + 1
        yield start, len(self.kinds)

    def points(self, seed):
        """Every write kept with all before it; none of those since the last flush, at the latest
        moment; and for each write a random choice of those since the last flush."""
        chance = random.Random(seed)
        found, marks = [], 0
        for start, end in self.intervals():
            writes = []
            for number in range(start, end):
                marks += self.kinds[number] == MARK
                if self.kinds[number] != WRITE:
                    continue
                writes.append(number)
                found.append(Point(number + 1, [], marks, "all"))
                if len(writes) > 1:
                    dropped = [w for w in writes if chance.random() < 0.5]
                    found.append(Point(number + 1, dropped, marks, "some"))
            found.append(Point(end, writes, marks, "none"))
        return found
