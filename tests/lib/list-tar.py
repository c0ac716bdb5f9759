#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""List the entries of an archive as Python's tarfile reads them, one a line: type, path, target, mode, owner,
time in whole seconds, device, attributes, size and digest of the content.

    list-tar.py ARCHIVE"""

import hashlib
import sys
import tarfile

PREFIX = "SCHILY.xattr."


def text(value):
    return value.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def main():
    with tarfile.open(sys.argv[1], errors="surrogateescape") as archive:
        for member in archive:
            xattrs = [f"{key[len(PREFIX):]}={text(value)}"
                      for key, value in sorted(member.pax_headers.items()) if key.startswith(PREFIX)]
            content = archive.extractfile(member).read() if member.isreg() else b""
            print(("s" if member.issparse() else "") + member.type.decode(), text(member.name),
                  text(member.linkname), f"{member.mode:o} {member.uid}:{member.gid}", int(member.mtime // 1),
                  f"{member.devmajor}:{member.devminor}" if member.isdev() and not member.isfifo() else "-",
                  *xattrs, len(content), hashlib.sha256(content).hexdigest()[:16])


main()
