#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Add a document to an OCI image layout that refers to another one by its subject.

    make-referrer.py [OPTIONS] DIR SUBJECT

SUBJECT is the digest of a blob of the layout. Prints the digest of the referrer, which stands in index.json
without a name.

    --type TYPE          the artifact type (default: application/x-test)
    --data TEXT          what its one layer has
    --annotation K=V     of the manifest
    --tag                keep it in the index of the tag ALGORITHM-HEX as well, as clients do for registries
                         without the API
"""

import argparse
import hashlib
import json
import os

OCI = "application/vnd.oci.image."


def dump(value):
    return json.dumps(value, separators=(",", ":")).encode()


class Layout:
    def __init__(self, path):
        self.path = path
        with open(os.path.join(path, "index.json"), "rb") as source:
            self.index = json.load(source)

    def blob_path(self, digest):
        return os.path.join(self.path, "blobs", *digest.split(":"))

    def add_blob(self, content, media_type):
        digest = "sha256:" + hashlib.sha256(content).hexdigest()
        with open(self.blob_path(digest), "wb") as out:
            out.write(content)
        return {"mediaType": media_type, "digest": digest, "size": len(content)}

    def describe(self, digest):
        with open(self.blob_path(digest), "rb") as source:
            content = source.read()
        return {"mediaType": json.loads(content).get("mediaType", OCI + "manifest.v1+json"),
                "digest": digest, "size": len(content)}

    def add_to_tag(self, subject, descriptor):
        name = subject.replace(":", "-")
        index = {"schemaVersion": 2, "mediaType": OCI + "index.v1+json", "manifests": []}
        for entry in list(self.index["manifests"]):
            if entry.get("annotations", {}).get("org.opencontainers.image.ref.name") == name:
                with open(self.blob_path(entry["digest"]), "rb") as source:
                    index = json.load(source)
                self.index["manifests"].remove(entry)
        index["manifests"].append(descriptor)
        entry = self.add_blob(dump(index), OCI + "index.v1+json")
        entry["annotations"] = {"org.opencontainers.image.ref.name": name}
        self.index["manifests"].append(entry)

    def write(self):
        with open(os.path.join(self.path, "index.json"), "wb") as out:
            out.write(dump(self.index))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--type", default="application/x-test")
    parser.add_argument("--data", default="data")
    parser.add_argument("--annotation", action="append", default=[])
    parser.add_argument("--tag", action="store_true")
    parser.add_argument("dir")
    parser.add_argument("subject")
    args = parser.parse_args()
    layout = Layout(args.dir)
    manifest = {
        "schemaVersion": 2,
        "mediaType": OCI + "manifest.v1+json",
        "artifactType": args.type,
        "config": layout.add_blob(b"{}", "application/vnd.oci.empty.v1+json"),
        "layers": [layout.add_blob(args.data.encode(), args.type)],
        "subject": layout.describe(args.subject),
        "annotations": dict(text.split("=", 1) for text in args.annotation),
    }
    descriptor = layout.add_blob(dump(manifest), manifest["mediaType"])
    layout.index["manifests"].append(dict(descriptor))
    if args.tag:
        layout.add_to_tag(args.subject, {**descriptor, "artifactType": args.type})
    layout.write()
    print(descriptor["digest"])


main()
