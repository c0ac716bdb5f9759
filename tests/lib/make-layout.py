#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Make an OCI image layout, or add an image to one, out of plain tar archives.

    make-layout.py [OPTIONS] DIR [LAYER.tar...]

    --ref NAME           the image's reference in index.json (default: latest)
    --config JSON|FILE   merged into the image config: '{"config": {"Cmd": ["sh"]}}'
    --compress gzip|zstd|none   of the layers (default gzip); one layer: zstd:LAYER.tar
    --compressor PROGRAM  which compresses stdin to stdout, called with what --compress says and a number of threads
    --platform OS/ARCH[/VARIANT]   (default: this machine's)
    --index              the reference names an image index; calls with the same one add to it
    --docker             Docker schema 2 media types
    --annotation K=V     of the manifest

Prints the image record: {"layout":..., "ref":..., "descriptor":...}. The same input gives the same
bytes."""

import argparse
import gzip
import hashlib
import json
import os
import platform
import subprocess
import sys

OCI = "application/vnd.oci.image."
DOCKER = "application/vnd.docker.distribution.manifest."
MACHINES = {"x86_64": "amd64", "aarch64": "arm64", "armv7l": "arm", "ppc64le": "ppc64le",
            "riscv64": "riscv64", "s390x": "s390x", "i686": "386"}
LAYER_TYPES = {"gzip": OCI + "layer.v1.tar+gzip", "zstd": OCI + "layer.v1.tar+zstd",
               "none": OCI + "layer.v1.tar"}


def dump(value):
    return json.dumps(value, separators=(",", ":")).encode()


class Layout:
    def __init__(self, path, docker, compressor):
        self.path, self.docker, self.compressor = path, docker, compressor
        os.makedirs(os.path.join(path, "blobs", "sha256"), exist_ok=True)
        with open(os.path.join(path, "oci-layout"), "wb") as out:
            out.write(b'{"imageLayoutVersion":"1.0.0"}')

    def media_type(self, oci, docker):
        return docker if self.docker else oci

    def blob_path(self, digest):
        return os.path.join(self.path, "blobs", *digest.split(":"))

    def add_blob(self, content, media_type):
        digest = "sha256:" + hashlib.sha256(content).hexdigest()
        with open(self.blob_path(digest), "wb") as out:
            out.write(content)
        return {"mediaType": media_type, "digest": digest, "size": len(content)}

    def read_index(self):
        try:
            with open(os.path.join(self.path, "index.json"), "rb") as source:
                return json.load(source)
        except FileNotFoundError:
            return {"schemaVersion": 2, "manifests": []}

    def write_index(self, index):
        with open(os.path.join(self.path, "index.json"), "wb") as out:
            out.write(dump(index))

    def layer(self, name, compression):
        """Returns the layer's descriptor and diff ID."""
        head, colon, tail = name.partition(":")
        if colon and head in LAYER_TYPES:
            compression, name = head, tail
        with open(name, "rb") as source:
            content = source.read()
        diff_id = "sha256:" + hashlib.sha256(content).hexdigest()
        if self.compressor:
            content = subprocess.run([self.compressor, compression, "2"], input=content,
                                     stdout=subprocess.PIPE, check=True).stdout
        elif compression == "gzip":
            content = gzip.compress(content, 6, mtime=0)
        elif compression == "zstd":
            content = subprocess.run(["zstd", "-q", "-3", "-c"], input=content,
                                     stdout=subprocess.PIPE, check=True).stdout
        docker_type = "application/vnd.docker.image.rootfs.diff.tar.gzip"
        return self.add_blob(content, self.media_type(LAYER_TYPES[compression],
                                                      docker_type)), diff_id


def merge(base, more):
    for key, value in more.items():
        if isinstance(value, dict) and isinstance(base.get(key), dict):
            merge(base[key], value)
        else:
            base[key] = value
    return base


def read_config(text):
    if not text.lstrip().startswith("{"):
        with open(text, encoding="utf-8") as source:
            text = source.read()
    return json.loads(text)


def platform_of(text):
    words = text.split("/")
    return dict(zip(("os", "architecture", "variant"), words))


def add_manifest(layout, args):
    """Returns the manifest's descriptor."""
    layers, diff_ids = [], []
    for name in args.layers:
        descriptor, diff_id = layout.layer(name, args.compress)
        layers.append(descriptor)
        diff_ids.append(diff_id)
    config = merge({"created": "2001-09-09T01:46:40Z", **platform_of(args.platform),
                    "config": {}, "rootfs": {"type": "layers", "diff_ids": diff_ids}},
                   read_config(args.config))
    manifest = {
        "schemaVersion": 2,
        "mediaType": layout.media_type(OCI + "manifest.v1+json", DOCKER + "v2+json"),
        "config": layout.add_blob(dump(config), layout.media_type(
            OCI + "config.v1+json", "application/vnd.docker.container.image.v1+json")),
        "layers": layers,
    }
    if args.annotation:
        manifest["annotations"] = dict(a.split("=", 1) for a in args.annotation)
    descriptor = layout.add_blob(dump(manifest), manifest["mediaType"])
    descriptor["platform"] = platform_of(args.platform)
    return descriptor


def add_to_index(layout, old, descriptor):
    """Put the manifest into the image index that old names, or a new one; returns its
    descriptor."""
    index = {"schemaVersion": 2,
             "mediaType": layout.media_type(OCI + "index.v1+json", DOCKER + "list.v2+json"),
             "manifests": []}
    if old:
        with open(layout.blob_path(old["digest"]), "rb") as source:
            index = json.load(source)
    index["manifests"].append(descriptor)
    return layout.add_blob(dump(index), index["mediaType"])


def publish(layout, ref, descriptor, into_index):
    top = layout.read_index()
    name = "org.opencontainers.image.ref.name"
    old = [m for m in top["manifests"] if m.get("annotations", {}).get(name) == ref]
    if into_index:
        descriptor = add_to_index(layout, old[0] if old else None, descriptor)
    top["manifests"] = [m for m in top["manifests"] if m not in old]
    top["manifests"].append({**descriptor, "annotations": {name: ref}})
    layout.write_index(top)
    return descriptor


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--ref", default="latest")
    parser.add_argument("--config", default="{}")
    parser.add_argument("--compress", choices=list(LAYER_TYPES), default="gzip")
    parser.add_argument("--compressor")
    machine = platform.machine()
    parser.add_argument("--platform", default="linux/" + MACHINES.get(machine, machine))
    parser.add_argument("--index", action="store_true")
    parser.add_argument("--docker", action="store_true")
    parser.add_argument("--annotation", action="append")
    parser.add_argument("layout")
    parser.add_argument("layers", nargs="*")
    args = parser.parse_args()
    layout = Layout(args.layout, args.docker, args.compressor)
    descriptor = publish(layout, args.ref, add_manifest(layout, args), args.index)
    sys.stdout.write(dump({"layout": os.path.abspath(args.layout), "ref": args.ref,
                           "descriptor": descriptor}).decode() + "\n")


if __name__ == "__main__":
    main()
