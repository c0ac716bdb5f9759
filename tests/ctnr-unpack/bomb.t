#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Small layers that want to be large where nothing bounds them by the files that are in them: headers, windows,
# members of compressed streams. (A large file of zeros: hostile.t and large.t.)
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
needs USERNS PEER:zstd

cat >make.py <<'END'
"""make.py NAME KIND: a layout NAME whose one layer is such a bomb."""
import gzip, hashlib, json, os, subprocess, sys, tarfile, zlib

name, kind = sys.argv[1:]
OCI = "application/vnd.oci.image."
SIZE = 64 << 20
blobs = f"{name}/blobs/sha256"
os.makedirs(blobs)


def put(content, media_type):
    digest = hashlib.sha256(content).hexdigest()
    with open(f"{blobs}/{digest}", "wb") as out:
        out.write(content)
    return {"mediaType": OCI + media_type, "digest": "sha256:" + digest, "size": len(content)}


def header(entry_type, size, path="x"):
    info = tarfile.TarInfo(path)
    info.type, info.size = entry_type, size
    return info.tobuf(tarfile.GNU_FORMAT)


def pieces():
    """The archive of the headers, which never get to their end."""
    if kind in ("pax", "global", "name"):
        yield header({"pax": b"x", "global": b"g", "name": b"L"}[kind], SIZE)
        yield from (bytes(1 << 20) for _ in range(SIZE >> 20))
    elif kind == "headers":
        # One small header behind the other, and nothing that they are for.
        record = b"19 comment=xxxxxxx\n"
        for _ in range(100000):
            yield header(b"g", len(record)) + record.ljust(512, b"\0")
    yield header(b"0", 0) + bytes(1024)


def compress():
    """The layer, and the digest of what is in it."""
    digest = hashlib.sha256()
    if kind == "window":
        archive = b"".join(pieces())
        digest.update(archive)
        return subprocess.run(["zstd", "--ultra", "-1", "--long=31", "-q"], input=archive + bytes(1 << 20),
                              stdout=subprocess.PIPE, check=True).stdout, digest
    if kind in ("members", "frames"):
        archive = b"".join(pieces())
        digest.update(archive)
        if kind == "members":
            return gzip.compress(b"", mtime=0) * 500000 + gzip.compress(archive, mtime=0), digest
        empty = bytes.fromhex("502a4d1800000000")  # a frame to be skipped, of nothing
        return empty * 1000000 + subprocess.run(["zstd", "-q"], input=archive, stdout=subprocess.PIPE,
                                                check=True).stdout, digest
    stream = zlib.compressobj(1, zlib.DEFLATED, 31)
    layer = b""
    for piece in pieces():
        digest.update(piece)
        layer += stream.compress(piece)
    return layer + stream.flush(), digest


layer, digest = compress()
layer_type = "layer.v1.tar+" + ("zstd" if kind in ("window", "frames") else "gzip")
config = put(json.dumps({"os": "linux", "architecture": "amd64", "rootfs": {
    "type": "layers", "diff_ids": ["sha256:" + digest.hexdigest()]}}).encode(), "config.v1+json")
manifest = put(json.dumps({"schemaVersion": 2, "mediaType": OCI + "manifest.v1+json", "config": config,
                           "layers": [put(layer, layer_type)]}).encode(), "manifest.v1+json")
with open(f"{name}/oci-layout", "w") as out:
    out.write('{"imageLayoutVersion":"1.0.0"}')
with open(f"{name}/index.json", "w") as out:
    json.dump({"schemaVersion": 2, "manifests": [
        {**manifest, "annotations": {"org.opencontainers.image.ref.name": "1"}}]}, out)
END

# unpacks KIND: unpack such a bomb; $peak is the largest process in KiB.
unpacks() {
	python3 make.py "$1" "$1"
	run timeout 20 /usr/bin/time -q -f %M -o peak ctnr-unpack --driver copy -b "./$1.bundle" "oci:$1:1"
	peak=$(cat peak)
}

# refused KIND PATTERN TITLE
refused() {
	unpacks "$1"
	is_status 1 "$3"
	like_stderr "ctnr-unpack: error: $2" "... and it is said why"
	is_sanitized || ok "... in less than 16 MiB of memory" test "$peak" -lt 16384
	fails "... and no bundle stays behind" test -e "$1.bundle"
}

refused pax "*an extended header or name has 67108864 bytes*" "an extended header of 64 MiB is refused"
refused global "*an extended header or name has 67108864 bytes*" "so is one for all entries"
refused name "*an extended header or name has 67108864 bytes*" "... and a name"
refused window "*too much memory*" "a frame that wants a window of 2 GiB is refused"

# accepted KIND TITLE
accepted() {
	unpacks "$1"
	is_status 0 "$2"
	is_sanitized || ok "... in less than 16 MiB of memory" test "$peak" -lt 16384
}

accepted headers "100,000 headers for all entries are read in time"
accepted members "500,000 members of nothing are passed over in time"
accepted frames "a million frames to be skipped are skipped in time"
done_testing
