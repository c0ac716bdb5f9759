#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""odd-image.py LAYOUT LAYER.tar ARCHITECTURE: make an image of every odd kind in the layout."""

import gzip
import hashlib
import json
import os
import sys

OCI = "application/vnd.oci.image."
MANIFEST, INDEX = OCI + "manifest.v1+json", OCI + "index.v1+json"
CONFIG, LAYER = OCI + "config.v1+json", OCI + "layer.v1.tar+gzip"
ABSENT = object()
path, layer_path, architecture = sys.argv[1:]
platform = {"os": "linux", "architecture": architecture}
top = []


def drop_absent(members):
    return {key: value for key, value in members.items() if value is not ABSENT}


def put(content, media_type):
    if not isinstance(content, bytes):
        content = json.dumps(content).encode()
    digest = hashlib.sha256(content).hexdigest()
    with open(os.path.join(path, "blobs/sha256", digest), "wb") as out:
        out.write(content)
    return drop_absent({"mediaType": media_type, "digest": "sha256:" + digest,
                        "size": len(content)})


os.makedirs(os.path.join(path, "blobs/sha256"))
with open(layer_path, "rb") as source:
    tar = source.read()
gz = gzip.compress(tar, mtime=0)
diff_ids = ["sha256:" + hashlib.sha256(tar).hexdigest()]


def config(execution=ABSENT, **members):
    if isinstance(execution, dict):
        execution = {"Cmd": ["sh", "-c", "echo ok $(id -u):$(id -g) $PWD"], "Env": ["PATH=/bin"],
                     **execution}
    return drop_absent({**platform, "config": execution,
                        "rootfs": {"type": "layers", "diff_ids": diff_ids}, **members})


def manifest(text=None, config_type=CONFIG, layer_type=LAYER, **members):
    return put(drop_absent({
        "schemaVersion": 2, "mediaType": MANIFEST, "layers": [put(gz, layer_type)],
        "config": put(text or config({}), config_type), **members}), MANIFEST)


def index(*entries, **members):
    return put(drop_absent({"schemaVersion": 2, "mediaType": INDEX, "manifests": list(entries),
                            **members}), INDEX)


def ref(name, descriptor):
    top.append({**descriptor, "annotations": {"org.opencontainers.image.ref.name": name}})


def make_configs():
    for name, user in {"none": "", "numbers": "0:0", "group": ":5", "user": "5",
                       "colon": "5:"}.items():
        ref("user-" + name, manifest(config({"User": user})))
    ref("workdir-relative", manifest(config({"WorkingDir": "x/y"})))
    ref("entrypoint-empty", manifest(config({"Entrypoint": [""]})))
    ref("env-twice", manifest(config({"Env": ["PATH=/no", "PATH=/bin", "ALONE", "=x", ""]})))
    nulls = dict.fromkeys(["Volumes", "ExposedPorts", "Entrypoint", "Labels", "WorkingDir", "User",
                           "StopSignal", "OnBuild"])
    ref("nulls", manifest(config(nulls, history=None, author=None, created=None), annotations=None))
    ref("config-null", manifest(config(None)))
    ref("ports-odd", manifest(config({"ExposedPorts": {"8080,": {}, "": {}, "x/y": None}})))
    labels = {"nul": "a\0b", "half": "\ud800", "null": None, "": "nameless", "key\0": "value"}
    ref("labels-odd", manifest(config({"Labels": labels}, author="\0", created="\udc00")))
    for name, kind in {"octets": "application/octet-stream", "json": "application/json",
                       "none": "", "absent": ABSENT,
                       "helm": "application/vnd.cncf.helm.config.v1+json",
                       "empty": "application/vnd.oci.empty.v1+json"}.items():
        ref("config-" + name, manifest(config_type=kind))


def make_layers():
    for name, kind in {
            "none": "", "absent": ABSENT, "octets": "application/octet-stream",
            "docker": "application/vnd.docker.image.rootfs.diff.tar.gzip",
            "foreign": "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
            "nondistributable": OCI + "layer.nondistributable.v1.tar+gzip",
            "encrypted": OCI + "layer.v1.tar+gzip+encrypted", "plain": OCI + "layer.v1.tar", "zstd": OCI + "layer.v1.tar+zstd"}.items():
        ref("layer-" + name, manifest(layer_type=kind))
    other = put(b"anything", "application/vnd.example.module.v1+wasm")
    ref("layer-other", manifest(layers=[other, put(gz, LAYER), other]))
    unknown = {"type": "layers", "diff_ids": ["sha256:" + 64 * "0"]}
    ref("layer-secret", manifest(config({}, rootfs=unknown), layers=[put(
        1024 * b"x", OCI + "layer.v1.tar+gzip+encrypted")]))
    ref("layer-missing", manifest(layers=[]))


def make_indexes():
    image = manifest()
    here = {**image, "platform": platform}
    attestation = {**put({"schemaVersion": 2, "mediaType": MANIFEST, "layers": [],
                          "config": put({}, "application/vnd.in-toto+json")}, MANIFEST),
                   "platform": {"os": "unknown", "architecture": "unknown"}}
    kind = "application/vnd.oci.artifact.manifest.v1+json"
    artifact = put({"mediaType": kind, "blobs": []}, kind)
    untyped = put({}, ABSENT)
    ref("index-mixed", index(attestation, artifact, untyped, here))
    ref("index-others", index(attestation, artifact, untyped))
    future = {**image, "digest": "blake3:" + 64 * "a"}
    ref("index-future", index({**future, "platform": platform}, here))
    ref("index-futures", index({**future, "platform": platform}))
    ref("index-unstated", index(artifact, image))
    ref("index-null", index({**image, "platform": None}))
    ref("index-variant", index({**image, "platform": {**platform, "variant": "x" * 100}},
                               {**image, "platform": {**platform, "variant": ""}}))
    ref("index-capitals", index({**image, "platform": {
        "os": "Linux", "architecture": architecture.upper()}}))
    ref("index-untyped", index(here, mediaType=ABSENT))
    ref("index-empty-type", index(here, mediaType=""))
    ref("index-empty", index(manifests=None))
    ref("manifest-untyped", manifest(mediaType=ABSENT))
    ref("manifest-empty-type", manifest(mediaType=""))
    ref("manifest-subject", manifest(subject=image, artifactType="x/y"))
    top.append(artifact)
    top.append(untyped)
    top.append(future)


make_configs()
make_layers()
make_indexes()
with open(os.path.join(path, "oci-layout"), "w", encoding="ascii") as out:
    out.write('{"imageLayoutVersion":"1.0.0"}')
with open(os.path.join(path, "index.json"), "w", encoding="ascii") as out:
    json.dump({"schemaVersion": 2, "manifests": top}, out)
