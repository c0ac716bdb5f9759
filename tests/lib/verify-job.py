#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""verify-job.py [--deep] STORE [LAYOUT]: print the job of ctnr-store-verify that is about all
blobs of the layout (the store's own) and the layers of the store that were unpacked from them."""

import glob
import hashlib
import json
import os
import sys

options = [word for word in sys.argv[1:] if word.startswith("--")]
store, *layout = [word for word in sys.argv[1:] if not word.startswith("--")]
store = os.path.realpath(store)
layout = os.path.realpath(layout[0]) if layout else os.path.join(store, "images")
blobs = {}


def read(digest):
    with open(os.path.join(layout, "blobs", *digest.split(":")), "rb") as source:
        return json.load(source)


def add(descriptor):
    size = descriptor["size"]
    return blobs.setdefault(descriptor["digest"],
                            {"digest": descriptor["digest"], "size": size, "layers": []})


def add_layers(manifest):
    chain, below = None, []
    diff_ids = read(manifest["config"]["digest"])["rootfs"]["diff_ids"]
    for descriptor, diff_id in zip(manifest["layers"], diff_ids):
        text = f"{chain} {diff_id}"
        chain = "sha256:" + hashlib.sha256(text.encode()).hexdigest() if chain else diff_id
        blob = add(descriptor)
        for path in glob.glob(os.path.join(store, "layers", "*", *chain.split(":"))):
            idmap = os.path.relpath(path, store).split("/")[1]
            layer = {"path": os.path.relpath(path, store), "diffId": diff_id,
                     "lowers": ["/".join(("layers", idmap, *digest.split(":")))
                                for digest in below]}
            if layer not in blob["layers"]:
                blob["layers"].append(layer)
        below.insert(0, chain)


with open(os.path.join(layout, "index.json"), "rb") as source:
    queue = json.load(source)["manifests"]
while queue:
    top = queue.pop()
    add(top)
    document = read(top["digest"])
    queue += document.get("manifests", [])
    if "config" in document:
        add(document["config"])
        add_layers(document)
print(json.dumps({"store": store, "layout": layout, "deep": "--deep" in options,
                  "blobs": list(blobs.values())}))
