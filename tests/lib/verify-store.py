#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""See whether a store is whole, by the specifications alone: what ctnr-store check says is compared with it.

    verify-store.py STORE [NAME...]

Each name in index.json must have its manifest, config and layers, by size and digest, and each NAME must
be there. What is in blobs/ALG is a blob, by its digest, or has a name that says that it is in the making
or about to be deleted. Each kept bundle must have a record and a config that parse, or none of either, and the layers
that it links to. Prints what is wrong, a line each; status 1 then."""

import hashlib
import json
import os
import re
import sys

REF_NAME = "org.opencontainers.image.ref.name"
DIGEST_SIZES = {"sha256": 64, "sha512": 128}


class Store:
    def __init__(self, path):
        self.path = path
        self.wrong = []
        self.seen = {}

    def fail(self, text):
        self.wrong.append(text)

    def blob(self, descriptor, name):
        """The bytes of a blob, or None and what is wrong with it."""
        digest = descriptor["digest"]
        if digest in self.seen:
            return self.seen[digest]
        algorithm, _, digits = digest.partition(":")
        path = f"{self.path}/images/blobs/{algorithm}/{digits}"
        self.seen[digest] = None
        for place in (path, path + ".aside"):
            try:
                with open(place, "rb") as file:
                    data = file.read()
            except FileNotFoundError:
                continue
            if len(data) != descriptor["size"]:
                self.fail(f"{name}: {digest} has {len(data)} bytes, not {descriptor['size']}")
            elif hashlib.new(algorithm, data).hexdigest() != digits:
                self.fail(f"{name}: {digest} has another content")
            else:
                self.seen[digest] = data
            return self.seen[digest]
        self.fail(f"{name}: {digest} is not there")
        return None

    def image(self, descriptor, name):
        text = self.blob(descriptor, name)
        if text is None:
            return
        document = json.loads(text)
        for child in document.get("manifests", []):
            path = f"{self.path}/images/blobs/{child['digest'].replace(':', '/')}"
            if os.path.exists(path):
                self.image(child, name)
        for part in [document.get("config")] + document.get("layers", []):
            if part:
                self.blob(part, name)

    def index(self):
        try:
            with open(f"{self.path}/images/index.json", "rb") as file:
                return json.load(file)["manifests"]
        except FileNotFoundError:
            return []
        except ValueError as error:
            self.fail(f"index.json: {error}")
            return []

    def names(self, wanted):
        found = set()
        for entry in self.index():
            name = entry.get("annotations", {}).get(REF_NAME, entry["digest"])
            found.add(name)
            self.image(entry, name)
        for name in wanted:
            if name not in found:
                self.fail(f"{name}: the name is not there")

    def strange_blobs(self):
        for algorithm, size in DIGEST_SIZES.items():
            folder = f"{self.path}/images/blobs/{algorithm}"
            # On a filesystem without locks of files a directory NAME.lock has the lock.
            known = re.compile(rf"([0-9a-f]{{{size}}}(\.aside|\.part(\.lock)?)|new-[0-9a-f]{{16}}\.part(\.lock)?)")
            for name in os.listdir(folder) if os.path.isdir(folder) else []:
                if re.fullmatch(rf"[0-9a-f]{{{size}}}", name):
                    self.content(folder, algorithm, name)
                elif not known.fullmatch(name):
                    self.fail(f"blobs/{algorithm}/{name}: no name of a blob")

    def content(self, folder, algorithm, name):
        try:
            with open(f"{folder}/{name}", "rb") as file:
                if hashlib.new(algorithm, file.read()).hexdigest() != name:
                    self.fail(f"blobs/{algorithm}/{name} has another content")
        except FileNotFoundError:
            pass

    def bundle(self, name, path):
        for file in ("record.json", "config.json"):
            try:
                with open(f"{path}/{file}", "rb") as text:
                    json.load(text)
            except FileNotFoundError:
                if file == "record.json":
                    return
            except ValueError as error:
                self.fail(f"bundle {name}: {file}: {error}")
        lower = f"{path}/lower"
        for link in os.listdir(lower) if os.path.isdir(lower) else []:
            if not os.path.islink(f"{lower}/{link}"):
                continue
            layer = os.path.dirname(os.path.join(lower, os.readlink(f"{lower}/{link}")))
            if not os.path.isdir(layer) and not os.path.isdir(layer + ".aside"):
                self.fail(f"bundle {name}: {link} leads to {layer}, which is not there")

    def bundles(self):
        try:
            names = os.listdir(f"{self.path}/bundles")
        except FileNotFoundError:
            return
        for name in names:
            if not name.startswith("."):
                self.bundle(name, f"{self.path}/bundles/{name}")


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    store = Store(sys.argv[1])
    store.names(sys.argv[2:])
    store.strange_blobs()
    store.bundles()
    for line in store.wrong:
        print(line)
    sys.exit(1 if store.wrong else 0)


if __name__ == "__main__":
    main()
