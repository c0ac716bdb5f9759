#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub one root
# differs: each has its own namespaces around the overlay
#
# An image without layers is an image: an empty root filesystem, into which the caller binds something.
. "$(dirname "$0")/../lib/test.sh"
needs USERNS

# Arrays that are empty, null and not there.
config='{"config":{"Cmd":["/busybox","echo","ok"]}}'
python3 "$test_lib/make-layout.py" --config "$config" --ref empty bare >/dev/null
python3 - <<'PY'
import hashlib, json
index = json.load(open("bare/index.json"))
entry = index["manifests"][0]
whole = json.load(open("bare/blobs/" + entry["digest"].replace(":", "/")))
for ref in ("null", "missing"):
    manifest = dict(whole, layers=None)
    if ref == "missing":
        del manifest["layers"]
    text = json.dumps(manifest).encode()
    digest = hashlib.sha256(text).hexdigest()
    open("bare/blobs/sha256/" + digest, "wb").write(text)
    index["manifests"].append(dict(entry, digest="sha256:" + digest, size=len(text), annotations={
        "org.opencontainers.image.ref.name": ref}))
json.dump(index, open("bare/index.json", "w"))
PY

for ref in empty null missing; do
	run ctnr-fetch --tag "bare:$ref" "oci:bare:$ref"
	is_status 0 "$ref: an image without layers is fetched"
	for driver in overlay copy; do
		run ctnr-unpack --driver "$driver" -b "$ref-$driver" "bare:$ref"
		is_status 0 "$driver: $ref: it is unpacked"
		run ctnr-spec "$ref-$driver" -v /bin/busybox:/busybox:ro
		is_status 0 "... and becomes a bundle"
		run ctnr-exec run "$ref-$driver"
		is_stdout ok "... which runs"
		run ctnr-exec run "$ref-$driver"
		is_stdout ok "... twice"
	done
done
run ctnr run --rm -v /bin/busybox:/busybox bare:empty /busybox sh -c 'echo x >/file && cat /file'
is_stdout x "its root filesystem can be written to"
run ctnr run --rm --read-only -v /bin/busybox:/busybox bare:empty /busybox ls /busybox
is_stdout /busybox "... or be read-only, and a bind has a target all the same"
run ctnr-unpack -b empty-overlay --update bare:null
is_status 0 "a bundle of it is updated"
run ctnr-store image ls -q
is "$(printf '%s\n' "$stdout" | grep -c bare)" 3 "the store lists the images"
run ctnr-store image ls
is_status 0 "... with their sizes"
for ref in empty null missing; do
	ok "$ref: its bundles are removed" ctnr-store bundle rm "$ref-overlay" "$ref-copy"
	ok "... and the image" ctnr-store image rm "bare:$ref"
done
is "$(ctnr-store image ls -q)" "" "nothing is left"
done_testing
