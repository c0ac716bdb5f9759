#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The same archive read by GNU tar, bsdtar and us gives the same tree, or we refuse it.
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/unpack.sh"
needs USERNS PEER:bsdtar

listing() {
	in_namespace python3 "$test_lib/list-tree.py" --brief "$1"
}

# readers NAME same|refused TITLE <<END. "same": both peers and we give the same tree.
readers() {
	make_image "$1"
	tar=$CTNR_TEST_TMP/$1.0.tar
	unpack copy "$1"
	if [ "$2" = refused ]; then
		is_status 1 "refused: $3"
		return
	fi
	is_status 0 "read: $3" || return
	ours=$(listing "$1.copy/rootfs")
	mkdir "$1.gnu" "$1.bsd"
	in_namespace tar -C "$1.gnu" -xpf "$tar" 2>/dev/null
	in_namespace bsdtar -C "$1.bsd" -xpf "$tar" 2>/dev/null
	is "$(listing "$1.gnu")" "$ours" "... the same by GNU tar"
	is "$(listing "$1.bsd")" "$ours" "... the same by bsdtar"
}

name120=$(printf '%0120d' 0)
readers plain same "files, links and directories" <<END
dir d
file d/a data=a
hardlink d/b d/a
symlink l d/a
symlink $name120 $name120/x
file $name120-file data=long
hardlink $name120-link $name120-file
fifo p
END
readers gnu same "GNU's long names" <<END
file $name120 data=long format=gnu
symlink l $name120 format=gnu
hardlink h $name120 format=gnu
END
readers ustar same "a name split in two" <<END
dir $name120
file $name120/x data=x format=ustar
END
readers absolute same "names and hardlinks with a slash before them" <<'END'
dir /d
file /d/a data=a
hardlink /d/b /d/a
file ./d//c data=c
END
readers duplicates same "the last of two entries with one name" <<'END'
file a data=one
file a data=two
symlink b a
file b data=b
dir c
file c/x data=x
dir c mode=700
END
readers pax-path same "a name that an extended header replaces" <<'END'
file a data=a pax.path=b
symlink s x pax.linkpath=y
END
readers pax-size same "a size that an extended header replaces" <<'END'
file a data=12345678 size=0 pax.size=8
file b data=b
END
# pax_header RECORD: an extended header as a line for make-tar.py; escapes as in Python.
pax_header() {
	python3 - "$1" <<'PY'
import codecs, sys, tarfile
text = codecs.escape_decode(sys.argv[1].encode())[0] + b"\n"
size = len(text) + 3
text = b"%d %s" % (size, text)
info = tarfile.TarInfo("x")
info.type, info.size = b"x", len(text)
print("raw", (info.tobuf(tarfile.USTAR_FORMAT) + text.ljust(512, b"\0")).hex())
PY
}

readers bytes same "names that are no text" <<END
$(pax_header 'path=a new\nline')
file a data=n
file "blank tab	star*" data=b
file $(printf '\303\251\377') data=latin
END
readers old-dir same "an old directory: a file whose name ends with a slash" <<'END'
entry 0 d/
file d/x data=x
END
readers contiguous same "a contiguous file" <<'END'
entry 7 a data=a
END
readers numbers same "numbers as large as they get" <<'END'
file a data=a mtime=9999999999
file b data=b mode=7777
END
readers trailing same "what stands behind the end" <<END
file a data=a
raw $(printf '%02048d' 0)
file b data=b
END
readers sizes same "what has no content, and a size all the same" <<'END'
entry 5 d size=4096
file d/a data=a
entry 2 l d/a size=9
entry 1 h d/a size=1
entry 6 p size=700
file z data=z
END
readers two-headers refused "two extended headers for one entry" <<END
$(pax_header 'path=bcdefgh')
$(pax_header 'path=cdefghi')
file a data=a
END
readers size-differs refused "a link whose extended header has a size (tokio-tar 2025-62518)" <<'END'
file a data=a
symlink l x pax.size=512
file b data=b
END
readers lone-zero refused "a lone zero block amid the archive" <<END
file a data=a
raw $(printf '%01024d' 0)
file b data=b
END
readers gnu-and-pax refused "a long name that contradicts an extended header" <<END
raw $(python3 - <<'PY'
import tarfile
def member(kind, text):
    info = tarfile.TarInfo("././@LongLink"); info.type = kind; info.size = len(text)
    return info.tobuf(tarfile.GNU_FORMAT) + text.ljust(512, b"\0")
print((member(b"L", b"one\0") + member(b"x", b"12 path=two\n")).hex())
PY
)
file a data=a
END
readers volume refused "a volume's label" <<'END'
entry V label
file a data=a
END
readers dumpdir refused "GNU's incremental directory" <<'END'
entry D d/
END
readers negative refused "an owner below zero" <<'END'
file a data=a pax.uid=-1
END
readers nul refused "an extended name with a NUL" <<END
$(pax_header 'path=with\0nul')
file a data=a
END
done_testing
