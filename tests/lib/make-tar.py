#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Make a tar archive out of a list of entries, also of ones that no archiver would write.

    make-tar.py OUT.tar <<'END'
    dir      etc mode=0755
    file     etc/passwd 'data=root:x:0:0::/:/bin/sh\n'
    file     big fill=1048576
    symlink  bin usr/bin
    hardlink etc/passwd- etc/passwd
    char     dev/null 1 3
    fifo     run/pipe
    whiteout etc/motd
    opaque   var/lib
    END

OUT may be - for stdout. One entry a line, quoted as in the shell; # begins a comment.

    file PATH      data=TEXT (escapes \\n \\t \\0 \\xNN), fill=N (that many zeros), or from=FILE
    dir PATH       symlink PATH TARGET      hardlink PATH TARGET      fifo PATH
    char PATH MAJOR MINOR                   block PATH MAJOR MINOR
    whiteout PATH  the empty file DIR/.wh.NAME      opaque DIR  DIR/.wh..wh..opq
    entry T PATH [TARGET]   the type flag is the character T
    global KEY=VALUE...     a global PAX header
    raw HEX                 these bytes as they are
    cut            no end-of-archive blocks

Keys of every entry: mode= (octal) uid= gid= uname= gname= mtime= (seconds, may have a fraction)
format=pax|gnu|ustar (default pax), pax.KEY=VALUE, xattr.NAME=TEXT (escapes as in data),
size=N (what the header says, whatever the data), checksum=N (instead of the right one),
times=N (the entry N times; {} in the path becomes 0..N-1).
Defaults: mode 0755 for directories, 0777 for symlinks and 0644 else, 0:0, mtime 1000000000."""

import codecs
import io
import shlex
import sys
import tarfile

TYPES = {"file": b"0", "hardlink": b"1", "symlink": b"2", "char": b"3", "block": b"4",
         "dir": b"5", "fifo": b"6", "whiteout": b"0", "opaque": b"0"}
MODES = {"dir": "755", "symlink": "777"}
FORMATS = {"pax": tarfile.PAX_FORMAT, "gnu": tarfile.GNU_FORMAT, "ustar": tarfile.USTAR_FORMAT}


def unescape(text):
    return codecs.escape_decode(text.encode("utf-8", "surrogateescape"))[0]


class Entry:
    """One line: a verb, its operands and its keys."""

    def __init__(self, line):
        words = shlex.split(line, comments=True)
        self.verb = words[0] if words else None
        self.operands, self.keys = [], {}
        for word in words[1:]:
            name, equals, value = word.partition("=")
            if equals and len(self.operands) >= self.wanted():
                self.keys[name] = value
            else:
                self.operands.append(word)

    def wanted(self):
        """How many operands come before the keys."""
        return {"symlink": 2, "hardlink": 2, "char": 3, "block": 3, "entry": 2,
                "global": 0, "cut": 0}.get(self.verb, 1)

    def data(self):
        if "data" in self.keys:
            return unescape(self.keys["data"])
        if "from" in self.keys:
            with open(self.keys["from"], "rb") as source:
                return source.read()
        return bytes(int(self.keys.get("fill", 0)))

    def path(self, number):
        path = self.operands[1 if self.verb == "entry" else 0].replace("{}", str(number))
        if self.verb == "whiteout":
            head, slash, tail = path.rpartition("/")
            return f"{head}{slash}.wh.{tail}"
        return f"{path}/.wh..wh..opq" if self.verb == "opaque" else path

    def info(self, number, size):
        info = tarfile.TarInfo(self.path(number))
        info.type = (self.operands[0].encode() if self.verb == "entry" else TYPES[self.verb])
        if self.verb in ("char", "block"):
            info.devmajor, info.devminor = int(self.operands[1]), int(self.operands[2])
        elif self.verb in ("symlink", "hardlink"):
            info.linkname = self.operands[1]
        elif self.verb == "entry" and len(self.operands) > 2:
            info.linkname = self.operands[2]
        info.mode = int(self.keys.get("mode", MODES.get(self.verb, "644")), 8)
        info.uid, info.gid = int(self.keys.get("uid", 0)), int(self.keys.get("gid", 0))
        info.uname, info.gname = self.keys.get("uname", ""), self.keys.get("gname", "")
        mtime = self.keys.get("mtime", "1000000000")
        info.mtime = float(mtime) if "." in mtime else int(mtime)
        info.size = int(self.keys.get("size", size))
        for key, value in self.keys.items():
            if key.startswith("pax."):
                info.pax_headers[key[4:]] = value
            elif key.startswith("xattr."):
                info.pax_headers["SCHILY.xattr." + key[6:]] = unescape(value).decode(
                    "utf-8", "surrogateescape")
        return info

    def header(self, number, size):
        info = self.info(number, size)
        made = bytearray(info.tobuf(FORMATS[self.keys.get("format", "pax")], "utf-8",
                                    "surrogateescape"))
        if "checksum" in self.keys:
            made[-512 + 148:-512 + 156] = b"%06o\0 " % int(self.keys["checksum"])
        return bytes(made)

    def write(self, out):
        data = self.data()
        for number in range(int(self.keys.get("times", 1))):
            out.write(self.header(number, len(data)))
            out.write(data)
            out.write(bytes(-len(data) % 512))


def write_archive(lines, out):
    cut = False
    for line in lines:
        entry = Entry(line)
        if entry.verb is None:
            continue
        if entry.verb == "cut":
            cut = True
        elif entry.verb == "raw":
            out.write(bytes.fromhex(entry.operands[0]))
        elif entry.verb == "global":
            out.write(tarfile.TarInfo.create_pax_global_header(entry.keys))
        else:
            entry.write(out)
    if not cut:
        out.write(bytes(1024))


def main():
    if len(sys.argv) != 2 or sys.argv[1].startswith("--"):
        sys.exit(__doc__)
    made = io.BytesIO()
    write_archive(sys.stdin, made)
    if sys.argv[1] == "-":
        sys.stdout.buffer.write(made.getvalue())
    else:
        with open(sys.argv[1], "wb") as out:
            out.write(made.getvalue())


if __name__ == "__main__":
    main()
