#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Split the one layer of an image into several of about equal size, as a layout of its own.

    split-layer.py LAYOUT DIR [COUNT]

LAYOUT has one image; DIR gets its tree in COUNT (10) layers, and its config."""

import gzip
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile

from inputs import LIB, Layout, layer_of

END = bytes(1024)  # of a tar archive


def entry_offsets(path):
    """Where each entry of an archive begins, and behind the last one its end."""
    with tarfile.open(path) as archive:
        offsets = [entry.offset for entry in archive]
        return [*offsets, archive.offset]


def split_archive(path, place, count):
    """The paths of the parts: whole entries, in their order."""
    offsets = entry_offsets(path)
    share = offsets[-1] / count
    parts, begun = [], 0
    with open(path, "rb") as archive:
        for number in range(count):
            end = next(o for o in offsets if o >= share * (number + 1) or o == offsets[-1])
            parts.append(f"{place}/{number}.tar")
            with open(parts[-1], "wb") as out:
                archive.seek(begun)
                out.write(archive.read(end - begun) + END)
            begun = end
    return parts


def main():
    layout, directory = sys.argv[1:3]
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 10
    _, config = Layout(layout).image()
    with tempfile.TemporaryDirectory() as place:
        with gzip.open(layer_of(layout)) as source, open(f"{place}/whole.tar", "wb") as out:
            shutil.copyfileobj(source, out, 1 << 20)
        parts = split_archive(f"{place}/whole.tar", place, count)
        subprocess.run([os.path.join(LIB, "make-layout.py"), "--config",
                        json.dumps({"config": config["config"]}), directory, *parts], check=True)


if __name__ == "__main__":
    main()
