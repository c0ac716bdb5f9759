#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# An image of 127 layers at a limit of 64 descriptors: what the tools need for their own work is
# within the hard limit, and the container has the limit of the caller.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
needs USERNS

base=$(busybox_layout)
python3 - "$base" many <<'END'
import gzip, hashlib, io, json, os, shutil, sys, tarfile

source, target = sys.argv[1:]
shutil.copytree(source, target)


def blob(digest):
    return f"{target}/blobs/sha256/{digest.removeprefix('sha256:')}"


def put(data):
    digest = "sha256:" + hashlib.sha256(data).hexdigest()
    with open(blob(digest), "wb") as file:
        file.write(data)
    return {"digest": digest, "size": len(data)}


def load(digest):
    with open(blob(digest)) as file:
        return json.load(file)


with open(f"{target}/index.json") as file:
    index = json.load(file)
manifest = load(index["manifests"][0]["digest"])
config = load(manifest["config"]["digest"])
for number in range(126):
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        for name in (f"layer{number}", f"data/file{number}"):
            tar.addfile(tarfile.TarInfo(name), io.BytesIO())
    data = archive.getvalue()
    config["rootfs"]["diff_ids"].append("sha256:" + hashlib.sha256(data).hexdigest())
    manifest["layers"].append(put(gzip.compress(data, mtime=0)) |
                              {"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip"})
manifest["config"] |= put(json.dumps(config).encode())
index["manifests"][0] |= put(json.dumps(manifest).encode())
with open(f"{target}/index.json", "w") as file:
    json.dump(index, file)
END

# few CMD...: at a soft limit of 64.
few() {
	run sh -c 'ulimit -S -n 64 && exec "$@"' sh "$@"
}

few ctnr pull oci:many:latest
is_status 0 "127 layers are fetched"
image=oci:many:latest
few ctnr run --rm "$image" sh -c 'ls / | grep -c layer; ls /data | wc -l; ulimit -S -n'
is_stdout "126
126
64" "... unpacked and run, and the container has the limit of the caller"
few ctnr run --rm --user user -v data:/data "$image" sh -c 'id -un; ls /data | wc -l'
is_stdout "user
126" "... with a user of that image, and a volume filled from it"
few ctnr run --name kept "$image" sh -c 'echo changed >/data/file5'
is_status 0 "... and kept"
few ctnr bundle run kept
is_status 0 "... and run again"
few ctnr rm kept
is_status 0 "... and removed"
few ctnr bundle --driver copy "$image" ./copy true
is_status 0 "... and copied to a plain directory"
is "$(find copy/rootfs/data -type f | wc -l)" 126 "... whole"
few ctnr unshare sh -c 'ulimit -S -n'
is_stdout 64 "a command in the user namespace has the limit of the caller"
few ctnr rmi "$(ctnr images --json | jq -r '.descriptor.digest' | head -n 1)"
is_status 0 "the image is removed"
done_testing
