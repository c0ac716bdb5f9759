#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""List a tree, sorted, one object a line, so that two trees can be compared as text.

    list-tree.py [--brief] DIR

Brief: "d etc", "f etc/x=CONTENT", "l bin -> usr/bin", "h b = a" (another name of a), "p pipe",
"c dev/null 1:3". Full: mode, owner, time in ns, size, content's digest, attributes, other names.
An implied directory has no time that a specification fixes: times after 2020 are shown as "now"."""

import hashlib
import os
import stat
import sys

TYPES = {stat.S_IFDIR: "d", stat.S_IFREG: "f", stat.S_IFLNK: "l", stat.S_IFIFO: "p",
         stat.S_IFCHR: "c", stat.S_IFBLK: "b", stat.S_IFSOCK: "s"}
NOW = 1577836800


def paths(root):
    found = ["."]
    for folder, dirs, files in os.walk(os.fsencode(root)):
        found += [os.fsdecode(os.path.relpath(os.path.join(folder, name), os.fsencode(root)))
                  for name in dirs + files]
    return sorted(found)


def content(path):
    with open(path, "rb") as source:
        return source.read()


def attributes(path):
    names = os.listxattr(path, follow_symlinks=False)
    return " ".join(f"{n}={os.getxattr(path, n, follow_symlinks=False).hex()}"
                    for n in sorted(names))


def main():
    brief = sys.argv[1] == "--brief"
    root = sys.argv[-1]
    first = {}
    for name in paths(root):
        path = os.path.join(root, name)
        st = os.lstat(path)
        kind = TYPES[stat.S_IFMT(st.st_mode)]
        other = None
        if kind != "d" and st.st_nlink > 1:
            other = first.setdefault(st.st_ino, name)
            other = other if other != name else None
        extra = ""
        if kind == "l":
            extra = " -> " + os.readlink(path)
        elif kind in "cb":
            extra = f" {os.major(st.st_rdev)}:{os.minor(st.st_rdev)}"
        elif kind == "f" and brief:
            extra = "=" + content(path).decode("utf-8", "backslashreplace").rstrip("\n")
        elif kind == "f":
            extra = f" {st.st_size} {hashlib.sha256(content(path)).hexdigest()[:16]}"
        if other:
            kind, extra = "h", f" = {other}"
        text = name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
        if brief:
            if name != ".":
                print(kind, text + extra)
            continue
        time = "now" if st.st_mtime > NOW or st.st_mtime == 0 else st.st_mtime_ns
        print(kind, text + extra, f"{st.st_mode & 0o7777:o} {st.st_uid}:{st.st_gid}", time,
              attributes(path))


main()
