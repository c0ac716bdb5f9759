#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# timeout: 60 many small images, each by both drivers
#
# Layers as other programs write them, odd but clear: they unpack as those programs mean them. What
# cannot be read is named.
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/unpack.sh"
needs USERNS PEER:umoci PEER:bsdtar PEER:setfacl

# as_umoci NAME TITLE <<END: both drivers and umoci unpack it alike.
as_umoci() {
	make_image "$1"
	run in_namespace umoci unpack --rootless --image "$1:latest" "$1.umoci"
	is_status 0 "umoci unpacks: $2"
	wanted=$(in_namespace python3 "$test_lib/list-tree.py" --brief "$1.umoci/rootfs")
	for driver in overlay copy; do
		unpack "$driver" "$1"
		is_status 0 "$driver: unpacks: $2"
		is "$(tree "$driver" "$1" --brief)" "$wanted" "... alike"
	done
}
as_umoci below-file "a deletion below what is a file" <<'END'
file a data=a
file b/c data=c
---
whiteout a/x
opaque a/y
file b data=b
whiteout b/c
END
as_umoci below-nothing "a deletion below what is not there" <<'END'
file a data=a
---
whiteout no/x
opaque nor/y
whiteout a
whiteout a/x
END
as_umoci below-link "a deletion below a symlink that leads nowhere, or to a file" <<'END'
file a data=a
symlink file a
symlink nowhere absent
---
whiteout file/x
whiteout nowhere/x
END
as_umoci unpadded "an archive that ends with its last byte" <<END
file a data=a
raw $(python3 -c 'import tarfile
info = tarfile.TarInfo("b")
info.size = 1
print((info.tobuf(tarfile.USTAR_FORMAT) + b"b").hex())')
cut
END

make_image self <<'END'
file below data=below
---
file a data=a
hardlink a ./a
hardlink below below
END
both_drivers self "a hardlink to itself changes nothing, as for GNU tar" <<'END'
f a=a
f below=below
END

# Formats of compression that no layer may have.
printf 'file a data=a\n' | python3 "$test_lib/make-tar.py" a.tar
for format in xz bzip2 zip; do
	python3 -c '
import bz2, io, lzma, sys, zipfile
data = open("a.tar", "rb").read()
made = io.BytesIO()
zipfile.ZipFile(made, "w").writestr("a.tar", data)
sys.stdout.buffer.write(
    {"xz": lzma.compress(data), "bzip2": bz2.compress(data), "zip": made.getvalue()}[sys.argv[1]])
' "$format" >"a.$format"
	python3 "$test_lib/make-layout.py" "$format" "none:a.$format" >/dev/null
	unpack copy "$format"
	is_status 1 "a layer of $format is refused"
	like_stderr "*: it is no archive but $format data: *gzip, zstd*" "... by its name"
done

# Access control lists.
mkdir acl acl/d && echo f >acl/f
setfacl -m u:7:rx,g:5:w acl/f
setfacl -m u:7:rwx,d:u:7:rx acl/d
acl_of() {
	in_namespace sh -c 'cd "$1" && getfacl -np f d' sh "$1"
}
# The container's number is the one in the archive.
bsdtar --acls --format pax --numeric-owner --uid 0 --gid 0 -C acl -cf acl.tar f d
python3 "$test_lib/make-layout.py" acl acl.tar >/dev/null
unpack copy acl
is_status 0 "a layer with access control lists is unpacked"
is_stderr "" "... silently"
mkdir acl.bsd && in_namespace bsdtar --acls --numeric-owner -C acl.bsd -xpf acl.tar
is "$(acl_of acl.copy/rootfs)" "$(acl_of acl.bsd)" "... with the lists that bsdtar makes of it"
like "$(acl_of acl.copy/rootfs)" "*user:7:r-x*default:user:7:r-x*" "... which are there"
make_image named <<'END'
file a data=a pax.SCHILY.acl.access=user::rw-,user:lisa:r-x,group::r--,mask::rwx,other::r--
file b data=b pax.SCHILY.acl.access=user::rw-,user:lisa:r-x,group::r--,mask::rwx,other::r--
file c data=c pax.SCHILY.acl.access=user::rw-,group::r--,other::r--
END
unpack copy named
is_status 0 "a list that names somebody without a number cannot be kept"
is "$(printf '%s\n' "$stderr" | grep -c "'a': extended attribute 'SCHILY.acl.access'.*dropping")" 1 \
	"... which is told"
is "$(printf '%s\n' "$stderr" | grep -c warning)" 1 "... once"
done_testing
